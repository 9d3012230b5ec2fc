"""All addresses of the desk."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("helpdesk.inbox.urls")),
    path("account/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("helpdesk.api.urls")),
]
