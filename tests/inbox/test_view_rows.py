"""A view's list says when each ticket was matched, and until when that is true (R13, C20)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.models import Agent
from helpdesk.inbox.templatetags.inbox import until_when
from helpdesk.tickets.live import ticket_frame
from helpdesk.tickets.models import SavedView, Ticket, ViewEntry
from tests.factories import make_ticket
from tests.inbox.browsing import browser_of, queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def view() -> SavedView:
    return SavedView.objects.create(name="Urgent modifications")


def enter(view: SavedView, *, ends_in: timedelta | None = None) -> ViewEntry:
    now = timezone.now()
    end = None if ends_in is None else now + ends_in
    return ViewEntry.objects.create(view=view, ticket=make_ticket(), matched_at=now - timedelta(hours=2), true_until=end)


def matches(html: str) -> list[tuple[str, str]]:
    """(list, words) of each."""
    return re.findall(r'<small class="ticket-match truncate" data-list="([\w-]+)">([^<]+)</small>', html)


def shown(response: Any) -> list[str]:
    return [words for _list, words in matches(response.content.decode())]


def test_row_of_a_view_says_until_when_it_is_true(ada: Agent, view: SavedView) -> None:
    """Newest first: for ever, not any more, still."""
    entries = [enter(view, ends_in=timedelta(hours=1)), enter(view, ends_in=timedelta(minutes=-5)), enter(view)]
    for hours, entry in enumerate(reversed(entries)):
        Ticket.objects.filter(pk=entry.ticket_id).update(last_message_at=timezone.now() - timedelta(hours=hours))

    told = shown(browser_of(ada).get(f"/inbox/view-{view.pk}/"))

    still, over, _ever = [(until_when(entry.matched_at), until_when(entry.true_until) if entry.true_until else "") for entry in entries]
    assert told == [
        f"matched at {until_when(entries[2].matched_at)}",
        f"matched at {over[0]}; was true until {over[1]}",
        f"matched at {still[0]}; true until {still[1]}",
    ]


def test_other_lists_say_nothing_of_it(ada: Agent, view: SavedView) -> None:
    entry = enter(view)
    other = SavedView.objects.create(name="Other")
    ViewEntry.objects.create(view=other, ticket=entry.ticket)

    browser = browser_of(ada)

    assert shown(browser.get("/inbox/all/")) == []
    assert [key for key, _words in matches(browser.get(f"/inbox/view-{other.pk}/").content.decode())] == [f"view-{other.pk}"]


def test_broadcast_row_says_it_for_each_view(view: SavedView) -> None:
    """Each page keeps what belongs to its own list."""
    entry = enter(view)
    other = SavedView.objects.create(name="Other")
    ViewEntry.objects.create(view=other, ticket=entry.ticket)

    frame = ticket_frame(entry.ticket_id)

    assert frame
    assert sorted(frame["views"]) == [view.pk, other.pk]
    assert sorted(key for key, _words in matches(frame["words"]["en"]["row"])) == [f"view-{view.pk}", f"view-{other.pk}"]


def test_list_of_a_view_costs_the_same_with_1_and_3(ada: Agent, view: SavedView) -> None:
    enter(view)
    browser, address = browser_of(ada), f"/inbox/view-{view.pk}/"
    needed = queries(browser, address)
    for _ in range(2):
        enter(view)

    assert queries(browser, address) == needed


def test_view_with_a_number_too_large_is_404(ada: Agent) -> None:
    assert browser_of(ada).get(f"/inbox/view-{'9' * 30}/").status_code == 404
