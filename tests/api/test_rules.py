"""/api/v1/rules/: drafts, their order, and what they would catch."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from agents.models import Agent, Role, Team
from helpdesk.tickets.models import SavedView
from routing.models import Rule
from routing.rules import To, change_rule, create_rule, delete_rule, switch_rule
from tests.api.calls import call
from tests.api.conftest import SignIn
from tests.factories import CHANNEL_IS_SMS, CHURN_RISK_HIGH, all_of, make_agent, make_rule, make_team

pytestmark = pytest.mark.django_db
IS_SMS, HIGH_RISK = all_of(CHANNEL_IS_SMS), all_of(CHURN_RISK_HIGH)
SMS_IN_WORDS = "ticket channel equals sms"
IN_WORDS = {"definition": IS_SMS, "words": SMS_IN_WORDS}
BROKEN = all_of({"type": "ticket-property", "property": "channel", "filter": {"type": "string", "operator": "is", "value": "sms"}})


@pytest.fixture
def manager(client_of: SignIn) -> APIClient:
    return client_of(make_agent("Mia", role=Role.MANAGER))


@pytest.fixture
def team() -> Team:
    return make_team("Returns")


def test_rule_is_made_read_changed_and_deleted(manager: APIClient, team: Team) -> None:
    made, told = call(manager, "POST", "rules/", {"name": "Texts", "definition": IS_SMS, "destination": {"team": team.pk}})
    address = f"rules/{told['id']}/"

    read = call(manager, "GET", address)
    changed = call(manager, "PATCH", address, {"name": "SMS", "destination": {"new_view": "Texts"}, "is_active": False})
    listed = call(manager, "GET", "rules/")[1]["results"]
    deleted = [call(manager, "DELETE", address), call(manager, "GET", address)[0]]

    row = {"id": told["id"], "name": "Texts", "position": 1, "destination": {"team": team.pk}, "goes_to": "Returns", "is_active": True, "state": "draft"}
    other = {"name": "SMS", "destination": {"new_view": "Texts"}, "goes_to": "Texts", "is_active": False, "state": "off"}
    assert ((made, told), read) == ((201, row | IN_WORDS), (200, row | IN_WORDS))
    assert (changed, listed) == ((200, row | IN_WORDS | other), [row | IN_WORDS | other])
    assert deleted == [(204, None), 404]


def test_list_is_in_order_and_says_how_each_stands_to_what_is_live(api: APIClient, team: Team) -> None:
    view = SavedView.objects.create(name="Watched")
    rules = [make_rule(name, to=view if name == "live" else team, when=IS_SMS) for name in ("live", "changed", "going", "gone")]
    make_rule("off", to=team, when=IS_SMS, is_active=False)
    create_rule("draft", IS_SMS, to=To(team=team), by=None)
    change_rule(rules[1], definition=HIGH_RISK, by=None)
    switch_rule(rules[2], is_active=False, by=None)
    delete_rule(rules[3], by=None)

    listed = call(api, "GET", "rules/")[1]["results"]

    assert [(row["name"], row["state"]) for row in listed[:3]] == [(name, name) for name in ("live", "changed", "going")]
    assert [(row["name"], row["state"]) for row in listed[3:]] == [("gone", "going"), ("off", "off"), ("draft", "draft")]
    assert [row["destination"] for row in listed[:2]] == [{"view": view.pk}, {"team": team.pk}]


def test_list_of_many_comes_in_pages(api: APIClient) -> None:
    names = [f"Rule {number}" for number in range(60)]
    Rule.objects.bulk_create(Rule(name=name, definition=IS_SMS, destination="view", new_view="New", position=number // 3) for number, name in enumerate(names))

    first = call(api, "GET", "rules/")[1]
    second = call(api, "GET", first["next"].partition("/api/v1/")[2])[1]

    assert [row["name"] for page in (first, second) for row in page["results"]] == names


def test_rule_without_a_home_says_so(api: APIClient, team: Team) -> None:
    make_rule("Texts", to=team, when=IS_SMS)
    team.delete()

    (row,) = call(api, "GET", "rules/")[1]["results"]

    assert (row["destination"], row["goes_to"], row["state"]) == ({}, "", "changed")


def test_definition_that_cannot_be_read_is_listed_with_its_reason(api: APIClient, team: Team) -> None:
    Rule.objects.filter(pk=make_rule("Texts", to=team, when=IS_SMS).pk).update(definition={})

    (row,) = call(api, "GET", "rules/")[1]["results"]

    assert (row["definition"], row["words"]) == ({}, "condition_groups: expected a value.")


def test_copy_is_a_draft_that_is_off(api: APIClient, ida: Agent, team: Team) -> None:
    """C2: agents draft from what is there."""
    rule = make_rule("Texts", to=team, when=IS_SMS)

    status, told = call(api, "POST", f"rules/{rule.pk}/copies/")

    assert (status, told["name"], told["state"], Rule.objects.get(pk=told["id"]).by) == (201, "Copy of Texts", "off", ida)
    assert call(api, "POST", f"rules/{rule.pk}/copies/", {"name": "Mine"}) == (400, {"name": ["There is no such field."]})


def test_changes_are_discarded(manager: APIClient, team: Team) -> None:
    rule, new = make_rule("Texts", to=team, when=IS_SMS), create_rule("New", IS_SMS, to=To(team=team), by=None)
    change_rule(rule, name="Other", by=None)

    discarded = [call(manager, "DELETE", f"rules/{each.pk}/changes/") for each in (rule, new)]

    assert discarded == [(204, None), (409, {"detail": "“New” was never published: there is nothing to go back to."})]
    assert call(manager, "GET", f"rules/{rule.pk}/")[1]["name"] == "Texts"


def test_rules_are_put_in_order(manager: APIClient, team: Team) -> None:
    """Those that are not named stay behind those that are."""
    one, two, three = (make_rule(name, to=team, when=IS_SMS).pk for name in ("One", "Two", "Three"))

    status, told = call(manager, "PUT", "rules/order/", {"rules": [three, one]})

    assert (status, told) == (200, {"rules": [three, one, two]})
    assert [row["id"] for row in call(manager, "GET", "rules/")[1]["results"]] == [three, one, two]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"rules": [999]}, {"rules": ["There is no rule 999."]}),
        ({"rules": ["One"]}, {"rules": {"0": ["A valid integer is required."]}}),
        ({"rules": [10**30]}, {"rules": {"0": [f"Ensure this value is less than or equal to {2**63 - 1}."]}}),
        ({"rules": 3}, {"rules": ['Expected a list of items but got type "int".']}),
        ({"rules": [], "by": 1}, {"by": ["There is no such field."]}),
        ([1], {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
        ({}, {"rules": ["This field is required."]}),
    ],
)
def test_order_that_makes_no_sense_is_refused(manager: APIClient, given: Any, problem: Any) -> None:
    assert call(manager, "PUT", "rules/order/", given) == (400, problem)


OPERATOR = "condition_groups[0].conditions[0].filter.operator: expected one of "
WHOLE = {"name": "New", "definition": IS_SMS, "destination": {"new_view": "New"}}
NO_FIELD, ONE_OF = "There is no such field.", 'Give one of team, view and new_view, as {"team": 3}.'


@pytest.mark.parametrize(
    ("wrong", "field", "begins"),
    [
        ({"name": " "}, "name", "This field may not be blank."),
        ({"name": "a\0b"}, "name", "Null characters are not allowed."),
        ({"name": "x" * 121}, "name", "Ensure this field has no more than 120 characters."),
        ({"name": "Taken"}, "name", "There is a rule named “Taken” already."),
        ({"name": "\u202a"}, "name", "A rule needs a name."),
        ({"definition": None}, "definition", "This field may not be null."),
        ({"definition": BROKEN}, "definition", OPERATOR),
        ({"definition": [1]}, "definition", "Give an object"),
        ({"definition": {"a": "\0"}}, "definition", "Null characters"),
        ({"is_active": "perhaps"}, "is_active", "Must be a valid boolean."),
        ({"position": 1}, "position", NO_FIELD),
        ({"by": 1}, "by", NO_FIELD),
    ],
)
def test_wrong_field_is_named(manager: APIClient, team: Team, wrong: Any, field: str, begins: str) -> None:
    """V14; the place in a definition, too. The same whether it is made or changed."""
    rule = make_rule("Mine", to=team, when=IS_SMS)
    make_rule("Taken", to=team, when=IS_SMS)

    refused = [call(manager, "POST", "rules/", WHOLE | wrong), call(manager, "PATCH", f"rules/{rule.pk}/", wrong)]

    assert [(status, list(problem), problem[field][0][: len(begins)]) for status, problem in refused] == [(400, [field], begins)] * 2
    assert (Rule.objects.count(), Rule.objects.get(pk=rule.pk).name) == (2, "Mine")


@pytest.mark.parametrize(
    ("destination", "problem"),
    [
        ({}, {"non_field_errors": [ONE_OF]}),
        ({"view": 1, "new_view": "New"}, {"view": ["There is no view 1."]}),
        ({"team": 999}, {"team": ["There is no team 999."]}),
        ({"team": 10**30}, {"team": [f"Ensure this value is less than or equal to {2**63 - 1}."]}),
        ({"team": True}, {"team": ["A valid integer is required."]}),
        ({"new_view": "\0"}, {"new_view": ["Null characters are not allowed."]}),
        ({"new_view": "\u202a"}, {"new_view": ["Give the view a name."]}),
        ({"new_view": "x" * 81}, {"new_view": ["Ensure this field has no more than 80 characters."]}),
        ({"agent": 1}, {"agent": [NO_FIELD]}),
        ("Returns", {"non_field_errors": ["Invalid data. Expected a dictionary, but got str."]}),
    ],
)
def test_wrong_destination_is_refused(manager: APIClient, destination: Any, problem: Any) -> None:
    assert call(manager, "POST", "rules/", WHOLE | {"destination": destination}) == (400, {"destination": problem})


def test_two_destinations_are_one_too_many(manager: APIClient, team: Team) -> None:
    told = call(manager, "POST", "rules/", WHOLE | {"destination": {"team": team.pk, "new_view": "New"}})

    assert told == (400, {"destination": {"non_field_errors": [ONE_OF]}})


def test_what_is_left_out_is_missed(manager: APIClient) -> None:
    required = ["This field is required."]

    assert call(manager, "POST", "rules/", {}) == (400, {"name": required, "definition": required, "destination": required})


def test_agent_drafts_and_changes_only_their_own(api: APIClient, team: Team) -> None:
    """C2."""
    status, mine = call(api, "POST", "rules/", WHOLE)
    theirs = create_rule("Theirs", IS_SMS, to=To(team=team), by=None).pk

    changed = [call(api, method, f"rules/{number}/", {"name": "Other"})[0] for method in ("PATCH", "DELETE") for number in (mine["id"], theirs)]

    assert (status, mine["state"], changed) == (201, "off", [200, 403, 204, 403])
    assert Rule.objects.get().name == "Theirs"


def test_agent_switches_on_nothing(api: APIClient) -> None:
    """C2: refused as a whole, in the verb's words."""
    refused = call(api, "POST", "rules/", WHOLE | {"is_active": True})
    mine = call(api, "POST", "rules/", WHOLE | {"is_active": False})[1]["id"]

    words = {"detail": "Only Owners, Admins and Managers can publish rules, order them and switch them on and off."}
    assert refused == (403, words)
    assert call(api, "PATCH", f"rules/{mine}/", {"name": "On", "is_active": True}) == (403, words)
    assert [(rule.name, rule.is_active) for rule in Rule.objects.all()] == [("New", False)]


