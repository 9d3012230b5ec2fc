"""The menu of actions, what comes of an act, and its undoing."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from agents.models import Agent, Role
from helpdesk.tickets.acts.assignment import assign_agent
from helpdesk.tickets.acts.bulk import Chosen
from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.acts.merging import merge_tickets
from helpdesk.tickets.acts.spam import mark_spam
from helpdesk.tickets.acts.tags import add_tag
from helpdesk.tickets.models import Act, Block, Tag, Ticket
from tests.factories import make_agent, make_customer, make_team, make_ticket
from tests.inbox.browsing import browser_of, history, queries, rows
from tests.tickets.reading import again

pytestmark = pytest.mark.django_db
SCRIPTED = {"HX-Request": "true"}


@pytest.fixture
def ticket() -> Ticket:
    return make_ticket()


def act(agent: Agent, ticket: Ticket, what: str, **fields: Any) -> Any:
    """As a script does it: the status, and the event that the page shows."""
    response = browser_of(agent).post("/acts/", {"ticket": ticket.pk, "do": what} | fields, headers=SCRIPTED)
    return response.status_code, json.loads(response.headers["HX-Trigger"])["acted"]


@pytest.mark.parametrize(
    ("what", "fields", "title", "becomes"),
    [
        ("close", {}, "1 ticket closed", {"is_open": False}),
        ("prioritise:urgent", {}, "Priority of 1 ticket changed", {"priority": "urgent"}),
        ("prioritise", {"value": "low"}, "Priority of 1 ticket changed", {"priority": "low"}),
        ("spam", {}, "1 ticket is spam", {"is_spam": True, "is_open": False}),
        ("team", {}, "There was nothing to change.", {"team": None}),
    ],
)
def test_act_is_done_and_said(what: str, fields: dict[str, str], title: str, becomes: dict[str, Any], ticket: Ticket, ada: Agent) -> None:
    status, said = act(ada, ticket, what, **fields)

    assert (status, said["title"]) == (204, title)
    assert {name: getattr(again(ticket), name) for name in becomes} == becomes


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("assign:999999999", "Choose somebody who answers tickets."),
        ("assign:99999999999999999999", "Choose somebody who answers tickets."),
        ("team:x", "This team is not there any more. Choose another."),
        ("prioritise:whatever", "Choose a priority."),
        ("snooze:\0", "Choose a day and a time."),
        ("tag: ", "Write the name of a tag."),
        ("untag:\0", "This tag is not there any more."),
    ],
)
def test_what_means_nothing_is_refused_in_words(what: str, sentence: str, ticket: Ticket, ada: Agent) -> None:
    status, said = act(ada, ticket, what)

    assert (status, said["title"], said["isError"], history(browser_of(ada).get(f"/tickets/{ticket.pk}/"))) == (422, sentence, True, [])


@pytest.mark.parametrize(
    ("chosen", "status", "sentence"),
    [
        ([], 422, "Choose a ticket first."),
        (["x"], 422, "Choose a ticket first."),
        (["99999999999999999999:1"], 422, "Choose a ticket first."),
        (["9223372036854775807"], 422, "Choose a ticket first."),
        (["123456789"], 200, "There was nothing to change."),
    ],
)
def test_tickets_that_are_not_there(chosen: list[str], status: int, sentence: str, ada: Agent) -> None:
    menu = browser_of(ada).get("/actions/", {"ticket": chosen})
    acted = browser_of(ada).post("/acts/", {"ticket": chosen, "do": "close"})

    assert menu.status_code == 404
    assert (acted.status_code, sentence in acted.content.decode()) == (status, True)


def test_act_without_a_name_is_not_there(ticket: Ticket, ada: Agent) -> None:
    assert browser_of(ada).post("/acts/", {"ticket": ticket.pk, "do": "explode"}).status_code == 404


def test_undo_is_offered_and_gives_back_what_was(ticket: Ticket, ada: Agent) -> None:
    _status, said = act(ada, ticket, "close")

    response = browser_of(ada).post(f"/acts/{said['undo']}/undoing/", {"in": "all"})

    assert ("1 ticket is as before" in response.content.decode(), again(ticket).is_open) == (True, True)


def test_undoing_tells_a_script_what_comes_back(ticket: Ticket, ada: Agent) -> None:
    """The focus goes there."""
    _status, said = act(ada, ticket, "close")

    response = browser_of(ada).post(f"/acts/{said['undo']}/undoing/", headers=SCRIPTED)

    told = json.loads(response.headers["HX-Trigger"])["acted"]
    assert (told["isUndone"], told["tickets"], "isUndone" in said) == (True, [ticket.pk], False)


def test_without_scripts_a_page_says_it_and_offers_the_undoing(ticket: Ticket, ada: Agent) -> None:
    page = browser_of(ada).post("/acts/", {"ticket": ticket.pk, "do": "close", "in": "all"}).content.decode()

    assert re.findall(r'<form method="post" action="(/acts/\d+/undoing/)"', page) == [f"/acts/{Act.objects.get().pk}/undoing/"]


@pytest.mark.parametrize(("closed", "following"), [("Second", "Third"), ("Fourth", "Third"), ("Alone", "")])
def test_without_scripts_the_next_ticket_of_the_list_is_offered(closed: str, following: str, ada: Agent) -> None:
    """The one below, of the last the one above: of the list as it is narrowed."""
    tickets = {subject: make_ticket(subject=subject, channel="sms") for subject in ("Fourth", "Third", "Second", "First")}
    tickets["Alone"] = make_ticket(subject="Alone")
    place = "all?channel=email" if closed == "Alone" else "all?channel=sms"

    page = browser_of(ada).post("/acts/", {"ticket": tickets[closed].pk, "do": "close", "in": place}).content.decode()

    offered = re.findall(r'href="/tickets/(\d+)/\?in=all%3Fchannel%3Dsms"><span class="truncate">Next: (\w+)<', page)
    assert offered == ([(str(tickets[following].pk), following)] if following else [])


def test_menu_offers_what_can_be_done(ticket: Ticket, ada: Agent) -> None:
    """An open ticket can be closed; one that is spam can be said not to be."""
    spam = make_ticket()
    mark_spam(Chosen([spam.pk]), by=ada)

    def offers(which: Ticket) -> set[str]:
        page = browser_of(ada).get("/actions/", {"ticket": which.pk}, headers=SCRIPTED | {"HX-Target": "menu"}).content.decode()
        return {name for name in ("close", "reopen", "spam", "not-spam", "wake") if f'value="{name}"' in page}

    assert (offers(ticket), offers(spam)) == ({"close", "spam"}, {"not-spam"})


def test_menu_takes_the_same_queries_for_one_ticket_and_for_many(ada: Agent) -> None:
    tickets = [make_ticket() for _ in range(6)]
    make_team("Returns", ada)
    several = "&".join(f"ticket={ticket.pk}" for ticket in tickets)

    few = queries(browser_of(ada), f"/actions/?ticket={tickets[0].pk}&ticket={tickets[1].pk}")
    for number in range(3):
        make_team(f"Team {number}", make_agent())
        add_tag(tickets[0], f"Tag {number}", by=ada)

    assert queries(browser_of(ada), f"/actions/?{several}") == few


def test_tags_are_added_and_taken_off_in_the_overview(ticket: Ticket, ada: Agent) -> None:
    act(ada, ticket, "tag", value="Returns")
    page = browser_of(ada).get(f"/tickets/{ticket.pk}/").content.decode()
    act(ada, ticket, f"untag:{Tag.objects.get().pk}")

    assert page.count(f'name="do" value="untag:{Tag.objects.get().pk}"') == 1
    assert ticket.tags.count() == 0


def test_mark_shows_in_ones_own_list_until_the_ticket_is_opened(ticket: Ticket, ada: Agent, bea: Agent) -> None:
    act(ada, ticket, "unread")
    own, hers = (browser_of(agent).get("/inbox/all/").content.decode().count(" data-marked") for agent in (ada, bea))
    browser_of(ada).get(f"/tickets/{ticket.pk}/", headers=SCRIPTED | {"HX-Target": "conversation"})
    kept = browser_of(ada).get("/inbox/all/").content.decode().count(" data-marked")
    browser_of(ada).get(f"/tickets/{ticket.pk}/")

    assert (own, hers, kept) == (1, 0, 1)
    assert browser_of(ada).get("/inbox/all/").content.decode().count(" data-marked") == 0


def test_history_tells_it(ticket: Ticket, ada: Agent) -> None:
    for what in ("prioritise:high", "snooze:2026-12-24T09:00", "wake", "spam:block", "not-spam"):
        act(ada, ticket, what)

    lines = history(browser_of(ada).get(f"/tickets/{ticket.pk}/"))

    assert lines == [
        "You set the priority to High.",
        "You snoozed this until 24 Dec 09:00.",
        "You woke this ticket.",
        "You marked this as spam and blocked the sender.",
        "You said that this is not spam.",
        "You reopened this ticket.",
    ]


def test_spam_and_sleepers_leave_the_list(ada: Agent) -> None:
    stays, spam, asleep = make_ticket(), make_ticket(), make_ticket()
    act(ada, spam, "spam:block")
    act(ada, asleep, "snooze:tomorrow")

    assert (rows(browser_of(ada).get("/inbox/all/")), Block.objects.count()) == ([stays.pk], 1)


def test_merge_page_merges_and_undoes(ada: Agent) -> None:
    customer = make_customer("Rowan")
    one, two = make_ticket("One", customer=customer), make_ticket("Two", customer=customer)

    page = browser_of(ada).get(f"/tickets/{one.pk}/merge/").content.decode()
    response = browser_of(ada).post(f"/tickets/{one.pk}/merge/?in=all", {"other": two.pk, "keep": "other"})
    merge = one.merged_by.get()
    undone = browser_of(ada).post(f"/tickets/merges/{merge.pk}/undoing/")

    assert re.findall(r'name="other" value="(\d+)"', page) == [str(two.pk)]
    assert (response.status_code, response["Location"]) == (302, f"/tickets/{two.pk}/?in=all")
    assert (undone.status_code, one.messages.count(), again(one).is_open) == (302, 1, True)


def test_merge_page_says_which_are_closed_and_offers_none_twice(ada: Agent) -> None:
    customer = make_customer("Rowan")
    one, kept, merged, closed = (make_ticket(customer=customer) for _ in range(4))
    merge_tickets(kept, merged, by=ada)
    close(closed, by=ada)

    page = browser_of(ada).get(f"/tickets/{one.pk}/merge/").content.decode()

    offered = re.findall(r'name="other" value="(\d+)".*?<span class="meta">[\d:]+( · Closed)?</span>', page)
    assert set(offered) == {(str(kept.pk), ""), (str(closed.pk), " · Closed")}


@pytest.mark.parametrize("other", ["", "x", "0", "99999999999999999999", "123456", "self"])
def test_merge_page_refuses_in_words(other: str, ticket: Ticket, ada: Agent) -> None:
    response = browser_of(ada).post(f"/tickets/{ticket.pk}/merge/", {"other": ticket.pk if other == "self" else other, "keep": "this"})

    assert (response.status_code, response.content.decode().count('role="alert"')) == (422, 1)


def test_merge_that_cannot_be_undone_says_so(ada: Agent) -> None:
    one = make_ticket("One")
    two = make_ticket("Two", customer=one.customer)
    merge = merge_tickets(one, two, by=ada)
    add_tag(one, "Returns", by=ada)

    response = browser_of(ada).post(f"/tickets/merges/{merge.pk}/undoing/")

    assert (response.status_code, "Something has happened to them since" in response.content.decode()) == (409, True)


def test_split_page_splits(ada: Agent) -> None:
    customer = make_customer("Rowan")
    ticket = make_ticket("One", customer=customer, conversation_id="t")
    make_ticket("Two", customer=customer, conversation_id="t")
    second = ticket.messages.last()

    response = browser_of(ada).post(f"/tickets/{ticket.pk}/split/?in=all", {"message": second.pk, "subject": "Another matter"})

    new = Ticket.objects.get(subject="Another matter")
    assert (response["Location"], list(new.messages.all())) == (f"/tickets/{new.pk}/?in=all", [second])


@pytest.mark.parametrize("message", [[], ["x"], ["999"], ["all"]])
def test_split_page_refuses_in_words_and_keeps_the_subject(message: list[str], ticket: Ticket, ada: Agent) -> None:
    chosen = list(ticket.messages.values_list("pk", flat=True)) if message == ["all"] else message

    response = browser_of(ada).post(f"/tickets/{ticket.pk}/split/", {"message": chosen, "subject": "Kept as typed"})

    page = response.content.decode()
    assert (response.status_code, page.count('role="alert"'), page.count('value="Kept as typed"')) == (422, 1, 1)


def test_analyst_is_offered_nothing(ticket: Ticket, ada: Agent) -> None:
    """A1, V3."""
    analyst = make_agent("Ana", role=Role.ANALYST)
    assign_agent(ticket, ada, by=ada)

    pages = [browser_of(analyst).get(address).status_code for address in (f"/actions/?ticket={ticket.pk}", f"/tickets/{ticket.pk}/merge/")]

    assert pages == [404, 404]
