"""I3: each finding with its witness, in words."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from customer_agent.sentiment import repair
from helpdesk.conditions.grammar import parse_definition
from helpdesk.tickets.models import SentimentLabel
from routing.checker.checking import check_rules
from routing.checker.findings import CheckedRule, Found, Kind
from tests.conditions.builders import about_them, about_ticket, definition, done, existence, in_the_last, number, some, text, truth
from tests.conditions.somebody import NOW
from tests.conditions.strategies import consent, predicted
from tests.factories import CHURN_RISK_HIGH, PLACED_ORDER_IN_2_HOURS, all_of, any_of
from tests.routing.checker.crowd import BANDS

Json = dict[str, Any]
SMS, MAIL = (about_ticket("channel", text("equals", channel)) for channel in ("sms", "email"))
NOT_SMS = about_ticket("channel", text("not-equals", "sms"))
URGENT = about_ticket("sentiment", text("equals", "urgent"))
SWEDEN = about_them("$country", text("equals", "Sweden"))
EU, US = ({"type": "profile-region", "in_region": True, "region_id": region} for region in ("european_union", "united_states"))
IN_3 = {"type": "profile-group-membership", "is_member": True, "group_ids": ["3"]}


def rules(*wanted: tuple[str, Json, dict[str, Any]]) -> list[CheckedRule]:
    return [CheckedRule(name.lower(), name, parse_definition(data), **to) for name, data, to in wanted]


def found(*wanted: tuple[str, Json, dict[str, Any]]) -> list[Found]:
    return check_rules(rules(*wanted), BANDS)


def test_rules_that_are_well_have_no_findings() -> None:
    assert found(("A", all_of(SMS), {"team": 1}), ("B", all_of(MAIL), {"team": 1}), ("C", all_of(SMS), {"view": 1})) == []


def test_contradiction_names_the_conditions_that_exclude_each_other() -> None:
    [finding] = found(("Both", all_of(SWEDEN, SMS, URGENT, MAIL), {"view": 1}))

    shown = "ticket channel equals sms and ticket channel equals email"
    assert finding == Found(Kind.CONTRADICTORY, "both", (), shown, f"No ticket can match, because this is never true: {shown}.")


def test_shadowed_rule_names_the_one_that_takes_all_its_tickets() -> None:
    [finding] = found(("Urgent orders", any_of(URGENT, SMS), {"team": 1}), ("Late", all_of(SMS, SWEDEN), {"team": 2}))

    assert finding == Found(
        *(Kind.SHADOWED, "late", ("urgent orders",), "ticket sentiment equals urgent or ticket channel equals sms"),
        "Every ticket that matches goes to rule 1, Urgent orders, first.",
    )


def test_unreachable_rule_names_those_that_take_its_tickets_together() -> None:
    first = ("One", all_of(SMS), {"team": 1}), ("Two", all_of(SWEDEN), {"team": 1}), ("Three", all_of(NOT_SMS, URGENT), {"team": 2})

    [finding] = found(*first, ("Last", all_of(URGENT), {"team": 3}))

    assert finding == Found(
        *(Kind.UNREACHABLE, "last", ("one", "three")),
        "ticket channel equals sms; ticket channel does not equal sms and ticket sentiment equals urgent",
        "Every ticket that matches goes to another rule first: to rule 1 (One) or rule 3 (Three).",
    )


@pytest.mark.parametrize("to", [{"team": 1}, {"view": 1}])
def test_duplicate_means_the_same_and_goes_to_the_same_place(to: dict[str, Any]) -> None:
    [finding] = found(("A", any_of(SMS, MAIL), to), ("B", all_of(about_ticket("channel", text("in", ["email", "sms"]))), to))

    assert finding == Found(
        *(Kind.DUPLICATE, "b", ("a",), "ticket channel equals sms or ticket channel equals email"),
        "It matches the same tickets as rule 1, A, and sends them to the same place.",
    )


def test_view_takes_no_tickets_from_others() -> None:
    """C13: every matching view applies."""
    wanted = [("A", all_of(SMS), {"view": 1}), ("B", all_of(SMS), {"view": 2}), ("C", all_of(SMS), {"team": 1}), ("D", all_of(SMS, URGENT), {"view": 1})]

    assert found(*wanted) == []


def test_dead_rule_is_never_the_reason() -> None:
    wanted = [("A", all_of(SMS), {"team": 1}), ("B", all_of(SMS, URGENT), {"team": 2}), ("C", all_of(SMS, URGENT, SWEDEN), {"team": 2})]

    assert [(finding.key, finding.by) for finding in found(*wanted)] == [("b", ("a",)), ("c", ("a",))]


def test_example_is_a_ticket_that_two_rules_match() -> None:
    ordered = rules(("A", all_of(SMS), {"team": 1}), ("B", all_of(SWEDEN, PLACED_ORDER_IN_2_HOURS), {"team": 2}))

    [finding] = check_rules(ordered, BANDS, examples_at=NOW)

    shown = "Placed Order exactly once in the last 2 hours and country equals Sweden and ticket channel equals sms"
    assert finding == Found(*(Kind.PARTLY_SHADOWED, "b", ("a",), shown), f"Some of its tickets go to rule 1, A, first: for example where {shown}.")


def test_example_goes_to_the_rule_that_it_is_of() -> None:
    """The first rule, of the same team, takes what is urgent."""
    wanted = ("A", all_of(URGENT), {"team": 1}), ("B", all_of(SMS), {"team": 2}), ("C", any_of(URGENT, SWEDEN), {"team": 1})

    findings = check_rules(rules(*wanted), BANDS, examples_at=NOW)

    assert [(finding.key, finding.by) for finding in findings] == [("b", ("a",)), ("c", ("b",))]
    assert findings[1].witness.startswith("country equals Sweden and ticket channel equals sms")
    assert "urgent" not in findings[1].witness


def test_rule_of_the_same_team_takes_nothing_away() -> None:
    ordered = rules(("A", all_of(SMS), {"team": 1}), ("B", all_of(SWEDEN), {"team": 1}))

    assert check_rules(ordered, BANDS, examples_at=NOW) == []


def test_segments_are_called_by_their_names() -> None:
    ordered = rules(("A", all_of(IN_3, IN_3 | {"is_member": False}), {"team": 1}))

    [finding] = check_rules(ordered, BANDS, names={"3": "VIP"})

    assert finding.witness == "is in segment VIP and is not in segment VIP"


def test_nothing_is_found_once_time_is_up() -> None:
    assert check_rules(rules(("A", all_of(SMS, MAIL), {"team": 1})), BANDS, seconds=0) == []


def test_several_threads_may_check_at_once() -> None:
    wanted = rules(("A", all_of(SMS), {"team": 1}), ("B", all_of(SMS, PLACED_ORDER_IN_2_HOURS), {"team": 2}))

    with ThreadPoolExecutor(4) as pool:
        findings = list(pool.map(lambda _number: check_rules(wanted, BANDS), range(40)))

    assert findings == [check_rules(wanted, BANDS)] * 40


def test_scores_are_those_that_sentiment_can_have() -> None:
    """C10."""
    for label in SentimentLabel.values:
        for score in range(-1, 12):
            condition = all_of(about_ticket("sentiment", text("equals", label)), about_ticket("sentiment_score", number("equals", score)))

            assert (found(("A", condition, {"view": 1})) == []) is (repair(score, label)[:2] == (score, label))


def orders(quantity: int, unit: str, **wanted: Any) -> Json:
    return done("Placed Order", number("greater-than-or-equal", wanted.pop("times", 1)), in_the_last(quantity, unit)) | wanted


def big(value: float) -> Json:
    return {"metric_filters": [{"property": "value", "filter": number("greater-than", value)}]}


FROM_ONE_ON = [about_them("a", wanted) for wanted in (number("greater-than", 1), number("equals", 1), number("less-than", 1))]
IMPLICATIONS = [
    (orders(2, "hour"), orders(14, "day")),
    (orders(14, "day", times=2), orders(2, "week")),
    (orders(1, "day", **big(100)), orders(2, "day", **big(50))),
    (orders(1, "day", **big(100)), orders(1, "day")),
    (orders(1, "day"), done("Placed Order")),
    (done("Placed Order", number("greater-than", 0), measurement="sum"), done("Placed Order")),
    (CHURN_RISK_HIGH, predicted("churn_probability", number("greater-than", 0.5))),
    (SWEDEN, EU),
    (EU, US | {"in_region": False}),
    (about_them("country", text("starts-with", "Swe")), about_them("$country", text("contains", "we"))),
    (about_them("a", text("starts-with", "ab")), about_them("a", text("not-starts-with", "b"))),
    (about_them("a", text("equals", "abc")), about_them("a", text("regex", "b+"))),
    (about_them("a", text("equals", "2026-11-22")), about_them("a", {"type": "date", "operator": "calendar-month", "value": 11})),
    (about_them("a", text("equals", "5.0")), about_them("a", number("greater-than", 4))),
    (about_them("a", truth(True)), about_them("a", existence("is-set"))),
    (about_them("a", some("contains", "x")), about_them("a", some("length-greater-than", 0))),
    (about_ticket("tags", some("contains-all", ["a", "b"])), about_ticket("tags", some("length-greater-than-or-equal", 2))),
    (about_ticket("tags", some("contains", "Order")), about_ticket("tags", some("contains-substring", "rde"))),
    (about_ticket("created", in_the_last(2, "hour")), about_ticket("created", in_the_last(1, "day"))),
    (URGENT, about_ticket("sentiment_score", number("less-than", 6))),
    (consent("sms", False, "unsubscribed"), about_them("properties['sms_consent']", existence("is-set"))),
    (IN_3, IN_3 | {"group_ids": ["3", "4"]}),
]


@pytest.mark.parametrize(("narrow", "wide"), IMPLICATIONS)
def test_wider_condition_shadows_a_narrower_one_and_not_the_other_way_round(narrow: Json, wide: Json) -> None:
    shadowed = found(("Wide", all_of(wide), {"team": 1}), ("Narrow", all_of(narrow), {"team": 2}))
    well = found(("Narrow", all_of(narrow), {"team": 2}), ("Wide", all_of(wide), {"team": 1}))

    assert ([finding.kind for finding in shadowed], [finding.kind for finding in well]) == ([Kind.SHADOWED], [])


NOT_KNOWN = [
    ("a number may be written as text", [CHURN_RISK_HIGH], [predicted("churn_probability", number("greater-than", 0.9))]),
    ("a property may be of any type", [about_them("a", truth(True)), about_them("a", truth(False))], [about_them("a", existence("is-set"))]),
    ("numbers may be missing", FROM_ONE_ON, [SMS]),
    ("another text may match the pattern", [about_them("a", text("equals", "b"))], [about_them("a", text("regex", "^b$"))]),
    ("events may have different values", [orders(1, "day", **big(100))], [orders(1, "day", **big(50))]),
]


@pytest.mark.parametrize(("why", "earlier", "later"), NOT_KNOWN)
def test_rule_that_something_may_reach_is_not_accused(why: str, earlier: list[Json], later: list[Json]) -> None:
    assert found(("Earlier", any_of(*earlier), {"team": 1}), ("Later", definition(later), {"team": 2})) == [], why
