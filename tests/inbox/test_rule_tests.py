"""The pages about rule tests: the list, writing one, making one of a ticket, and the card beside a rule (I4)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client

from agents.models import Agent, Role
from helpdesk.customers.segments import create_segment
from helpdesk.inbox.rules.tests import tests_in as card_of_a_set
from helpdesk.inbox.rules.tests import tests_of as card_of
from helpdesk.tickets.models import SavedView
from routing.models import RuleTest
from routing.publication import draft
from routing.router import route_ticket
from routing.rule_tests.results import results
from routing.rule_tests.writing import change_test
from tests.factories import CHANNEL_IS_SMS, CHURN_RISK_HIGH, all_of, make_agent, make_rule, make_team, make_ticket
from tests.inbox.browsing import browser_of, queries
from tests.inbox.forms import Form
from tests.routing.examples import AT, make_rule_test

pytestmark = pytest.mark.django_db
IS_SMS = all_of(CHANNEL_IS_SMS)
FIELDS = {"name": "Late parcel", "at": "2026-11-22T14:00:00", "channel": "sms", "status": "open"}


@pytest.fixture
def cleo() -> Agent:
    return make_agent("Cleo Manager", role=Role.MANAGER)


@pytest.fixture
def tab(cleo: Agent) -> Client:
    return browser_of(cleo)


def words(response: Any) -> str:
    main = response.content.decode().partition("<main")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", main).replace("&#x27;", "'").split())


def test_list_says_which_fail_and_why(tab: Client) -> None:
    returns = make_team("Returns")
    make_rule("Texts", to=returns, when=IS_SMS)
    make_rule_test("Right", team=returns)
    make_rule_test("Wrong")

    shown = words(tab.get("/routing/tests/"))

    assert "1 fails" in shown
    assert "Right Returns Passes" in shown
    assert "Wrong No team Fails Went to Returns (rule 1, Texts), but no rule may name a team." in shown


def test_test_is_written_and_changed_without_scripts(tab: Client) -> None:
    """Whatever the form says is kept, and comes back as it was."""
    team, view, segment = make_team("Returns"), SavedView.objects.create(name="Fraud"), create_segment("VIP", by=None)
    fields = FIELDS | {
        "subject": "Parcel",
        "body": "Where is it?",
        "language": "en",
        "tags": "Order, New",
        "sentiment": "negative",
        "sentiment_score": "2",
        "profile": "country = Sweden\ntier = gold",
        "events": "Placed Order, 1.5, 49.90",
        "segments": str(segment.pk),
        "team": str(team.pk),
        "views": str(view.pk),
        "no_other_views": "on",
    }

    saved = tab.post("/routing/tests/new/", fields)
    test = RuleTest.objects.get()
    example = test.example
    page = tab.get(saved["Location"])
    again = tab.post(
        f"/routing/tests/{test.pk}/",
        Form(page.content.decode().partition('id="rule-test"')[2]).data.dict() | {key: fields[key] for key in ("body", "profile", "events")},
    )

    assert (saved.status_code, saved["Location"], again.status_code) == (302, f"/routing/tests/{test.pk}/?saved", 302)
    assert (test.name, test.at, test.team, list(test.views.all()), test.no_other_views) == ("Late parcel", AT, team, [view], True)
    assert example == {
        "ticket": {
            "channel": "sms",
            "status": "open",
            "subject": "Parcel",
            "body": "Where is it?",
            "language": "en",
            "sentiment": "negative",
            "sentiment_score": 2,
            "tags": ["Order", "New"],
        },
        "profile": {"$country": "Sweden", "tier": "gold"},
        "events": [{"metric": "Placed Order", "occurred_at": "2026-11-22T11:30:00+00:00", "value": 49.9, "properties": {}}],
        "segments": [str(segment.pk)],
    }
    assert RuleTest.objects.get().example == example


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "Taken"}, "There is a test named “Taken” already."),
        ({"at": "soon"}, "Enter a valid date/time."),
        ({"at": "0001-01-01T00:00:00"}, "Choose a day between 1990 and 2200."),
        ({"profile": "tier"}, "Line 1: write a name and a value, as tier = gold."),
        ({"events": "Placed Order"}, "Line 1: write an event and how many hours before"),
        ({"body": "a\0b"}, "Null characters are not allowed."),
        ({"profile": 'tier = "\\u0000"'}, "Null characters, broken characters"),
        ({"profile": "tier = 1e999"}, "infinite numbers"),
        ({"events": "x" * 130 + ", 1"}, "at most 120 characters"),
        ({"segments": "9" * 30}, "is not one of the available choices"),
        ({"team": "9" * 30}, "That choice is not one of the available choices."),
        ({"sentiment_score": "11"}, "Ensure this value is less than or equal to 10."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_written_stays(tab: Client, fields: dict[str, str], said: str) -> None:
    make_rule_test("Taken")

    response = tab.post("/routing/tests/new/", FIELDS | {"subject": "Kept as it is"} | fields)

    assert response.status_code == 422
    assert said in words(response)
    assert 'value="Kept as it is"' in response.content.decode()
    assert RuleTest.objects.count() == 1


def test_two_who_change_one_test_do_not_undo_each_other_unseen(tab: Client) -> None:
    test = make_rule_test("Theirs")
    opened = re.search(r'name="seen" value="([^"]+)"', tab.get(f"/routing/tests/{test.pk}/").content.decode())
    change_test(test, name="Theirs, changed", example={"ticket": {}}, at=AT, by=None)
    assert opened is not None

    refused = tab.post(f"/routing/tests/{test.pk}/", FIELDS | {"seen": opened[1]})
    kept = RuleTest.objects.get().name
    now = re.search(r'name="seen" value="([^"]+)"', refused.content.decode())
    saved = tab.post(f"/routing/tests/{test.pk}/", FIELDS | {"seen": now[1] if now else ""})

    assert (refused.status_code, 'value="Late parcel"' in refused.content.decode(), kept) == (409, True, "Theirs, changed")
    assert (saved.status_code, RuleTest.objects.get().name) == (302, "Late parcel")


def test_what_the_form_does_not_show_stays(tab: Client) -> None:
    """The moment's microseconds, too."""
    test = make_rule_test(ticket={"channel": "sms", "team": "Returns"}, at=AT.replace(microsecond=7))

    tab.post(f"/routing/tests/{test.pk}/", FIELDS)

    test.refresh_from_db()
    assert (test.example["ticket"]["team"], test.at.microsecond) == ("Returns", 7)