@pytest.mark.parametrize(("method", "address"), [("PATCH", "{}/"), ("DELETE", "{}/"), ("DELETE", "{}/changes/"), ("PUT", "order/")])
def test_agent_changes_nothing_that_is_live(api: APIClient, team: Team, method: str, address: str) -> None:
    """R3."""
    rule = make_rule("Texts", to=team, when=IS_SMS)

    status, _problem = call(api, method, "rules/" + address.format(rule.pk), {"rules": [rule.pk]} if method == "PUT" else {"name": "Mine"})

    assert (status, Rule.objects.values_list("name", "is_deleted").get()) == (403, ("Texts", False))


CALLS = [("GET", ""), ("POST", ""), ("GET", "{}/"), ("PATCH", "{}/"), ("DELETE", "{}/"), ("POST", "{}/copies/"), ("DELETE", "{}/changes/")]


@pytest.mark.parametrize(("method", "address"), [*CALLS, ("PUT", "order/"), ("POST", "preview/")])
def test_only_those_who_answer_come_in(client_of: SignIn, team: Team, method: str, address: str) -> None:
    """C4."""
    rule = make_rule("Texts", to=team, when=IS_SMS)
    people = [client_of(make_agent("Ann", role=Role.ANALYST)), APIClient()]

    assert [call(client, method, "rules/" + address.format(rule.pk), None if method == "GET" else WHOLE)[0] for client in people] == [403, 401]
    assert Rule.objects.get().name == "Texts"


@pytest.mark.parametrize("number", [9, 10**30])
def test_foreign_number_is_404(manager: APIClient, number: int) -> None:
    """V3."""
    calls = [(method, address.format(number)) for method, address in CALLS if address]

    assert {call(manager, method, f"rules/{address}", None if method == "GET" else {})[0] for method, address in calls} == {404}


def test_list_costs_a_number_of_queries_that_does_not_grow(api: APIClient, team: Team) -> None:
    counts = []
    for number in (1, 9):
        for _ in range(number):
            make_rule(to=team, when=HIGH_RISK)
            make_rule(to=SavedView.objects.create(name=f"View {Rule.objects.count()}"), when=IS_SMS)
        with CaptureQueriesContext(connection) as captured:
            call(api, "GET", "rules/")
        counts.append(len(captured))

    assert counts[0] == counts[1]
