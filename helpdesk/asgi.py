"""HTTP and websockets in one: the embedded default, and the websocket processes at scale."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
http = get_asgi_application()

from channels.auth import AuthMiddlewareStack  # noqa: E402 -- needs the apps to be loaded
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402 -- as above
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402 -- as above

from helpdesk.inbox.origin import SameOrigin  # noqa: E402 -- as above
from helpdesk.inbox.urls import websocket_urlpatterns  # noqa: E402 -- as above

application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": AllowedHostsOriginValidator(SameOrigin(AuthMiddlewareStack(URLRouter(websocket_urlpatterns)))),
    }
)
