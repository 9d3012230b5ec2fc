"""The line that shows where the words stand."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.tickets.conversation.messages import add_note
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.search import Part, marked, parse, snippets
from tests.factories import make_agent, make_customer, make_ticket


def shown(parts: object) -> str:
    """Marked as [word]."""
    return "".join(f"[{part.text}]" if part.is_found else part.text for part in parts)  # type: ignore[attr-defined] # parts of a line


@pytest.mark.parametrize(
    ("text", "asked", "marks"),
    [
        ("Größe: GROSSE grosses", "grosse ", "[Größe]: [GROSSE] grosses"),
        ("Größe: grosses", "gross", "[Größe]: [grosses]"),
        ("cafe\N{COMBINING ACUTE ACCENT}s, cafés", "cafes", "[cafe\N{COMBINING ACUTE ACCENT}s], [cafés]"),
        ("anna@example.com Anna", "from:anna ", "[anna]@example.com [Anna]"),
        ("no invoice", "-invoice no ", "[no] invoice"),
        ("<b>no</b>", "b ", "<[b]>no</[b]>"),
        ("", "no", ""),
    ],
)
def test_words_are_marked_as_they_are_written(text: str, asked: str, marks: str) -> None:
    assert shown(marked(text, parse(asked))) == marks


@given(text=st.text(), asked=st.text(min_size=1, max_size=6))
def test_marking_loses_nothing(text: str, asked: str) -> None:
    assert "".join(part.text for part in marked(text, parse(asked))) == text


@pytest.mark.django_db
def test_line_is_of_the_message_with_most_of_the_words() -> None:
    """Notes too; cut at blanks, on one line."""
    ticket = make_ticket("A lamp.\n" * 20 + "Then\n\n the  crimson lamp (of glass), and " + "so on " * 60, subject="Lamp", customer=make_customer("Ida Lampe"))
    add_note(ticket, "A lamp", by=make_agent())

    found = snippets(Ticket.objects.select_related("customer"), "crimson lamp")[ticket.pk]
    of_note = snippets(Ticket.objects.select_related("customer"), "a")[ticket.pk]

    assert (shown(found.subject), shown(found.customer)) == ("[Lamp]", "Ida [Lampe]")
    assert shown(found.line)[:11] == "A [lamp]. A"
    assert (of_note.is_internal, shown(of_note.line)) == (True, "[A] lamp")


@pytest.mark.django_db
def test_line_is_short_and_says_where_it_was_cut() -> None:
    ticket = make_ticket("word " * 40 + "crimson " + "word " * 60)

    line = snippets(Ticket.objects.select_related("customer"), "crimson")[ticket.pk].line

    assert line is not None
    assert (line[0].text[:6], line[1], line[-1].text[-6:]) == ("…word ", Part("crimson", is_found=True), " word…")
    assert sum(len(part.text) for part in line) <= 262


@pytest.mark.django_db
def test_ticket_found_by_its_customer_has_no_line() -> None:
    ticket = make_ticket("Hello", customer=make_customer("Ida Lampe"))

    assert snippets(Ticket.objects.select_related("customer"), "lampe")[ticket.pk].line is None


@pytest.mark.django_db
def test_long_conversation_leaves_the_others_their_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many messages are looked at of each ticket, not of all of them together."""
    monkeypatch.setattr(sys.modules["helpdesk.tickets.search.snippets"], "MESSAGES", 2)  # the package shows the function by that name
    quiet, loud, ida = make_ticket("The zip broke."), make_ticket("The zip jams."), make_agent("Ida")
    for n in range(4):
        add_note(loud, f"Still the zip, {n}", by=ida)

    lines = snippets([quiet, loud], "zip")

    assert [shown(lines[ticket.pk].line) for ticket in (quiet, loud)] == ["The [zip] broke.", "Still the [zip], 3"]