def test_test_is_deleted(tab: Client) -> None:
    test = make_rule_test()

    asked, done = tab.get(f"/routing/tests/{test.pk}/deletion/"), tab.post(f"/routing/tests/{test.pk}/deletion/")

    assert ("Delete “A text”?" in words(asked), done["Location"], RuleTest.objects.count()) == (True, "/routing/tests/", 0)


def test_ticket_becomes_a_test_by_one_click(tab: Client) -> None:
    team = make_team("Returns")
    make_rule("Texts", to=team, when=IS_SMS)
    ticket = make_ticket(channel="sms")
    route_ticket(ticket.pk, cause="test")

    button = f'action="/tickets/{ticket.pk}/rule-test/"' in tab.get(f"/tickets/{ticket.pk}/why/").content.decode()
    made = tab.post(f"/tickets/{ticket.pk}/rule-test/")

    test = RuleTest.objects.get()
    assert (button, made["Location"], test.team, test.ticket) == (True, f"/routing/tests/{test.pk}/", team, ticket)
    assert "send it to Returns." in words(tab.get(made["Location"]))


def test_ticket_that_was_never_decided_about_becomes_none(tab: Client) -> None:
    assert [tab.post(f"/tickets/{number}/rule-test/").status_code for number in (make_ticket().pk, 77, 10**18)] == [404, 404, 404]


