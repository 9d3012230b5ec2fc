"""`Authorization: Bearer <key>`."""

from __future__ import annotations

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from agents.models import Agent
from helpdesk.api.models import ApiKey, digest_of


class ApiKeyAuthentication(BaseAuthentication):
    """Unknown keys, and keys of people who were switched off, get the same 401."""

    def authenticate(self, request: Request) -> tuple[Agent, ApiKey] | None:
        scheme, _space, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        key = ApiKey.objects.select_related("agent").filter(digest=digest_of(secret.strip().decode("latin-1")), agent__is_active=True).first()
        if key is None:
            raise AuthenticationFailed("This API key is not valid.")
        return key.agent, key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # the extension registers itself by a plain metaclass
    target_class = ApiKeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
