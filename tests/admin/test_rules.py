"""Routing rules: written, ordered, switched; the ready-made ones; and how tickets were routed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from agents.models import Agent, Team
from helpdesk.conditions.grammar import parse_definition
from helpdesk.conditions.wording import describe
from helpdesk.customers.segments import create_segment, delete_segment
from helpdesk.tickets.models import SavedView
from routing.examples import add_churn_defence, add_urgent_modifications
from routing.models import LedgerEntry, RoundRobinSettings, RoutingDecision, Rule
from routing.order import move
from routing.router import route_ticket
from tests.admin.conftest import list_of, page_of, problems, run_action, said, send
from tests.conditions.builders import KINDS
from tests.factories import CHANNEL_IS_SMS, CHURN_RISK_HIGH, all_of, any_of, make_agent, make_rule, make_team, make_ticket

pytestmark = pytest.mark.django_db

MODEL = "routing_rule"
ADD = "/admin/routing/rule/add/"


@pytest.fixture
def returns(db: None) -> Team:
    return make_team("Returns", make_agent("Ida"))


def rule_fields(**changes: Any) -> dict[str, Any]:
    return {"name": "Text messages", "is_active": "on", "definition": json.dumps(all_of(CHANNEL_IS_SMS)), "destination": "team", **changes}


def order() -> list[str]:
    return [rule.name for rule in Rule.objects.all()]


def test_rule_is_added_as_the_last(as_manager: Client, returns: Team) -> None:
    """R3, R11."""
    make_rule("First", to=returns, when=all_of(CHANNEL_IS_SMS), position=7)

    as_manager.post(ADD, rule_fields(team=returns.pk))

    rule = Rule.objects.get(name="Text messages")
    assert (rule.definition, rule.team, rule.view, rule.is_active) == (all_of(CHANNEL_IS_SMS), returns, None, True)
    assert order() == ["First", "Text messages"]


@pytest.mark.parametrize(
    ("definition", "problem"),
    [
        (
            '{"condition_groups": [{"conditions": [{"type": "nonsense"}]}]}',
            f"condition_groups[0].conditions[0].type: expected one of {KINDS}.",
        ),
        ('{"condition_groups": [}', "This is not JSON: line 1, column 23: Expecting value."),
        ("{}", "This field is required."),
        (r'{"\ud800": 1}', "definition: expected text that can be stored."),
    ],
    ids=["path", "place", "empty", "half a character"],
)
def test_mistake_in_the_conditions_is_named(as_manager: Client, returns: Team, definition: str, problem: str) -> None:
    response = as_manager.post(ADD, rule_fields(team=returns.pk, definition=definition))

    assert problems(response) == {"definition": [problem]}
    assert Rule.objects.count() == 0


@pytest.mark.parametrize("destination", ["team", "view"])
def test_destination_must_be_chosen(as_manager: Client, destination: str) -> None:
    """R11: and what the hidden field holds is not it."""
    other = {"view": SavedView.objects.create(name="Fraud").pk} if destination == "team" else {"team": make_team().pk}

    response = as_manager.post(ADD, rule_fields(destination=destination, **other))

    assert problems(response) == {destination: ["Choose where the tickets go."]}


def test_hidden_destination_does_not_count(as_manager: Client, returns: Team) -> None:
    """Changed from team to view, the page still sends the team."""
    view = SavedView.objects.create(name="Fraud")

    as_manager.post(ADD, rule_fields(destination="view", team=returns.pk, view=view.pk))

    assert Rule.objects.values_list("team", "view").get() == (None, view.pk)


def test_rule_for_a_team_without_members_warns(as_manager: Client) -> None:
    """A11."""
    response = as_manager.post(ADD, rule_fields(team=make_team("Returns").pk))

    assert said(response)[0].startswith("Returns has no members: its tickets would wait.")


def test_list_says_each_rule_in_words(as_manager: Client, returns: Team) -> None:
    make_rule("Rule", to=returns, when=any_of(CHANNEL_IS_SMS, CHURN_RISK_HIGH))

    change_list = as_manager.get(list_of(MODEL)).context["cl"]

    rule, rules = change_list.result_list[0], change_list.model_admin
    assert (rules.sentence(rule), rules.sends_to(rule)) == ("ticket channel equals sms or churn risk equals High", "Assign to Returns")


def test_list_opens_with_a_rule_that_cannot_be_read(as_manager: Client, returns: Team) -> None:
    Rule.objects.create(name="Broken", definition={"condition_groups": 1}, destination="team", team=returns)

    assert "condition_groups: expected a list with at least one entry." in as_manager.get(list_of(MODEL)).text


def test_rules_are_switched_off_and_on(as_manager: Client, returns: Team) -> None:
    on, off = (make_rule(name, to=returns, when=all_of(CHANNEL_IS_SMS), is_active=name == "On") for name in ("On", "Off"))

    response = run_action(as_manager, MODEL, "switch_off", on, off)
    run_action(as_manager, MODEL, "switch_on", off)

    assert dict(Rule.objects.values_list("name", "is_active")) == {"On": False, "Off": True}
    assert said(response) == ["1 rule switched off.", "Off: It is off already."]
    assert [entry.change_message for entry in LogEntry.objects.order_by("pk")] == ["Switched off.", "Switched on."]


def test_rules_are_moved(as_manager: Client, returns: Team) -> None:
    """C13: the first matching team rule wins, so the order is a decision. All at position 0, as they may be."""
    rules = {name: make_rule(name, to=returns, when=all_of(CHANNEL_IS_SMS)) for name in "abcd"}

    run_action(as_manager, MODEL, "move_up", rules["c"], rules["d"])
    up = order()
    response = run_action(as_manager, MODEL, "move_down", rules["c"], rules["d"])

    assert (up, order()) == (["a", "c", "d", "b"], ["a", "b", "c", "d"])
    assert said(response) == ["2 rules moved."]


def test_first_rule_moves_no_further_up(as_manager: Client, returns: Team) -> None:
    first = make_rule("a", to=returns, when=all_of(CHANNEL_IS_SMS))
    make_rule("b", to=returns, when=all_of(CHANNEL_IS_SMS))

    response = run_action(as_manager, MODEL, "move_up", first)

    assert (order(), said(response)) == (["a", "b"], ["a: It is the first already."])


def test_move_returns_whether_it_moved(returns: Team) -> None:
    a, _b = (make_rule(name, to=returns, when=all_of(CHANNEL_IS_SMS)) for name in "ab")

    assert [move(a, steps=1), move(a, steps=1)] == [True, False]


def test_ready_made_rules_are_what_the_product_promises(returns: Team) -> None:
    """R14, R15."""
    churn, urgent = add_churn_defence(returns), add_urgent_modifications()

    assert [describe(parse_definition(rule.definition)) for rule in (churn, urgent)] == [
        "churn risk equals High",
        "Placed Order at least once in the last 2 hours",
    ]
    assert (churn.name, churn.team, urgent.name, str(urgent.view)) == ("Churn defence", returns, "Urgent order mod", "Urgent modifications")
    assert order() == ["Churn defence", "Urgent order mod"]
    for rule in (churn, urgent):
        rule.full_clean()


def test_ready_made_rules_are_made_once(returns: Team) -> None:
    first = [add_churn_defence(returns), add_urgent_modifications()]

    again = [add_churn_defence(make_team()), add_urgent_modifications()]

    assert again == first
    assert again[0].team == returns


def test_ready_made_rules_are_a_button_each(as_manager: Client) -> None:
    """R14, R15; a button goes when its rule is there."""
    before = [example["slug"] for example in as_manager.get(list_of(MODEL)).context["examples"]]

    responses = [send(as_manager, f"{list_of(MODEL)}examples/{example}/") for example in before]

    assert before == ["churn-defence", "urgent-modifications"]
    assert [said(response)[0] for response in responses] == ["“Churn defence” is on.", "“Urgent order mod” is on."]
    assert str(Rule.objects.get(name="Churn defence").team) == "Retention specialists"
    assert as_manager.get(list_of(MODEL)).context["examples"] == []


def test_ready_made_rule_is_not_made_by_a_link(as_manager: Client) -> None:
    """A page elsewhere can make a browser follow a link."""
    assert as_manager.get(f"{list_of(MODEL)}examples/churn-defence/").status_code == 405
    assert Rule.objects.count() == 0


def test_ready_made_rule_that_nobody_made_up(as_manager: Client) -> None:
    as_manager.post(f"{list_of(MODEL)}examples/other/")

    assert Rule.objects.count() == 0


def test_decision_is_shown_and_not_changed(as_manager: Client, returns: Team) -> None:
    """I2: reached from its ticket."""
    make_rule("Text messages", to=returns, when=all_of(CHANNEL_IS_SMS))
    ticket = make_ticket(channel="sms")
    decision = route_ticket(ticket.pk, cause="test")
    make_rule("Later", to=returns, when=all_of(CHANNEL_IS_SMS))

    listed = as_manager.get(list_of("routing_routingdecision"), {"ticket__id__exact": ticket.pk}).context["cl"].result_list
    page = as_manager.get(page_of("routing_routingdecision", decision))

    assert list(listed) == [decision]
    assert "ticket channel equals sms" in page.text
    assert "Later" not in page.text
    assert as_manager.post(page_of("routing_routingdecision", decision), {"cause": "other"}).status_code == 403
    assert RoutingDecision.objects.get().cause == "test"


def test_turns_are_shown_and_not_changed(as_owner: Client) -> None:
    """B12."""
    entry = LedgerEntry.objects.create(agent=make_agent("Ida"), received=3, last_turn=9)

    listed = as_owner.get(list_of("routing_ledgerentry")).context["cl"].result_list
    changed = as_owner.post(page_of("routing_ledgerentry", entry), {"received": "0"})

    assert list(listed) == [entry]
    assert (changed.status_code, LedgerEntry.objects.get().received) == (403, 3)


def test_round_robin_settings_are_one_page(as_manager: Client) -> None:
    """A13, B4: made when they are missing."""
    response = as_manager.get(list_of("routing_roundrobinsettings"), follow=True)

    assert response.redirect_chain == [("/admin/routing/roundrobinsettings/1/change/", 302)]
    assert response.status_code == 200


def test_round_robin_is_switched_off(as_manager: Client) -> None:
    """A22."""
    settings = RoundRobinSettings.objects.create(pk=1)

    as_manager.post(page_of("routing_roundrobinsettings", settings), {"capacity": "5", "hours_sms": "on"})

    settings.refresh_from_db()
    assert (settings.is_on, settings.capacity, settings.hours_sms, settings.hours_webchat) == (False, 5, True, False)


def test_every_channel_in_hours_is_one_button(as_manager: Client) -> None:
    """C1."""
    settings = RoundRobinSettings.objects.create(pk=1)
    address = page_of("routing_roundrobinsettings", settings)

    as_manager.post(address, {"CHANGE_FORM-action": "all_in_hours", "_selected_action": 1})

    settings.refresh_from_db()
    assert [settings.only_in_hours(channel) for channel in ("email", "webchat", "sms", "social", "api")] == [True] * 5


def test_rule_that_asks_about_a_deleted_segment_warns(as_manager: Client, manager: Agent, returns: Team) -> None:
    """When it is saved, and on the first page for as long as it is on."""
    club = create_segment("Club", by=manager)
    in_club = all_of({"type": "profile-group-membership", "is_member": True, "group_ids": [str(club.pk)]})
    rule = make_rule("Members", to=returns, when=in_club)
    delete_segment(club, by=manager)

    response = as_manager.post(page_of(MODEL, rule), rule_fields(name="Members", definition=json.dumps(in_club), team=returns.pk))
    notices = as_manager.get("/admin/").context["notices"]

    assert said(response)[0] == "The segment “Club” was deleted: nobody is in it."
    assert [notice.text for notice in notices] == ["Rule “Members”: The segment “Club” was deleted: nobody is in it."]
