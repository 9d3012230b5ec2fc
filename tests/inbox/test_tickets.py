"""A ticket's page: the conversation, the overview, why it is here (A27, A28, S8, I2)."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from agents.models import Agent
from helpdesk.customers.profiles import track
from helpdesk.inbox.ticket import conversation
from helpdesk.tickets.acts.assignment import assign_agent, assign_team
from helpdesk.tickets.acts.lifecycle import close, reopen, set_sentiment
from helpdesk.tickets.acts.tags import add_tag
from helpdesk.tickets.conversation.messages import add_note
from helpdesk.tickets.models import SavedView, Ticket
from routing.router import route_ticket
from tests.factories import CHANNEL_IS_SMS, PLACED_ORDER_IN_2_HOURS, all_of, make_agent, make_customer, make_rule, make_team, make_ticket, reply
from tests.inbox.browsing import browser_of, chosen, history, messages, queries, rows

pytestmark = pytest.mark.django_db


def overview(response: Any) -> dict[str, str]:
    """{term: text} of the right-hand panel."""
    panel = response.content.decode().partition('<aside class="overview"')[2].partition("</aside>")[0]
    pairs = re.findall(r"<dt[^>]*>(.*?)</dt>\s*<dd>(.*?)</dd>", panel, re.DOTALL)
    return {plain(term): plain(text) for term, text in pairs}


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_page_shows_what_was_said_and_what_happened(ada: Agent, bea: Agent) -> None:
    ticket = make_ticket("Where is it?")
    assign_agent(ticket, ada, by=ada)
    reply(ticket, "On its way.", by=ada)
    add_note(ticket, "Warehouse says Friday.", by=bea)
    assign_agent(ticket, bea, by=ada)
    close(ticket, by=bea)
    reopen(ticket, by=None)

    response = browser_of(ada).get(f"/tickets/{ticket.pk}/")

    assert messages(response) == [("customer", "Where is it?"), ("agent", "On its way."), ("note", "Warehouse says Friday.")]
    assert history(response) == [
        "You took this ticket.",
        "You assigned this to Bea Nowak.",
        "Bea Nowak closed this ticket.",
        "The customer wrote again: the ticket is open.",
        "It returned to the queue: its assignee is not Online.",
    ]


def test_routing_is_told_in_one_line(ada: Agent) -> None:
    """I2: with the way to the reasons; the reader is “you”."""
    bea = make_agent("Bea", online=True)
    team = make_team("Returns", bea)
    make_rule("Everything", to=team, when=all_of(CHANNEL_IS_SMS))
    ticket = make_ticket(channel="sms")
    route_ticket(ticket.pk, cause="message 1")

    hers, adas = (browser_of(agent).get(f"/tickets/{ticket.pk}/") for agent in (bea, ada))

    assert history(hers) == ["Routed to Returns, then to you. Why?"]
    assert history(adas) == ["Routed to Returns, then to Bea. Why?"]


def test_waiting_says_what_for(ada: Agent) -> None:
    ticket = make_ticket()
    route_ticket(ticket.pk, cause="message 1")

    assert history(browser_of(ada).get(f"/tickets/{ticket.pk}/")) == ["No team matched. Nobody who could have got it was Online. Why?"]


def test_overview_holds_the_facts_in_order(ada: Agent, bea: Agent) -> None:
    """A27, A28, S8: sentiment stands above channel and tags."""
    customer = make_customer("Rowan Whitfield", email="rowan@example.com", country="Ireland", properties={"Orders": 6, "nested": {"not": "shown"}})
    ticket = make_ticket(customer=customer)
    make_ticket(customer=customer)
    assign_agent(ticket, ada, by=ada)
    assign_team(ticket, make_team("Returns", ada), by=ada)
    set_sentiment(ticket, score=3, label="urgent", quotes=["by Friday"])
    add_tag(ticket, "Shipping", by=ada)
    reply(ticket, "Yes", by=ada)
    Ticket.objects.filter(pk=ticket.pk).update(first_reply_at=F("created_at") + timedelta(minutes=4))

    response = browser_of(ada).get(f"/tickets/{ticket.pk}/")
    facts = overview(response)

    assert list(facts) == ["Assignee", "Team", "Priority", "Sentiment", "Channel", "Tags", "Ticket", "Created", "First reply", "Country", "Orders"]
    assert (chosen(response, "assignee"), chosen(response, "team")) == ("Ada Lind (you)", "Returns")
    assert (facts["Sentiment"], facts["Channel"], facts["Tags"]) == ("Urgent 3 of 10", "E-mail", "Shipping")
    assert (facts["Ticket"], facts["First reply"]) == (f"#{ticket.pk} · 2 from Rowan", "in 4 minutes")
    assert (facts["Country"], facts["Orders"]) == ("Ireland", "6")
    assert "“<q>by Friday</q>”" in response.content.decode()


def test_overview_lists_the_latest_events(ada: Agent) -> None:
    customer = make_customer("Rowan")
    ticket = make_ticket(customer=customer)
    customer.events.all().delete()
    for number in range(9):
        track(customer, f"Event {number}", occurred_at=timezone.now() - timedelta(hours=9 - number))
    track(customer, "Placed Order", value=Decimal("268.00"), properties={"$currency": "GBP", "order": "1042"})

    page = browser_of(ada).get(f"/tickets/{ticket.pk}/").content.decode()

    shown = re.findall(r"</svg><span>(Event \d|Placed Order)</span>", page)
    assert shown == ["Placed Order", *(f"Event {number}" for number in range(8, 1, -1))]
    assert "<small>268.00 GBP · 1042</small>" in page


def test_why_page_shows_every_rule_and_every_candidate(ada: Agent) -> None:
    """I2: also the rules that did not match, with the values they saw."""
    bea, cleo = make_agent("Bea", online=True), make_agent("Cleo")
    team, view = make_team("Returns", bea, cleo), SavedView.objects.create(name="Fresh orders")
    make_rule("Fresh", to=view, when=all_of(PLACED_ORDER_IN_2_HOURS), position=1)
    make_rule("Texts", to=team, when=all_of(CHANNEL_IS_SMS), position=2)
    ticket = make_ticket(channel="sms")
    route_ticket(ticket.pk, cause="message 1")
    assign_agent(ticket, ada, by=ada)

    page = plain(browser_of(ada).get(f"/tickets/{ticket.pk}/why/").content.decode().partition("<main")[2])

    assert "Why is this ticket with you?" in page
    assert "In short Rule 2, Texts, gave this ticket to Returns . It was the turn of Bea . You took this ticket." in page
    assert re.search(r"1 Fresh Did not match Condition Seen Result .*Placed Order.* 0 false", page)
    assert re.search(r"2 Texts First match: Returns Condition Seen Result .* sms true", page)
    assert re.search(r"Bea Got it", page)
    assert re.search(r"Cleo Skipped: Offline", page)


def test_why_page_of_a_ticket_that_no_rule_has_read(ada: Agent) -> None:
    ticket = make_ticket()

    page = plain(browser_of(ada).get(f"/tickets/{ticket.pk}/why/").content.decode())

    assert "Why is this ticket unassigned?" in page
    assert "No rule has read this ticket yet." in page


def test_ticket_stands_beside_the_list_it_was_opened_from(ada: Agent) -> None:
    mine, other = make_ticket(), make_ticket()
    assign_agent(mine, ada, by=ada)
    browser = browser_of(ada)

    listed = {key: rows(browser.get(f"/tickets/{mine.pk}/", {"in": key})) for key in ("mine", "all", "nonsense")}

    assert listed == {"mine": [mine.pk], "all": [other.pk, mine.pk], "nonsense": [other.pk, mine.pk]}


@pytest.mark.parametrize(
    ("target", "begins", "is_part"),
    [("ticket", "<title>", True), ("conversation", '<input type="hidden" name="seen"', True), ("elsewhere", "<!doctype html>", False)],
)
def test_scripts_get_the_part_they_ask_for(target: str, begins: str, is_part: bool, ada: Agent) -> None:
    ticket = make_ticket()

    page = browser_of(ada).get(f"/tickets/{ticket.pk}/", headers={"HX-Request": "true", "HX-Target": target}).content.decode()

    assert page.startswith(begins)
    assert ("<nav" not in page) == is_part


def test_long_conversation_shows_its_end_and_offers_the_rest(ada: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "LATEST", 2)
    ticket = make_ticket("one")
    for text in ("two", "three", "four"):
        add_note(ticket, text, by=ada)
    browser = browser_of(ada)

    short, whole = browser.get(f"/tickets/{ticket.pk}/"), browser.get(f"/tickets/{ticket.pk}/?in=all&everything")

    assert [text for _, text in messages(short)] == ["three", "four"]
    assert "Show 2 earlier messages" in short.content.decode()
    assert [text for _, text in messages(whole)] == ["one", "two", "three", "four"]


def test_earlier_messages_stay_shown_when_the_page_is_read_again(ada: Agent) -> None:
    page = browser_of(ada).get(f"/tickets/{make_ticket().pk}/?in=all&everything").content.decode()

    assert re.findall(r'id="conversation"[^>]* hx-get="([^"]+)"', page) == [f"/tickets/{Ticket.objects.get().pk}/?in=all&amp;everything"]


def test_every_way_from_a_ticket_keeps_the_list_it_was_opened_from(ada: Agent) -> None:
    """Back to the narrowed list and to the row in it, and every form of the page."""
    ticket = make_ticket("Hello")
    place = "in=all%3Fchannel%3Demail%26sort%3Dwaiting"

    page = browser_of(ada).get(f"/tickets/{ticket.pk}/?{place}").content.decode()

    back = re.findall(r'class="[^"]*back" href="([^"]+)"', page)
    others = re.findall(r'[?;]in=([^"&]+)', page)
    assert back == [f"/inbox/all/?channel=email&amp;sort=waiting#ticket_{ticket.pk}"]
    assert set(others) == {place.removeprefix("in=")}


@pytest.mark.parametrize("path", ["", "why/"])
def test_ticket_costs_the_same_with_1_and_3_of_everything(path: str, ada: Agent) -> None:
    team = make_team("Returns", ada)
    make_rule("All texts", to=team, when=all_of(CHANNEL_IS_SMS))
    customer = make_customer("Rowan", email="rowan@example.com")
    ticket, browser = make_ticket(customer=customer, channel="sms"), browser_of(ada)
    route_ticket(ticket.pk, cause="message 1")

    def add_one_of_each() -> None:
        add_note(ticket, "A note", by=make_agent())
        reply(ticket, "A reply", by=make_agent())
        assign_agent(ticket, make_agent(), by=make_agent())
        add_tag(ticket, f"Tag {ticket.tags.count()}", by=ada)
        track(customer, "Placed Order")
        make_ticket(customer=customer)
        team.members.add(make_agent())

    add_one_of_each()
    needed = queries(browser, f"/tickets/{ticket.pk}/{path}")
    add_one_of_each()
    add_one_of_each()

    assert queries(browser, f"/tickets/{ticket.pk}/{path}") == needed
