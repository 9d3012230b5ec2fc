from __future__ import annotations

import pytest

from agents.text import one_line, readable
from tests.factories import make_agent, make_customer, make_ticket


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("Ada\r\nBcc: x@example.com", "Ada Bcc: x@example.com"),
        ("A\x00da\x07", "Ada"),
        ("abc\u202eexe.pdf", "abcexe.pdf"),
        ("half \ud83d pair", "half pair"),
        ("Żółć 🎿 Åäö", "Żółć 🎿 Åäö"),
    ],
)
def test_line_holds_nothing_that_misleads(text: str, line: str) -> None:
    """V8: no header can be broken with it, no row turned round."""
    assert one_line(text) == line


def test_readable_text_keeps_its_lines() -> None:
    assert readable("one\n\n\ttwo\x00") == "one\n\n\ttwo"


@pytest.mark.django_db
def test_names_and_subjects_are_one_line_wherever_they_come_from() -> None:
    """V8."""
    crlf = "a\r\nBcc: x"

    assert make_agent(crlf.replace("@", "")).name == "a Bcc: x"
    assert make_customer(crlf).name == "a Bcc: x"
    assert make_ticket(subject=crlf).subject == "a Bcc: x"


@pytest.mark.parametrize("name", ["\u200b", "\u200d \u2060", "\ufeff", "\u3164", "\u2800", "\u034f", "\xad"])
def test_line_of_which_nothing_can_be_seen_is_none(name: str) -> None:
    assert one_line(name) == ""


def test_signs_that_join_others_stay() -> None:
    assert one_line("👩\u200d💻 Ida") == "👩\u200d💻 Ida"
