"""I3: on small domains the checker says what trying every ticket says, no less and no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.conditions.grammar import parse_definition
from routing.checker.findings import CheckedRule, Kind, Verdict
from routing.checker.logic import Logic
from tests.conditions.asking import compile_all
from tests.conditions.builders import ALLTIME, about_them, about_ticket, definition, done, existence, in_the_last, number, some, text, truth
from tests.conditions.somebody import NOW, Happened, Somebody
from tests.routing.checker.crowd import BANDS, DESTINATIONS, MOODS

Json = dict[str, Any]
Verdicts = list[Verdict]

NUMERIC = st.builds(
    number, st.sampled_from(["equals", "not-equals", "greater-than", "greater-than-or-equal", "less-than", "less-than-or-equal"]), st.integers(1, 2)
)
EXISTENCE = st.builds(existence, st.sampled_from(["is-set", "not-set"]))
TEXTUAL = st.sampled_from(["equals", "not-equals"])


def textual(*words: str) -> st.SearchStrategy[Json]:
    several = st.lists(st.sampled_from(words), min_size=1, max_size=3)
    return st.builds(text, TEXTUAL, st.sampled_from(words)) | st.builds(text, st.sampled_from(["in", "not-in"]), several) | EXISTENCE


def parts(*words: str) -> st.SearchStrategy[Json]:
    return st.builds(text, st.sampled_from(["starts-with", "not-starts-with", "ends-with", "not-contains", "contains"]), st.sampled_from(words))


CHANNELS = ["email", "webchat", "sms", "social", "api"]
SCORES = st.builds(number, st.sampled_from(["equals", "greater-than", "less-than-or-equal"]), st.integers(-1, 10)) | EXISTENCE
MOOD = [
    st.builds(about_ticket, st.just("channel"), textual(*CHANNELS)),
    st.builds(about_ticket, st.just("sentiment"), textual("urgent", "negative", "neutral", "positive", "promoter")),
    st.builds(about_ticket, st.just("sentiment_score"), SCORES),
    st.builds(about_them, st.just("vip"), st.builds(truth, st.booleans()) | EXISTENCE),
]
FACTS = [
    st.builds(about_them, st.just("orders"), NUMERIC | EXISTENCE),
    st.builds(about_them, st.sampled_from(["country", "$country"]), textual("SE", "FR") | parts("S", "E")),
    st.fixed_dictionaries({"type": st.just("profile-region"), "in_region": st.booleans(), "region_id": st.just("european_union")}),
    st.builds(
        about_ticket,
        st.just("tags"),
        st.builds(some, st.sampled_from(["contains-any", "contains-all", "not-contains-any"]), st.lists(st.sampled_from("ab"), min_size=1)),
    ),
    st.builds(about_ticket, st.just("tags"), st.builds(some, st.sampled_from(["length-equals", "length-greater-than"]), st.integers(0, 3)) | EXISTENCE),
]
WINDOWS = st.sampled_from(
    [ALLTIME, in_the_last(2, "hour"), in_the_last(1, "day"), {"type": "date", "operator": "between", "start": 2, "end": 24, "unit": "hour"}]
)
DEEDS = [
    st.builds(done, st.just("Placed Order"), NUMERIC, WINDOWS),
    st.builds(
        lambda is_member, ids: {"type": "profile-group-membership", "is_member": is_member, "group_ids": ids},
        st.booleans(),
        st.lists(st.sampled_from(["1", "2"]), min_size=1),
    ),
]


def moods() -> Iterator[Somebody]:
    for channel, (label, score), vip in product(CHANNELS, [*MOODS, (None, None)], [None, True, False, "gold", "", []]):
        yield Somebody({"vip": vip}, {"channel": channel, "sentiment": label, "sentiment_score": score})


def facts() -> Iterator[Somebody]:
    numbers, countries = (
        [None, 0, 1, 1.5, 2, 3, "many", {}, ""],
        [None, "SE", "FR", "S", "E", "SXE", "ESE", "SEX", "XSX", "XEX", "ES", "ESX", "XES", "SES", "FI", "XE"],
    )
    tags = [[*some_tags, *others] for some_tags in ([], ["a"], ["b"], ["a", "b"]) for others in ([], ["c"], ["c", "d"], ["c", "d", "e"], ["c", "d", "e", "f"])]
    for orders, country, held in product(numbers, countries, tags):
        yield Somebody({"orders": orders, "country": country, "$country": country}, {"tags": held})


def deeds() -> Iterator[Somebody]:
    for counts, segments in product(product(range(4), repeat=3), [(), ("1",), ("2",), ("1", "2")]):
        ages = [age for age, count in zip((1, 5, 50), counts, strict=True) for _ in range(count)]
        yield Somebody(happenings={"Placed Order": [Happened(NOW - timedelta(hours=age)) for age in ages]}, segments=segments)


DOMAINS = {"mood": (MOOD, list(moods())), "facts": (FACTS, list(facts())), "deeds": (DEEDS, list(deeds()))}


@pytest.mark.parametrize("domain", DOMAINS)
@given(st.data())
def test_checker_says_what_every_ticket_says(domain: str, data: st.DataObject) -> None:
    conditions, everybody = DOMAINS[domain]
    groups = st.lists(st.lists(st.one_of(conditions), min_size=1, max_size=2), min_size=1, max_size=3)
    drawn = data.draw(st.lists(st.tuples(groups, st.sampled_from(DESTINATIONS)), min_size=1, max_size=6))
    rules = [CheckedRule(place, str(place), parse_definition(definition(*wanted)), **to) for place, (wanted, to) in enumerate(drawn)]

    found = list(Logic(rules, BANDS, seconds=60).verdicts())

    assert [(verdict.kind, verdict.place) for verdict in found] == [(kind, place) for kind, place, _ways in tried(rules, everybody)]
    for verdict, (_kind, _place, ways) in zip(found, tried(rules, everybody), strict=True):
        assert set(verdict.by) in ways


def tried(rules: list[CheckedRule], everybody: list[Somebody]) -> Iterator[tuple[Kind, int, list[set[int]]]]:
    """Every verdict, with all sets of rules that it may rightly name."""
    matches = compile_all([rule.definition for rule in rules])
    tickets = [set() for _ in rules]
    for ticket, somebody in enumerate(everybody):
        for place, matched in enumerate(matches(somebody, NOW)):
            if matched:
                tickets[place].add(ticket)
    sound: list[int] = []
    for place, rule in enumerate(rules):
        teams = [other for other in sound if rules[other].team]
        alike = [other for other in sound if rules[other].destination == rule.destination and tickets[other] == tickets[place]]
        covering = [other for other in teams if tickets[place] <= tickets[other]]
        if not tickets[place]:
            yield Kind.CONTRADICTORY, place, [set()]
        elif alike:
            yield Kind.DUPLICATE, place, [{alike[0]}]
        elif rule.team and covering:
            yield Kind.SHADOWED, place, [{covering[0]}]
        elif rule.team and tickets[place] <= set().union(*(tickets[other] for other in teams)):
            yield Kind.UNREACHABLE, place, _least(place, teams, tickets)
        else:
            sound.append(place)


def _least(place: int, teams: list[int], tickets: list[set[int]]) -> list[set[int]]:
    """The sets of rules that leave it nothing, but would if any of them were not there."""
    enough = []
    for chosen in product([False, True], repeat=len(teams)):
        some_teams = {team for team, is_in in zip(teams, chosen, strict=True) if is_in}
        if tickets[place] <= set().union(*(tickets[team] for team in some_teams)):
            enough.append(some_teams)
    return [each for each in enough if not any(other < each for other in enough)]
