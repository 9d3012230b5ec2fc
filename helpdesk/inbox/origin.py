"""Which pages may open a socket: our own (V12)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings


class SameOrigin:
    """Host *and* port must be ours: cookies do not tell the ports of a machine apart, and other programs listen there."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        headers = dict(scope["headers"])
        origin = headers.get(b"origin", b"").decode("latin-1")
        host = headers.get(b"host", b"").decode("latin-1")
        is_ours = urlsplit(origin).netloc == host or origin in settings.CSRF_TRUSTED_ORIGINS
        application = self.application if is_ours else WebsocketDenier.as_asgi()
        return await application(scope, receive, send)
