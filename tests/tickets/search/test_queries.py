"""How a text is read: any text is a query, and what cannot be understood is looked for as words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.tickets.search.queries import BIGGEST, Query, Term, parse
from helpdesk.tickets.search.words import fold, words


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ŁÓDŹ", "lodz"),
        ("Ørsted Æbelø", "orsted aebelo"),
        ("Größe", "grosse"),
        ("ĲSSELMEER ﬁne ℡", "ijsselmeer fine tel"),
        ("cafe\N{COMBINING ACUTE ACCENT}", "cafe"),
        ("İstanbul ısı", "istanbul isi"),
        ("日本 42", "日本 42"),
    ],
)
def test_fold_gives_the_plain_letters(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(st.text())
def test_words_are_folded_once_for_all(text: str) -> None:
    """A folded text folds to itself, and nothing but letters and digits is in a word."""
    found = words(text)

    assert words(" ".join(found)) == found
    assert all(word.isalnum() for word in found)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("refund Order ", Query((Term(("refund",)), Term(("order",))))),
        ("refund ord", Query((Term(("refund",)), Term(("ord",), is_prefix=True)))),
        ('"lost in the post"', Query((Term(("lost", "in", "the", "post")),))),
        ('"lost in the po', Query((Term(("lost", "in", "the", "po"), is_prefix=True),))),
        ("-invoice a@b.se ", Query((Term(("invoice",), is_excluded=True), Term(("a", "b", "se"))))),
        ('-"no way" x', Query((Term(("no", "way"), is_excluded=True),))),
        ("from:Anna tag:zwrot", Query((Term(("from:anna",)),), (Term(("zwrot",), is_prefix=True),))),
        ('From:"Anna Nowak" ', Query((Term(("from:anna", "from:nowak")),))),
        ("#1042 -#7", Query(numbers=((1042, False), (7, True)))),
        ("#99999999999999999999", Query((Term(("99999999999999999999",), is_prefix=True),))),
        ("#9999999999999999999", Query(numbers=((BIGGEST, False),))),
        ("size 5", Query((Term(("size",)), Term(("5",))))),
        ("size x", Query((Term(("size",)),))),
        ("x", Query((Term(("x",), is_prefix=True),))),
        ("+46 70-123 45 67", Query((Term(("46701234567",), is_prefix=True),))),
        ("1042 1043 ", Query((Term(("1042",)), Term(("1043",))))),
        ("from: ", Query()),
        ("\0 !!! \ud800 ", Query()),
    ],
)
def test_text_is_read_as(text: str, query: Query) -> None:
    assert parse(text) == query


def test_long_text_is_read_to_a_limit() -> None:
    query = parse("word " * 2_000)

    assert len(query.terms) == 20
    assert len(parse("a.b" * 3_000).terms[0].words) == 12
