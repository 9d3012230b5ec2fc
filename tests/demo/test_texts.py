"""What people write in the demo: enough of it, in three languages, with nothing left to fill in and nobody real."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from helpdesk.customers.profiles import e164
from helpdesk.demo.texts import LANGUAGES, SHOP, Case, cases, fill, phrases, read
from helpdesk.tickets.models import Channel

FACTS = {"name": "Alva", "agent": "Ida", "city": "Umeå", "size": "M", "order": "1042"}


def texts_of(case: Case) -> list[str]:
    return [case.subject, case.text, *(text for _author, text in case.thread)]


def all_texts(language: str) -> list[str]:
    spoken = phrases(language)
    return [*(text for case in cases(language) for text in texts_of(case)), *spoken.agent_replies, *spoken.customer_answers, *spoken.notes]


@pytest.mark.parametrize("language", LANGUAGES)
def test_language_has_enough_distinct_openings(language: str) -> None:
    assert len({case.text for case in cases(language)}) == len(cases(language)) >= 45


@pytest.mark.parametrize("language", LANGUAGES)
def test_language_uses_every_channel(language: str) -> None:
    """C12."""
    assert {case.channel for case in cases(language)} == set(Channel.values)


@pytest.mark.parametrize("language", LANGUAGES)
def test_subject_is_where_the_channel_has_one(language: str) -> None:
    with_subject = {case.channel for case in cases(language) if case.subject}
    without = {case.channel for case in cases(language) if not case.subject}

    assert (with_subject, without) == ({"email", "api"}, {"webchat", "sms", "social"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_has_no_gap_that_cannot_be_filled(language: str) -> None:
    filled = [fill(text, FACTS, is_feminine=feminine) for text in all_texts(language) for feminine in (False, True)]

    assert [text for text in filled if re.search(r"[{}|]", text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_thread_is_written_by_those_who_can(language: str) -> None:
    """Nobody answers themselves before an agent has: a thread begins with the team."""
    authors = {author for case in cases(language) for author, _text in case.thread}
    first = {case.thread[0][0] for case in cases(language) if case.thread}

    assert (authors, first) == ({"agent", "customer", "note"}, {"agent", "note"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_some_write_just_after_an_order(language: str) -> None:
    """R15."""
    assert Counter(case.just_ordered for case in cases(language))[True] >= 3


def test_unknown_language_is_answered_in_english() -> None:
    assert phrases("fi") == phrases("en")


def test_fill_knows_facts_and_forms() -> None:
    text = "{złożyłem|złożyłam} zamówienie {order}\n"

    assert (fill(text, FACTS), fill(text, FACTS, is_feminine=True)) == ("złożyłem zamówienie 1042", "złożyłam zamówienie 1042")


def test_addresses_belong_to_nobody() -> None:
    """RFC 2606: example.com and its kin are kept for examples."""
    everything = "".join(path.read_text() for path in SHOP.glob("*.toml"))

    assert re.findall(r"\S+@(?!example\.(?:com|org|net)\b)\S+", everything) == []


def test_phone_numbers_are_possible_and_distinct() -> None:
    numbers = [
        country["phone"].format(country["first_phone"] + n)
        for country in read("people")["country"]
        if "phone" in country
        for n in range(len(country["people"]))
    ]

    assert [e164(number) for number in numbers] == numbers
    assert len(set(numbers)) == len(numbers)