@pytest.mark.parametrize(("role", "read", "write"), [(Role.AGENT, 200, 403), (Role.ANALYST, 404, 404)])
def test_agents_read_and_analysts_see_nothing(role: Role, read: int, write: int) -> None:
    """R3, V3."""
    tab, test, ticket = browser_of(make_agent(role=role)), make_rule_test(), make_ticket()
    route_ticket(ticket.pk, cause="test")
    address = f"/routing/tests/{test.pk}/"

    reading = [tab.get("/routing/tests/").status_code, tab.get(address).status_code]
    writing = [tab.get("/routing/tests/new/"), tab.get(f"{address}deletion/"), *map(tab.post, ("/routing/tests/new/", address, f"{address}deletion/"))]
    one_click = tab.post(f"/tickets/{ticket.pk}/rule-test/")

    assert (reading, [each.status_code for each in (*writing, one_click)]) == ([read] * 2, [write] * 6)
    assert [each.name for each in RuleTest.objects.all()] == ["A text"]


def test_agent_is_offered_nothing_to_change() -> None:
    tab, test, ticket = browser_of(make_agent()), make_rule_test(), make_ticket()
    route_ticket(ticket.pk, cause="test")

    html = tab.get(f"/routing/tests/{test.pk}/").content.decode()

    assert ('form="rule-test"' in html, '<fieldset class="builder" disabled>' in html) == (False, True)
    assert "rule-test/" not in tab.get(f"/tickets/{ticket.pk}/why/").content.decode()


@pytest.mark.parametrize("address", ["/routing/tests/77/", f"/routing/tests/{10**18}/", "/routing/tests/77/deletion/"])
def test_test_that_is_not_there(tab: Client, address: str) -> None:
    assert tab.get(address).status_code == 404


def test_card_shows_failures_first_and_then_what_this_rule_takes() -> None:
    returns = make_team("Returns")
    rule = make_rule("Texts", to=returns, when=IS_SMS)
    make_rule_test("A mail", ticket={"channel": "email"})
    make_rule_test("Wrong")
    make_rule_test("Z text", team=returns)

    card = card_of(rule, draft())
    html = render_to_string("routing/_tests.html", {"tests": card})

    assert (card.passed, card.total) == (2, 3)
    assert [(line.result.test.name, line.goes_to) for line in card.lines] == [("Wrong", "Returns"), ("Z text", "Returns"), ("A mail", "not this rule")]
    assert "2 of 3" in html
    assert "Went to Returns (rule 1, Texts), but no rule may name a team." in html


def test_card_of_a_set_says_where_each_goes() -> None:
    make_rule("Texts", to=make_team("Returns"), when=IS_SMS)
    make_rule_test("A mail", ticket={"channel": "email"})
    make_rule_test("Wrong")

    assert [(line.result.test.name, line.goes_to) for line in card_of_a_set(results(draft())).lines] == [("Wrong", "Returns"), ("A mail", "no rule")]


def test_card_without_tests_says_how_to_make_one() -> None:
    rule = make_rule(to=make_team(), when=IS_SMS)

    assert "No tests yet." in render_to_string("routing/_tests.html", {"tests": card_of(rule, draft())})


def test_pages_take_the_same_number_of_queries_however_many_tests(tab: Client) -> None:
    team, taken = make_team(), []
    for number in range(3):
        make_rule(to=team, when=all_of(CHURN_RISK_HIGH))
        test = make_rule_test(f"Test {number}")
        queries(tab, "/routing/tests/")  # what a process reads once
        taken.append((queries(tab, "/routing/tests/"), queries(tab, f"/routing/tests/{test.pk}/")))

    assert taken == [taken[0]] * 3


def test_ticket_whose_test_has_a_name_that_is_taken_is_told_so(tab: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody took it at the same moment."""
    ticket = make_ticket()
    route_ticket(ticket.pk, cause="test")
    make_rule_test("Taken")
    monkeypatch.setattr("routing.rule_tests.from_tickets._free_name", lambda _name: "Taken")

    response = tab.post(f"/tickets/{ticket.pk}/rule-test/")

    assert (response.status_code, "There is a test named “Taken” already." in words(response)) == (409, True)
