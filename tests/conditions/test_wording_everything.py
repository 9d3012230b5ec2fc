"""Whatever the grammar holds has words in every language, and other words than everything else."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.conditions.filters import String
from helpdesk.conditions.grammar import DIMENSIONS, TICKET_FIELDS, PropertyCondition, parse_definition
from helpdesk.conditions.wording import describe, describe_condition, phrases
from helpdesk.conditions.wording_names import KNOWN_PROPERTIES, OWN_FIELDS, property_name
from helpdesk.conditions.wording_names import TICKET_FIELDS as NAMED
from tests.conditions.every_condition import EVERY_CONDITION, LANGUAGES
from tests.conditions.strategies import DEFINITIONS

ENGLISH = """
    ago all and any anniversary at average before between by churn clv consent contain contains country customer date day days does e-mail each email
    ends entries entry equal equals exactly expected fewer has historic hour hours in includes is language last least less match matches may month more most
    name next none not number of once or order orders over pattern phone predicted probability property purchase receive risk segment sentiment set starts
    subscribed than the this ticket time times today total true false value week weeks where which with year zero zone
"""
TRICKY = st.sampled_from(["", "a", "b", "a b", "or", "a, b", "”", "“a”", "a” or “b", "”, ”", "1", "1.5", "true", "%(name)s", "% s"]) | st.text(max_size=4)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_conditions_have_the_same_words(language: str) -> None:
    """Another operator, value, unit or name is another sentence."""
    with translation.override(language):
        said = Counter(map(describe_condition, EVERY_CONDITION))

    assert len(EVERY_CONDITION) > 1_000
    assert [words for words, times in said.items() if times > 1] == []


@pytest.mark.parametrize(("language", "shared"), [("sv", {"risk"}), ("pl", {"e-mail"})])
def test_other_languages_hold_no_english(language: str, shared: set[str]) -> None:
    with translation.override(language):
        sentences = [describe_condition(condition) for condition in EVERY_CONDITION]

    words = {word: sentence for sentence in sentences for word in re.sub("[”„].*?”", "", sentence).lower().split()}
    assert {word: words[word] for word in words.keys() & set(ENGLISH.split()) - shared} == {}


def test_every_field_has_a_name() -> None:
    assert {*NAMED, "tags"} == set(TICKET_FIELDS)
    assert set(DIMENSIONS) <= set(KNOWN_PROPERTIES)


@pytest.mark.parametrize("language", LANGUAGES)
@given(data=DEFINITIONS)
def test_every_definition_has_words(language: str, data: dict[str, Any]) -> None:
    parsed = parse_definition(data)

    with translation.override(language):
        words, parts = describe(parsed), phrases(parsed)

    kinds = Counter(kind for kind, _text in parts)
    assert words == "".join(text for _kind, text in parts)
    assert kinds["condition"] == sum(len(group.conditions) for group in parsed.groups)
    assert (kinds["and"], kinds["or"]) == (len(parsed.groups) - 1, kinds["condition"] - len(parsed.groups))
    assert kinds["("] == kinds[")"]


@pytest.mark.parametrize("language", LANGUAGES)
@given(given_lists=st.lists(st.lists(TRICKY, min_size=1, max_size=3, unique=True), min_size=2, max_size=6, unique_by=tuple))
def test_values_are_told_apart(language: str, given_lists: list[list[str]]) -> None:
    """No value can end its own quotation, or look like two."""
    conditions = [PropertyCondition("x", String("in", tuple(values))) for values in given_lists]

    with translation.override(language):
        said = [describe_condition(condition) for condition in conditions]

    assert [pair for pair in combinations(said, 2) if pair[0] == pair[1]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_property_of_others_is_no_field_of_ours(language: str) -> None:
    with translation.override(language):
        ours = [str(name) for name in (*OWN_FIELDS.values(), *KNOWN_PROPERTIES.values(), *NAMED.values())]

        assert [name for name in ours if property_name(f"properties['{name}']") in ours] == []
