from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from helpdesk.api.views import AvailabilityView, MessagesView, TicketsView

urlpatterns = [
    path("messages/", MessagesView.as_view(), name="api-messages"),
    path("tickets/", TicketsView.as_view(), name="api-tickets"),
    path("me/availability/", AvailabilityView.as_view(), name="api-availability"),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
]
