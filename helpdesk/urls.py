"""All addresses of the desk."""

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path, re_path


def shut(_request: HttpRequest) -> HttpResponse:
    raise Http404


urlpatterns = [
    path("", include("helpdesk.inbox.urls")),
    # Who signs in with which address is decided in the admin (V14, V16): what allauth offers beside it stays shut.
    re_path(r"^account/(?:signup|email|confirm-email|password/set|login/code|reauthenticate)\b", shut),
    path("account/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("helpdesk.api.urls")),
    path("", include("helpdesk.sources.urls")),
]
