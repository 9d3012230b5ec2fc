"""Online and Offline, and the presence measured beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from agents.availability import note_sign_of_life, presence_of, set_availability, still_online
from agents.models import Agent, Availability, Role
from helpdesk.tickets.permissions import NotAllowed
from routing.shifts import go_offline, go_online
from tests.factories import make_agent

pytestmark = pytest.mark.django_db


def switch(agent: Agent) -> bool | None:
    return Availability.objects.filter(agent=agent).values_list("is_online", flat=True).first()


def test_agent_is_offline_until_they_choose() -> None:
    """A16, B18."""
    agent = make_agent()

    assert switch(agent) is None
    assert presence_of(agent) == "offline"
    assert still_online(agent.pk) is False


def test_agent_switches_their_own_and_nobody_elses() -> None:
    """A16, A17."""
    ada, bea = make_agent("Ada", online=True), make_agent("Bea", online=True)

    go_offline(ada)

    assert (switch(ada), switch(bea)) == (False, True)
    go_online(ada)
    assert (switch(ada), switch(bea)) == (True, True)


def test_whoever_answers_no_tickets_does_not_go_online() -> None:
    analyst = make_agent(role=Role.ANALYST)

    with pytest.raises(NotAllowed):
        go_online(analyst)

    assert switch(analyst) is None


def test_presence_is_away_without_a_sign_of_life(settings: Any) -> None:
    """C18: the switch stays as it was chosen."""
    settings.PRESENCE_TTL = 300
    agent = make_agent(online=True)
    now = agent.availability.seen_at

    ages = [timedelta(0), timedelta(seconds=300), timedelta(seconds=301)]

    assert [presence_of(agent, now + age) for age in ages] == ["online", "online", "away"]
    assert switch(agent) is True


def test_sign_of_life_ends_away_and_never_flips_the_switch() -> None:
    """C18."""
    online, offline = make_agent(online=True), make_agent(online=True)
    go_offline(offline)
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        note_sign_of_life(online)
        note_sign_of_life(offline)

        seen = [presence_of(Agent.objects.get(pk=agent.pk)) for agent in (online, offline)]

    assert seen == ["online", "offline"]


def test_offline_is_offline_however_recently_seen() -> None:
    """A15."""
    agent = make_agent(online=True)

    set_availability(agent, is_online=False)
    note_sign_of_life(agent)

    assert presence_of(Agent.objects.get(pk=agent.pk)) == "offline"
    assert still_online(agent.pk) is False
