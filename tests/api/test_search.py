"""Searching tickets over the API."""

from __future__ import annotations

import pytest
from django.test import Client

from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.search import pages
from tests.factories import make_agent, make_ticket

pytestmark = pytest.mark.django_db


def test_search_gives_tickets_and_where_the_words_stand(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE", 1)
    older, newer = make_ticket("A zażółć lamp"), make_ticket("Hello", subject="Lamp")
    close(newer, by=make_agent())

    page = api.get("/api/v1/search/", {"q": "lamp"}).json()
    rest = api.get(f"/api/v1/search/?{page['next']}").json()
    found = api.get("/api/v1/search/", {"q": "lamp", "status": "open"}).json()

    assert [each["ticket"]["number"] for each in (*page["results"], *rest["results"], *found["results"])] == [newer.pk, older.pk, older.pk]
    assert (page["results"][0]["subject"], page["results"][0]["line"]) == ([{"text": "Lamp", "is_found": True}], None)
    assert rest["results"][0]["line"] == [{"text": "A zażółć ", "is_found": False}, {"text": "lamp", "is_found": True}]
    assert rest["next"] == ""


@pytest.mark.parametrize(
    "asked", [{}, {"q": ""}, {"q": " ! "}, {"q": "a", "status": "gone"}, {"q": "a", "before": "0"}, {"q": "a", "before": 2**63}, {"q": "a", "x": "y"}]
)
def test_search_refuses_in_words(api: Client, asked: dict[str, str]) -> None:
    answer = api.get("/api/v1/search/", asked)

    assert (answer.status_code, len(answer.json())) == (400, 1)
