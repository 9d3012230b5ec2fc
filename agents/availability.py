"""Online and Offline: chosen by the agent alone (A14–A18, B6, C18), and the presence measured beside it.

There is no way to name somebody else's switch: the verbs take the agent whose own it is. The verbs for
callers are `routing.shifts.go_online` and `go_offline`, which also hand out what has been waiting.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.utils import timezone

from agents.models import Agent, Availability

Presence = Literal["online", "away", "offline"]


def set_availability(agent: Agent, *, is_online: bool) -> None:
    """From the commit of an Offline on, no automatic ticket reaches the agent: see `still_online`."""
    now = timezone.now()
    Availability.objects.update_or_create(agent=agent, defaults={"is_online": is_online, "changed_at": now, "seen_at": now})


def note_sign_of_life(agent: Agent) -> None:
    """The measured presence: a page of the agent's is open. Never flips the switch (C18)."""
    Availability.objects.filter(agent=agent).update(seen_at=timezone.now())


def still_online(agent_id: int) -> bool:
    """True, and a lock on the switch until commit; False if the agent went Offline in the meantime.

    A write that carries its condition, because `select_for_update` does nothing on SQLite.
    """
    return Availability.objects.filter(agent=agent_id, is_online=True).update(is_online=True) == 1


def presence_of(availability: Availability | None, now: datetime | None = None) -> Presence:
    """`away` is Online without a sign of life for PRESENCE_TTL seconds."""
    if availability is None or not availability.is_online:
        return "offline"
    oldest = (now or timezone.now()) - timedelta(seconds=settings.PRESENCE_TTL)
    return "online" if availability.seen_at >= oldest else "away"
