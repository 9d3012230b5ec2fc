"""What the database finds is what a few lines of Python find, which share no code with it but the folding."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpdesk.tickets.models import Message, SearchText, Ticket
from helpdesk.tickets.search import index_tickets, newest, search
from helpdesk.tickets.search.words import words
from tests.factories import make_customer, make_ticket

pytestmark = pytest.mark.django_db
LETTERS = st.sampled_from("aAąbßłLø1٣½. -'\"#:é\N{COMBINING ACUTE ACCENT}\0𝔞日ǆ\u200b&|!*()\\<>@%_^")
SOME_TEXT = st.one_of(st.text(LETTERS, max_size=8), st.text(max_size=5))
KEPT = SOME_TEXT.map(lambda text: "".join(letter for letter in text if letter != "\0" and not "\ud800" <= letter <= "\udfff"))  # what a database can keep
QUERIES = st.lists(st.tuples(st.sampled_from(["", "-"]), st.sampled_from(["", "from:"]), SOME_TEXT, st.booleans()), min_size=1, max_size=3)


def holds(pieces: list[list[str]], wanted: list[str]) -> bool:
    return any(piece[at : at + len(wanted)] == wanted for piece in pieces for at in range(len(piece)))


def expected(subject: str, texts: list[str], who: list[str], number: int, asked: Any) -> bool | None:
    """None if nothing is asked for."""
    customer = [words(text) for text in who]
    everywhere = [[str(number)], words(subject), *customer, *(words(text) for text in texts)]
    answers = [holds(customer if field else everywhere, words(text)) != bool(no) for no, field, text, _quoted in asked if words(text)]
    return all(answers) if answers else None


def as_text(asked: Any) -> str:
    """Each term in quotes, so that blanks belong to it; a quote within would end it. A blank at the end: no word is only begun."""
    return "".join(f'{no}{field}"{text}" ' for no, field, text, _quoted in asked)


def without_quotes(asked: Any) -> Any:
    return [(no, field, text.replace('"', "'").replace("\0", " "), quoted) for no, field, text, quoted in asked]


@pytest.fixture
def ticket() -> Ticket:
    return make_ticket("Hello", customer=make_customer("Zoë", email="z@example.com"))


@given(subject=KEPT, texts=st.lists(KEPT, max_size=2), asked=QUERIES)
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_database_finds_what_python_finds(ticket: Ticket, subject: str, texts: list[str], asked: Any) -> None:
    """On each database: what is asked in quotes, of the customer or of everything, with and without."""
    Ticket.objects.filter(pk=ticket.pk).update(subject=subject)
    Message.objects.filter(ticket=ticket).delete()
    Message.objects.bulk_create([Message(ticket=ticket, author="customer", text=text) for text in texts])
    index_tickets([ticket.pk])
    asked = without_quotes(asked)
    answer = expected(subject, texts, ["Zoë", "z@example.com"], ticket.pk, asked)

    found = search(Ticket.objects.all(), as_text(asked)).exists()

    assert found == bool(answer)


@given(text=st.one_of(SOME_TEXT, st.text(max_size=40), st.text(st.sampled_from("-\"#:*()|&!<>'\\ ab"), max_size=30)))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_no_query_breaks(ticket: Ticket, text: str) -> None:
    """Whatever somebody types or pastes."""
    assert set(newest(Ticket.objects.all(), text, limit=5)) <= {ticket.pk}
    assert list(search(Ticket.objects.all(), text)) in ([], [ticket])


@pytest.mark.parametrize(
    "text",
    [
        '"',
        '""',
        "-",
        '-"',
        "a" * 10_000,
        '"' * 10_000,
        "a b " * 2_500,
        "\0",
        "' OR 1=1 --",
        ":*",
        "from:-x",
        "tag:",
        "#",
        "🦊🦊",
        "NOT",
        "a AND b OR c NEAR(d)",
    ],
)
def test_strange_query_breaks_nothing(ticket: Ticket, text: str) -> None:
    assert newest(Ticket.objects.all(), text, limit=5) == []


def test_document_of_a_flood_is_cut() -> None:
    """PostgreSQL has no room for more. What was said last is found."""
    ticket = make_ticket("Hello")
    Message.objects.bulk_create([Message(ticket=ticket, author="customer", text="word " * 30_000 + "\N{FOX FACE}") for _ in range(9)])
    Message.objects.create(ticket=ticket, author="customer", text="Turquoise " + "".join(chr(0x4E00 + n) for n in range(20_000)))
    index_tickets([ticket.pk])

    assert SearchText.objects.filter(ticket=ticket).count() == 1
    assert newest(Ticket.objects.all(), "turquoise word", limit=5) == [ticket.pk]
