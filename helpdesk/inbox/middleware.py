"""What holds for every page: no address that no database can look for, and no cache that keeps what was made for one person."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin


class ReadableAddressMiddleware(MiddlewareMixin):
    """Nobody types a null character, and PostgreSQL can look for none: 400. The API refuses it by itself, in JSON."""

    def process_request(self, request: HttpRequest) -> None:
        if "%00" in request.META["QUERY_STRING"] and not request.path.startswith("/api/"):
            raise BadRequest("A null character in an address")


class ReadersLanguageMiddleware(MiddlewareMixin):
    """The language that a person has chosen, else their browser's. After AuthenticationMiddleware. The API speaks English to everybody."""

    def process_request(self, request: HttpRequest) -> None:
        language = settings.LANGUAGE_CODE if request.path.startswith("/api/") else _language_of(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        patch_vary_headers(response, ["Accept-Language"])
        return response


def _language_of(request: HttpRequest) -> str:
    chosen = getattr(request.user, "language", "")
    return chosen if chosen in dict(settings.LANGUAGES) else translation.get_language_from_request(request)


class PrivatePagesMiddleware(MiddlewareMixin):
    """V18. After SessionMiddleware. A request with a session cookie, or one that looked into its session, is private."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        session = getattr(request, "session", None)
        if settings.SESSION_COOKIE_NAME in request.COOKIES or (session is not None and session.accessed):
            response["Cache-Control"] = "private, no-store"
        return response
