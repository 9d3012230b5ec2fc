"""What tickets are found by: the words of each, in the form that the database searches best."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.db import models
from django.db.models import Lookup

from helpdesk.tickets.models.tickets import Ticket

if TYPE_CHECKING:
    from helpdesk.tickets.search.queries import Query, Term

BETWEEN = ":"  # no word: phrases do not reach from one piece into the next


@dataclass(frozen=True)
class Document:
    """Words in pieces, in order. `head`: number, subject, customer; `body`: messages."""

    head: Sequence[Sequence[str]]
    body: Sequence[Sequence[str]]


class DocumentField(models.Field):  # type: ignore[type-arg] # Django's own knows no arguments while it runs
    """PostgreSQL: a tsvector, written out as one, so that our folding alone decides what a word is. SQLite: the words, which FTS5 indexes."""

    def db_type(self, connection: Any) -> str:
        return "tsvector" if connection.vendor == "postgresql" else "text"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if not isinstance(value, Document):
            return value
        return _vector(value) if connection.vendor == "postgresql" else f" {BETWEEN} ".join(" ".join(piece) for piece in (*value.head, *value.body))


def _vector(document: Document) -> str:
    places: dict[str, list[str]] = defaultdict(list)
    place = 0
    for pieces, weight in ((document.head, "A"), (document.body, "")):
        for piece in pieces:
            for place, word in enumerate(piece, start=place + 2):  # noqa: B020  # goes on where the piece before ended, one left out
                places[word].append(f"{place}{weight}")
    return " ".join(f"'{word}':{','.join(at)}" for word, at in places.items())


@DocumentField.register_lookup
class Finds(Lookup):
    """`document__finds=Query`: its terms. Words are letters and digits, so nothing in them has to be quoted."""

    lookup_name = "finds"
    prepare_rhs = False
    rhs: Query

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} @@ %s::tsquery", [*params, tsquery(self.rhs)]

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        number = f'"{self.lhs.alias}"."ticket_id"'
        found = "(SELECT rowid FROM tickets_words WHERE tickets_words MATCH %s)"
        wanted, unwanted = match(self.rhs, is_excluded=False), match(self.rhs, is_excluded=True)
        parts = [f"{number} IN {found}"] * bool(wanted) + [f"{number} NOT IN {found}"] * bool(unwanted)
        return f"({' AND '.join(parts)})", [text for text in (wanted, unwanted) if text]


@DocumentField.register_lookup
class Holds(Finds):
    """The same, asked of each row that is there for other reasons, not of the index."""

    lookup_name = "holds"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        column, params = self.process_lhs(compiler, connection)
        return f"({column} || '') @@ %s::tsquery", [*params, tsquery(self.rhs)]


def tsquery(query: Query) -> str:
    return " & ".join(f"{'!' if term.is_excluded else ''}({' <-> '.join(_lexemes(term))})" for term in query.terms)


def _lexemes(term: Term) -> list[str]:
    *first, last = (f"'{word}'" for word in term.words)
    return [*first, f"{last}:*" if term.is_prefix else last]


def match(query: Query, *, is_excluded: bool) -> str:
    """FTS5's. Terms that must be there are joined by AND, those that must not by OR."""
    phrases = [f'"{" ".join(term.words)}"{" *" if term.is_prefix else ""}' for term in query.terms if term.is_excluded == is_excluded]
    return (" OR " if is_excluded else " AND ").join(phrases)


class Rank(models.Func):
    """How well the document of this row fits; the less, the better."""

    output_field = models.FloatField()

    def __init__(self, query: Query) -> None:
        super().__init__(models.F("document"))
        self.query = query

    def as_sql(self, compiler: Any, connection: Any, *_names: Any, **_extra: Any) -> Any:
        column, params = compiler.compile(self.source_expressions[0])
        return f"-ts_rank({column}, %s::tsquery)", [*params, tsquery(self.query)]

    def as_sqlite(self, compiler: Any, connection: Any, **_extra: Any) -> Any:
        number = f'"{cast(Any, self.source_expressions[0]).alias}"."ticket_id"'
        wanted = match(self.query, is_excluded=False)
        if not wanted:
            return "0.0", []
        return f"(SELECT bm25(tickets_words) FROM tickets_words WHERE tickets_words MATCH %s AND rowid = {number})", [wanted]  # noqa: S608  # a column


class SearchText(models.Model):
    """Of one ticket. Written by `search.indexing` alone."""

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, primary_key=True, related_name="search_text")
    document = DocumentField()

    def __str__(self) -> str:
        return f"#{self.ticket_id}"
