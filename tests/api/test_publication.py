"""/api/v1/rules/publication/ and the versions that were."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from agents.models import Agent, Role, Team
from helpdesk.customers.segments import change_segment, create_segment
from routing.models import Rule, RuleSet
from routing.publication import publish
from routing.rule_set import live_contents
from routing.rules import To, change_rule, create_rule, delete_rule, order_rules
from tests.api.calls import call
from tests.api.conftest import SignIn, iso
from tests.factories import CHANNEL_IS_SMS, CHURN_RISK_HIGH, all_of, make_agent, make_rule, make_team

pytestmark = pytest.mark.django_db
IS_SMS, HIGH_RISK = all_of(CHANNEL_IS_SMS), all_of(CHURN_RISK_HIGH)
ADDRESS = "rules/publication/"


@pytest.fixture
def mia() -> Agent:
    return make_agent("Mia", role=Role.MANAGER)


@pytest.fixture
def manager(client_of: SignIn, mia: Agent) -> APIClient:
    return client_of(mia)


@pytest.fixture
def team() -> Team:
    return make_team("Returns", make_agent("Olle"))


def draft(name: str, team: Team) -> Rule:
    return create_rule(name, IS_SMS, to=To(team=team), by=None)


def looked_at(client: APIClient, *left_out: int) -> dict[str, Any]:
    told: dict[str, Any] = call(client, "GET", ADDRESS + "?" + "&".join(f"leave_out={number}" for number in left_out))[1]
    return told


def written(rule: Rule, team: Team) -> dict[str, Any]:
    told = {"id": rule.pk, "name": rule.name, "definition": IS_SMS, "words": "ticket channel equals sms"}
    return told | {"destination": {"team": team.pk}, "goes_to": "Returns"}


def test_changes_are_looked_at_and_published(manager: APIClient, mia: Agent, team: Team) -> None:
    rule = draft("Texts", team)

    look = looked_at(manager)
    status, told = call(manager, "POST", ADDRESS, {"note": " For the  sale ", "seen": look["fingerprint"]})

    version, after = RuleSet.objects.get(), written(rule, team)
    assert look["changes"] == [{"kind": "added", "before": None, "after": after}]
    assert look["obstacles"] == []
    row = {"number": 1, "at": iso(version.at), "by": mia.pk, "note": "For the sale", "restores": None}
    assert (status, told) == (201, row | {"rules": [after]})
    assert call(manager, "GET", "rules/versions/")[1]["results"] == [row]
    assert call(manager, "GET", "rules/versions/1/") == (200, row | {"rules": [after]})
    assert looked_at(manager)["changes"] == []


def test_each_kind_of_change_is_told(api: APIClient, team: Team) -> None:
    one, two, three, four, five = (make_rule(name, to=team, when=IS_SMS) for name in ("One", "Two", "Three", "Four", "Five"))
    change_rule(one, definition=HIGH_RISK, by=None)
    delete_rule(two, by=None)
    order_rules([one.pk, five.pk, three.pk, four.pk], by=None)

    changes = looked_at(api)["changes"]

    told = [(change["kind"], change["before"]["name"], change["after"] is None) for change in changes]
    assert told == [("changed", "One", False), ("moved", "Five", False), ("removed", "Two", True)]
    assert [changes[0][side]["words"] for side in ("before", "after")] == ["ticket channel equals sms", "churn risk equals High"]


def test_change_that_is_left_out_waits(manager: APIClient, team: Team) -> None:
    one, two = draft("One", team), draft("Two", team)

    look = looked_at(manager, two.pk)
    status, told = call(manager, "POST", ADDRESS, {"leave_out": [two.pk], "seen": look["fingerprint"]})

    assert [change["after"]["name"] for change in look["changes"]] == ["One"]
    assert (status, [rule["id"] for rule in told["rules"]]) == (201, [one.pk])


def test_what_changed_since_it_was_seen_is_not_published(manager: APIClient, team: Team) -> None:
    """Nor with another choice of what is left out."""
    one, seen = draft("One", team), looked_at(manager)["fingerprint"]
    other_choice = call(manager, "POST", ADDRESS, {"leave_out": [one.pk], "seen": seen})[0]

    draft("Two", team)
    answer = call(manager, "POST", ADDRESS, {"seen": seen})

    assert answer == (409, {"detail": "Somebody has changed the rules since you looked. Look at them again first."})
    assert (other_choice, RuleSet.objects.exists()) == (409, False)


def test_nothing_new_is_a_conflict(manager: APIClient, team: Team) -> None:
    make_rule(to=team, when=IS_SMS)
    nothing = (409, {"detail": "Nothing would change: these rules are live already."})

    answers = [call(manager, "POST", ADDRESS, {"seen": looked_at(manager)["fingerprint"]}), call(manager, "POST", "rules/versions/1/restoration/")]

    assert (answers, RuleSet.objects.count()) == ([nothing] * 2, 1)


def test_obstacles_are_told_by_rule_before_and_instead(manager: APIClient, team: Team) -> None:
    segment = create_segment("VIP", None, by=None)
    change_segment(segment, is_active=False, by=None)
    rule = create_rule("VIPs", all_of({"type": "profile-group-membership", "is_member": True, "group_ids": [str(segment.pk)]}), to=To(team=team), by=None)

    look = looked_at(manager)
    status, told = call(manager, "POST", ADDRESS, {"seen": look["fingerprint"]})

    obstacles = [{"rule": rule.pk, "test": None, "words": "“VIPs”: The segment “VIP” is inactive: nobody enters or leaves."}]
    assert look["obstacles"] == obstacles
    assert (status, told, RuleSet.objects.exists()) == (400, {"obstacles": obstacles}, False)


def test_findings_are_told(api: APIClient) -> None:
    """A11, I3."""
    first, second = draft("Texts", make_team("Empty")), draft("Texts again", make_team("Other", make_agent()))

    look = looked_at(api)

    assert [(found["kind"], found["rule"], found["by"]) for found in look["findings"]] == [("empty_team", first.pk, []), ("shadowed", second.pk, [first.pk])]


def test_version_is_restored(manager: APIClient, mia: Agent, team: Team) -> None:
    rule = make_rule("Texts", to=team, when=IS_SMS)
    before = written(rule, team)
    change_rule(rule, name="SMS", by=None)
    publish(by=None)

    status, told = call(manager, "POST", "rules/versions/1/restoration/")

    assert (status, told["number"], told["by"], told["restores"], told["rules"]) == (201, 3, mia.pk, 1, [before])
    assert [row["restores"] for row in call(manager, "GET", "rules/versions/")[1]["results"]] == [1, None, None]


def test_what_changed_since_it_was_seen_is_not_gone_back_over(manager: APIClient, team: Team) -> None:
    rule = make_rule("Texts", to=team, when=IS_SMS)
    change_rule(rule, name="SMS", by=None)
    publish(by=None)
    seen = looked_at(manager)["fingerprint"]
    draft("Meanwhile", team)

    refused = call(manager, "POST", "rules/versions/1/restoration/", {"seen": seen})
    kept = live_contents()[0]["name"]
    status, _told = call(manager, "POST", "rules/versions/1/restoration/", {"seen": looked_at(manager)["fingerprint"]})

    assert refused == (409, {"detail": "Somebody has changed the rules since you looked. Look at them again first."})
    assert (kept, status, live_contents()[0]["name"]) == ("SMS", 201, "Texts")


def test_version_whose_team_is_gone_is_not_restored(manager: APIClient, team: Team) -> None:
    rule = make_rule("Texts", to=team, when=IS_SMS)
    change_rule(rule, to=To(team=make_team("Other")), by=None)
    publish(by=None)
    team.delete()

    status, told = call(manager, "POST", "rules/versions/1/restoration/")

    words = "“Texts” has no destination: its team or view was deleted, or never chosen."
    assert (status, told, live_contents()[0]["goes_to"]) == (400, {"obstacles": [{"rule": rule.pk, "test": None, "words": words}]}, "Other")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, {"seen": ["This field is required."]}),
        ({"seen": ""}, {"seen": ["This field may not be blank."]}),
        ({"seen": "\0"}, {"seen": ["Null characters are not allowed."]}),
        ({"seen": "x", "note": "\0"}, {"note": ["Null characters are not allowed."]}),
        ({"seen": "x", "note": "x" * 201}, {"note": ["Ensure this field has no more than 200 characters."]}),
        ({"seen": "x", "leave_out": [999]}, {"leave_out": ["There is no rule 999."]}),
        ({"seen": "x", "leave_out": [10**30]}, {"leave_out": {"0": [f"Ensure this value is less than or equal to {2**63 - 1}."]}}),
        ({"seen": "x", "leave_out": None}, {"leave_out": ["This field may not be null."]}),
        ({"seen": "x", "number": 7}, {"number": ["There is no such field."]}),
        ([], {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
    ],
)
def test_publication_that_makes_no_sense_is_refused(manager: APIClient, given: Any, problem: Any) -> None:
    """V14."""
    assert call(manager, "POST", ADDRESS, given) == (400, problem)


@pytest.mark.parametrize("number", ["x", "1,2", "%00", "-1", "9" * 30, "999"])
def test_look_without_rules_that_are_not_there_is_refused(api: APIClient, number: str) -> None:
    status, problem = call(api, "GET", f"{ADDRESS}?leave_out={number}")

    assert (status, list(problem)) == (400, ["leave_out"])


@pytest.mark.parametrize(
    ("given", "problem"), [({"note": "Back"}, {"note": ["There is no such field."]}), ({"seen": "\0"}, {"seen": ["Null characters are not allowed."]})]
)
def test_restoration_that_makes_no_sense_is_refused(manager: APIClient, team: Team, given: Any, problem: Any) -> None:
    """V14."""
    make_rule(to=team, when=IS_SMS)

    assert call(manager, "POST", "rules/versions/1/restoration/", given) == (400, problem)


@pytest.mark.parametrize(("method", "address"), [("GET", "rules/versions/{}/"), ("POST", "rules/versions/{}/restoration/")])
@pytest.mark.parametrize("number", [9, 10**30])
def test_foreign_version_is_404(manager: APIClient, method: str, address: str, number: int) -> None:
    """V3."""
    assert call(manager, method, address.format(number))[0] == 404


READS = [("GET", ADDRESS), ("GET", "rules/versions/"), ("GET", "rules/versions/1/")]
WRITES = [("POST", ADDRESS), ("POST", "rules/versions/1/restoration/")]


@pytest.mark.parametrize(("method", "address"), WRITES)
@pytest.mark.parametrize("role", [Role.AGENT, Role.ANALYST])
def test_only_managers_publish(client_of: SignIn, team: Team, method: str, address: str, role: Role) -> None:
    """R3, C4."""
    rule = make_rule("Texts", to=team, when=IS_SMS)
    change_rule(rule, name="SMS", by=None)

    status, _problem = call(client_of(make_agent("Somebody", role=role)), method, address, {"seen": "x"} if address == ADDRESS else None)

    assert (status, [rule["name"] for rule in live_contents()]) == (403, ["Texts"])


@pytest.mark.parametrize(("method", "address"), READS)
def test_only_those_who_answer_read(api: APIClient, client_of: SignIn, team: Team, method: str, address: str) -> None:
    make_rule(to=team, when=IS_SMS)
    people = [api, client_of(make_agent("Ann", role=Role.ANALYST)), APIClient()]

    assert [call(client, method, address)[0] for client in people] == [200, 403, 401]


@pytest.mark.parametrize("address", ["rules/versions/", "rules/versions/1/"])
def test_versions_cost_a_number_of_queries_that_does_not_grow(api: APIClient, team: Team, address: str) -> None:
    counts = []
    for number in (1, 9):
        for _ in range(number):
            make_rule(to=team, when=IS_SMS)
        with CaptureQueriesContext(connection) as captured:
            call(api, "GET", address)
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_look_costs_a_number_of_queries_that_does_not_grow(api: APIClient, team: Team) -> None:
    looked_at(api)  # the limits of churn risk are read once
    counts = []
    for number in (1, 9):
        for each in range(number):
            draft(f"{number}-{each}", team)
        with CaptureQueriesContext(connection) as captured:
            looked_at(api)
        counts.append(len(captured))

    assert counts[0] == counts[1]
