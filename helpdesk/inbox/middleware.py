"""V18: what was made for one person is kept by no cache, neither shared nor the browser's."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin


class PrivatePagesMiddleware(MiddlewareMixin):
    """After SessionMiddleware. A request with a session cookie, or one that looked into its session, is private."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        session = getattr(request, "session", None)
        if settings.SESSION_COOKIE_NAME in request.COOKIES or (session is not None and session.accessed):
            response["Cache-Control"] = "private, no-store"
        return response
