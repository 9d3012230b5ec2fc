from django.urls import path, re_path

from helpdesk.sources.segment_protocol import views as segment
from helpdesk.sources.shopify import views as shopify

urlpatterns = [
    re_path(r"^v1/(?P<kind>identify|track|page|screen|group|alias|batch|import|[itpsgab])/?$", segment.receive, name="segment"),
    path("sources/shopify/<int:pk>/", shopify.receive, name="shopify"),
]
