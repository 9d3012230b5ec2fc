"""The dialect of regular expressions: what is taken, what is refused and why, and that it finds what others find."""

from __future__ import annotations

import re
import string

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpdesk.conditions.automaton import Automaton, compile_pattern
from helpdesk.conditions.patterns import LONGEST_TEXT, PatternError, _Reader, read


@pytest.mark.parametrize(
    ("pattern", "found", "not_found"),
    [
        ("order", ["my order", "order"], ["Order", "orde", ""]),
        ("^a.c$", ["abc", "a\nc"], ["xabc", "abcd", "abc\n"]),
        ("[0-9]{3,5}", ["123", "x12345y"], ["12", "1x2x3"]),
        ("^[^a-c]+$", ["xyz", "\n"], ["xay", ""]),
        ("^(sms|mail)?$", ["", "sms", "mail"], ["smsmail"]),
        ("^(ab){2}c*$", ["abab", "ababcc"], ["ab", "ababab"]),
        ("^(ab){2,}$", ["abab", "ababab"], ["ab", "ababa"]),
        (r"5\.0", ["5.0"], ["510"]),
        ("[-a]", ["-", "a"], ["b"]),
        ("[.$]", [".", "$"], ["a"]),
        ("å+ł", ["ååł"], ["ał", "Åł"]),
        ("a|^$", ["", "a"], ["b"]),
    ],
)
def test_pattern_finds(pattern: str, found: list[str], not_found: list[str]) -> None:
    """Anywhere in the text; `^` and `$` are its two ends, and `.` is any character."""
    assert [compile_pattern(pattern).finds(text) for text in found] == [True] * len(found)
    assert [compile_pattern(pattern).finds(text) for text in not_found] == [False] * len(not_found)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("", "it may have 1 to 200 characters"),
        ("a" * 201, "it may have 1 to 200 characters"),
        (r"\d+", "\\ stands only before punctuation"),
        (r"\bx", "\\ stands only before punctuation"),
        (r"(a)\1", "a group is not referred back to"),
        ("a\\", "\\ stands only before punctuation"),
        ("(?=a)", "no look-around, names or flags"),
        ("(?i)a", "no look-around, names or flags"),
        ("a*?", "? after another repeat"),
        ("a++", "+ after another repeat"),
        ("(a+)+", "+ on a group that itself repeats something"),
        ("((ab?)c){2}", "{ on a group that itself repeats something"),
        ("a*b*c+d*", "more than 3 repeats without an upper bound"),
        ("*a", "* with nothing before it to repeat"),
        ("a|", "nothing where something to find was expected"),
        ("()", "nothing where something to find was expected"),
        ("(a", "a ( without its )"),
        ("a)", "a ) without its ("),
        ("^*", "^ cannot be repeated"),
        ("[a", "a [ without its ]"),
        ("[]a]", "a [ without its ]"),
        (r"[\w]", "inside [ ] stand only characters and ranges"),
        ("[[:alpha:]]", "inside [ ] stand only characters and ranges"),
        ("[z-a]", "z-a is no range"),
        ("[a-c-e]", "a-c is no range"),
        ("a{,3}", "a { that is not {2}, {2,} or {2,5}"),
        ("a{2", "a { that is not {2}, {2,} or {2,5}"),
        ("a{3,2}", "{3,2} does not count upwards to at most 100"),
        ("a{101}", "{101} does not count upwards to at most 100"),
        ("a}", "a lone }"),
        ("a]", "a lone ]"),
        ("(aaaaaaaaaaaaaaaaaaaaaaa){50}", "adds up to more than 1000 characters"),
    ],
)
def test_refusal_says_why(pattern: str, reason: str) -> None:
    with pytest.raises(PatternError, match=re.escape(reason)):
        read(pattern)


def test_only_the_first_thousand_characters_are_looked_at() -> None:
    assert compile_pattern("ab$").finds("b" * (LONGEST_TEXT - 2) + "ab" + "rest") is True
    assert compile_pattern("rest").finds("b" * LONGEST_TEXT + "rest") is False


def test_what_makes_others_slow_is_counted_in_steps() -> None:
    """`re` would try every way to share the text among the repeats; the automaton remembers some ten steps."""
    automaton = Automaton(read("^(a|a)*(a|aa)*b*c"))

    assert automaton.finds("a" * LONGEST_TEXT) is False
    assert len(automaton._steps) < 10


SMALL = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\.", "(a|b)", "(ab|a)", "^", "$", "|", "*", "+", "?", "{1,2}", "{2}", "(", ")", "\n"])
NO_NUL = st.characters(exclude_characters="\0", codec="utf-8")  # what PostgreSQL can hold
ANY = st.text(string.printable + "åł") | st.lists(SMALL, max_size=10).map("".join)


def for_python(pattern: str) -> str:
    """The same pattern for `re`: there `.` stops at a line's end and `$` also matches before a last newline; here, as in PostgreSQL, neither."""
    reader, out = _Reader(pattern), ["(?s)"]
    while reader.next:
        start = reader.at
        match reader.take():
            case "\\":
                reader.take()
            case "[":
                reader.choice()
            case "$":
                out.append(r"\Z")
                continue
        out.append(pattern[start : reader.at])
    return "".join(out)


@given(ANY, st.lists(st.text("ab.\n", max_size=6) | st.text(max_size=6), min_size=5, max_size=5))
def test_python_finds_the_same(pattern: str, texts: list[str]) -> None:
    """What is taken means the same to `re`."""
    try:
        automaton = Automaton(read(pattern))
    except PatternError:
        return

    assert [automaton.finds(text) for text in texts] == [re.search(for_python(pattern), text) is not None for text in texts]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL (DATABASE_URL)")
@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # the database; nothing is written
@given(ANY, st.lists(st.text("ab.\n", max_size=6) | st.text(NO_NUL, max_size=6), min_size=5, max_size=5))
def test_postgresql_finds_the_same(db: None, pattern: str, texts: list[str]) -> None:
    """What is taken means the same to PostgreSQL as it stands."""
    try:
        automaton = Automaton(read(pattern))
    except PatternError:
        return

    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(item ~ %s ORDER BY place) FROM unnest(%s::text[]) WITH ORDINALITY AS list(item, place)", [pattern, texts])
        [found] = cursor.fetchone()
    assert [automaton.finds(text) for text in texts] == found
