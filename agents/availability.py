"""Online and Offline: chosen by the agent alone (A14–A18, B6, C18), and the presence measured beside it.

There is no way to name somebody else's switch: the verbs take the agent whose own it is. The verbs for
callers are `routing.shifts.go_online` and `go_offline`, which also hand out what has been waiting.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from agents.models import Agent, Availability
from agents.streams import agent_stream, publish

Presence = Literal["online", "away", "offline"]


def set_availability(agent: Agent, *, is_online: bool, session_key: str = "") -> None:
    """From the commit of an Offline on, no automatic ticket reaches the agent: see `still_online`.

    With the session it was chosen in, Online ends when that session does (A18).
    """
    now = timezone.now()
    chosen = {"is_online": is_online, "changed_at": now, "seen_at": now, "signed_in_until": _end_of(session_key)}
    Availability.objects.update_or_create(agent=agent, defaults=chosen)
    _tell_own_pages(agent.pk)


def switch_off(agent_id: int) -> None:
    """Whoever can no longer be reached is Offline, in the transaction that signs them out (A18)."""
    if Availability.objects.filter(agent=agent_id, is_online=True).update(is_online=False, changed_at=timezone.now()):
        _tell_own_pages(agent_id)


def _end_of(session_key: str) -> datetime | None:
    """A session that is not there has ended."""
    if not session_key:
        return None
    return Session.objects.filter(pk=session_key).values_list("expire_date", flat=True).first() or timezone.now()


def _tell_own_pages(agent_id: int) -> None:
    """Every open page of the agent shows the same switch."""
    transaction.on_commit(lambda: publish(agent_stream(agent_id), {"kind": "availability"}), robust=True)


def note_sign_of_life(agent: Agent, *, session_key: str = "") -> None:
    """The measured presence: a page of the agent's is open, in this session. Never flips the switch (C18)."""
    mine = Availability.objects.filter(agent=agent)
    was_away = mine.filter(~present(), is_online=True).exists()
    mine.update(seen_at=timezone.now(), signed_in_until=_end_of(session_key))
    if was_away:
        _tell_own_pages(agent.pk)


def still_online(agent_id: int) -> bool:
    """True, and a lock on the switch until commit; False if the agent went Offline or was signed out in the meantime.

    A write that carries its condition, because `select_for_update` does nothing on SQLite.
    """
    return Availability.objects.filter(_signed_in(timezone.now()), agent=agent_id, is_online=True).update(is_online=True) == 1


def _signed_in(now: datetime) -> Q:
    return Q(signed_in_until=None) | Q(signed_in_until__gt=now)


def present() -> Q:
    """Of availabilities: those whom `presence_of` calls online."""
    now = timezone.now()
    return _signed_in(now) & Q(is_online=True, seen_at__gte=now - timedelta(seconds=settings.PRESENCE_TTL))


def presence_of(agent: Agent, now: datetime | None = None) -> Presence:
    """`away` is Online without a sign of life for PRESENCE_TTL seconds. Offline is also whose session has ended (A18)."""
    availability, now = getattr(agent, "availability", None), now or timezone.now()
    if availability is None or not availability.is_online or (availability.signed_in_until or now + timedelta(1)) <= now:
        return "offline"
    return "online" if availability.seen_at >= now - timedelta(seconds=settings.PRESENCE_TTL) else "away"
