"""V2, V3: searching shows nobody more than they may see, and what is found is text."""

from __future__ import annotations

import pytest

from agents.models import Role
from helpdesk.api.models import ApiKey
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.search import best, newest, search
from tests.factories import make_agent, make_ticket
from tests.inbox.browsing import browser_of

pytestmark = pytest.mark.django_db


def test_search_gives_only_tickets_that_it_was_given() -> None:
    """V3: whatever the words, near or far."""
    seen, hidden = make_ticket("Lamp"), make_ticket("Lamp", subject="Lamp")
    visible = Ticket.objects.exclude(pk=hidden.pk)

    found = [
        newest(visible, "lamp", limit=5),
        best(visible, "lamp", limit=5),
        [each.pk for each in search(visible, "lamp")],
        newest(visible, f"#{hidden.pk}", limit=5),
    ]

    assert found == [[seen.pk], [seen.pk], [seen.pk], []]


def test_who_does_not_answer_finds_nothing() -> None:
    """V3: by page, palette and API."""
    make_ticket("Lamp")
    analyst = make_agent(role=Role.ANALYST)
    browser, key = browser_of(analyst), ApiKey.make("test", analyst)[1]

    answers = [
        browser.get("/search/?q=lamp"),
        browser.get("/palette/?q=lamp"),
        browser.get("/api/v1/search/?q=lamp", headers={"Authorization": f"Bearer {key}"}),
    ]

    assert [answer.status_code for answer in answers] == [200, 404, 403]
    assert [b"Where is it" in answer.content for answer in answers] == [False, False, False]


@pytest.mark.parametrize("address", ["/search/?q=lamp", "/palette/?q=lamp"])
def test_what_is_found_may_be_kept_by_nobody(address: str) -> None:
    """V18."""
    assert browser_of(make_agent()).get(address)["Cache-Control"] == "private, no-store"
