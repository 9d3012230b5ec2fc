"""Where the words stand that were found: a line of text in parts, some of them marked. The template writes and escapes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, prefetch_related_objects
from django.db.models.functions import Left

from helpdesk.tickets.models.messages import Message
from helpdesk.tickets.models.tickets import Ticket
from helpdesk.tickets.search.queries import FROM, Query, Term, parse
from helpdesk.tickets.search.words import fold, words

AROUND = 200  # letters that a line has room for
LEAD = 60  # of these, how many may come before the first word that was found
READ = 20_000  # letters of a message, and MESSAGES of a ticket, in which words are looked for
MESSAGES = 50
_WORD = re.compile(r"[^\W_]+(?:\w|[\u0300-\u036f])*")


@dataclass(frozen=True)
class Part:
    text: str
    is_found: bool = False


@dataclass(frozen=True)
class Snippet:
    """Of a ticket: its subject, who wrote, and the line of the conversation in which most of what was asked for stands; None if none does."""

    subject: Sequence[Part]
    customer: Sequence[Part]
    line: Sequence[Part] | None = None
    author: str = ""
    is_internal: bool = False


def snippets(tickets: Iterable[Ticket], text: str) -> dict[int, Snippet]:
    """By the tickets' numbers. One query, whatever their number; their customers must be loaded."""
    query, shown = parse(text), list(tickets)
    if query.terms:
        newest = Message.objects.order_by("-created_at", "-id").annotate(beginning=Left("text", READ)).defer("text")[:MESSAGES]
        prefetch_related_objects(shown, Prefetch("messages", newest, to_attr="newest"))
    return {ticket.pk: _snippet(ticket, getattr(ticket, "newest", ()), query) for ticket in shown}


def _snippet(ticket: Ticket, messages: Sequence[Message], query: Query) -> Snippet:
    subject, customer = marked(ticket.subject, query), marked(str(ticket.customer), query)
    for message, text in _likely(messages, query):
        parts = marked(text, query)
        if any(part.is_found for part in parts):
            return Snippet(subject, customer, _line(parts), message.author, message.is_internal)
    return Snippet(subject, customer)


def _likely(messages: Sequence[Message], query: Query) -> list[tuple[Message, str]]:
    """Those with most of the words first, as far as a quick look tells; those with none left out."""
    wanted = {word.removeprefix(FROM) for term in query.terms if not term.is_excluded for word in term.words}
    texts = [(message, str(message.beginning)) for message in messages]  # type: ignore[attr-defined] # annotated above
    rated = [(sum(word in folded for word in wanted), message, text) for message, text in texts if (folded := fold(text))]
    return [(message, text) for count, message, text in sorted(rated, key=lambda each: -each[0]) if count]


def marked(text: str, query: Query) -> list[Part]:
    """All of the text. Words of a phrase are marked wherever they stand, since lines are short."""
    wanted = [term for term in query.terms if not term.is_excluded]
    parts, end = [], 0
    for word in _WORD.finditer(text):
        if _is_wanted(words(word[0]), wanted):
            parts += [Part(text[end : word.start()])] * (word.start() > end) + [Part(word[0], is_found=True)]
            end = word.end()
    return [*parts, Part(text[end:])] if end < len(text) else parts


def _is_wanted(found: Sequence[str], wanted: Iterable[Term]) -> bool:
    return any(_fits(word, each.removeprefix(FROM), term.is_prefix and each is term.words[-1]) for word in found for term in wanted for each in term.words)


def _fits(word: str, wanted: str, is_prefix: bool) -> bool:  # as short as what it asks
    return word.startswith(wanted) if is_prefix else word == wanted


def _line(parts: Sequence[Part]) -> list[Part]:
    """AROUND letters from a little before the first word that was found, no word cut in two; blanks and new lines are one blank."""
    first = next(number for number, part in enumerate(parts) if part.is_found)
    line = [Part(_end_of(_on_one_line("".join(part.text for part in parts[:first])).lstrip()))] if first else []
    room = AROUND
    for part in parts[first:]:
        shown = _on_one_line(part.text)
        if len(shown) > room:
            return [*line, Part((shown[:room].rpartition(" ")[0] if not part.is_found else "") + "…")]
        line.append(Part(shown, part.is_found))
        room -= len(shown)
    return [part for part in line if part.text]


def _on_one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _end_of(text: str) -> str:
    return text if len(text) <= LEAD else "…" + text[-LEAD:].partition(" ")[2]
