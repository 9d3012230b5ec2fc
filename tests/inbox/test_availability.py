"""The switch on a person's pages (A14–A18, C18)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.availability import note_sign_of_life
from agents.models import Agent, Availability
from agents.streams import agent_stream
from routing.shifts import go_offline, go_online
from tests.inbox.browsing import browser_of
from tests.people import Commits, Listener

pytestmark = pytest.mark.django_db


def test_all_pages_of_a_person_hear_of_a_change_and_nobody_elses(listen: type[Listener], commits: Commits, ada: Agent, bea: Agent) -> None:
    """Two tabs agree; what is told says only that there is something to read."""
    first, second, other = listen(agent_stream(ada.pk)), listen(agent_stream(ada.pk)), listen(agent_stream(bea.pk))

    with commits():
        go_online(ada)
    with commits():
        go_offline(ada)

    assert [page.heard() for page in (first, second, other)] == [[{"kind": "availability"}] * 2] * 2 + [[]]


def test_page_that_comes_to_life_is_told_once(listen: type[Listener], commits: Commits, ada: Agent, settings: Any) -> None:
    """C18: the header said “away” when it was rendered."""
    go_online(ada)
    Availability.objects.update(seen_at=timezone.now() - timedelta(seconds=settings.PRESENCE_TTL + 1))
    page = listen(agent_stream(ada.pk))

    for _ in range(2):
        with commits():
            note_sign_of_life(ada)

    assert page.heard() == [{"kind": "availability"}]


@pytest.mark.parametrize(("state", "words"), [("online", "Online"), ("away", "Online, but away"), ("offline", "Offline")])
def test_header_says_how_it_is(ada: Agent, settings: Any, state: str, words: str) -> None:
    """C18: also that tickets pass one by."""
    (go_offline if state == "offline" else go_online)(ada)
    if state == "away":
        Availability.objects.update(seen_at=timezone.now() - timedelta(seconds=settings.PRESENCE_TTL + 1))

    switch = browser_of(ada).get("/availability/").content.decode()

    assert [f'data-state="{state}"' in switch, f"<span>{words}</span>" in switch] == [True, True]


def test_who_is_away_says_that_they_are_here(ada: Agent, settings: Any) -> None:
    """By the same button, without scripts."""
    go_online(ada)
    Availability.objects.update(seen_at=timezone.now() - timedelta(seconds=settings.PRESENCE_TTL + 1))
    tab = browser_of(ada)
    value = tab.get("/availability/").content.decode().partition('name="online" value="')[2][0]

    tab.post("/availability/", {"online": value})

    assert 'data-state="online"' in tab.get("/availability/").content.decode()
