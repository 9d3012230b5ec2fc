"""Whose session an open page has, as a request made now would see it (V12). A thousand pages ask all the time, so those who ask at once are
answered together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from agents.models import Agent

GATHERING = 0.03  # seconds

_looks: WeakKeyDictionary[asyncio.AbstractEventLoop, _Looks] = WeakKeyDictionary()


async def agent_of(session_key: str) -> Agent | None:
    """Read after this was asked. None: signed out, deactivated, or the password has changed."""
    return await _looks.setdefault(asyncio.get_running_loop(), _Looks()).agent_of(session_key)


class _Looks:
    """One look at the database answers all who asked while it was being prepared."""

    def __init__(self) -> None:
        self.asked: dict[str, asyncio.Future[Agent | None]] = {}
        self.running: set[asyncio.Task[None]] = set()

    async def agent_of(self, session_key: str) -> Agent | None:
        if not self.asked:
            look = asyncio.create_task(self._look())
            self.running.add(look)
            look.add_done_callback(self.running.discard)
        answer = self.asked.setdefault(session_key, asyncio.get_running_loop().create_future())
        return await asyncio.shield(answer)  # others may wait for the same

    async def _look(self) -> None:
        await asyncio.sleep(GATHERING)
        asked, self.asked = self.asked, {}
        try:
            found = await database_sync_to_async(agents_of)(asked)
        except Exception as error:  # noqa: BLE001  # whoever asked raises it
            for answer in asked.values():
                answer.set_exception(error)
        else:
            for key, answer in asked.items():
                answer.set_result(found.get(key))


def agents_of(session_keys: Iterable[str]) -> dict[str, Agent]:
    """What `django.contrib.auth.get_user` says of each session, in two queries."""
    sessions = Session.objects.filter(session_key__in=list(session_keys), expire_date__gt=timezone.now())
    held = {session.session_key: session.get_decoded() for session in sessions}
    agents = {
        str(agent.pk): agent for agent in Agent.objects.filter(is_active=True, pk__in=[facts[SESSION_KEY] for facts in held.values() if SESSION_KEY in facts])
    }
    return {key: agent for key, facts in held.items() if (agent := agents.get(facts.get(SESSION_KEY, ""))) and _is_theirs(facts, agent)}


def _is_theirs(facts: Mapping[str, str], agent: Agent) -> bool:
    if facts.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return False
    hashes = (agent.get_session_auth_hash(), *agent.get_session_auth_fallback_hash())
    return any(constant_time_compare(facts.get(HASH_SESSION_KEY, ""), known) for known in hashes)
