"""What a person types into the search field.

    refund order      both words, anywhere      "lost in the post"   words side by side
    ref               also refund, at the end   -invoice             without this word
    from:anna         the customer is Anna      tag:returns          has the tag
    #1042             the ticket with this number

Any text is a query: what cannot be understood is looked for as words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from helpdesk.tickets.search.words import fold, words

MOST_LETTERS, MOST_TERMS, MOST_WORDS = 1_000, 20, 12  # of a query, in a query, in a phrase
BIGGEST = 2**63 - 1
FROM = "from:"
_TERM = re.compile(r'(?P<no>-?)(?:(?P<field>from|tag):)?(?:"(?P<phrase>[^"]*)(?P<end>"?)|(?P<plain>\S+))', re.IGNORECASE)
_NUMBER = re.compile(r"#([0-9]{1,19})")
_PHONE = re.compile(r"(?:\+|00?)([0-9][0-9\s()./-]{5,}[0-9])")


@dataclass(frozen=True)
class Term:
    """Words that stand side by side, the last of them perhaps only begun."""

    words: tuple[str, ...]
    is_prefix: bool = False
    is_excluded: bool = False


@dataclass(frozen=True)
class Query:
    terms: tuple[Term, ...] = ()
    tags: tuple[Term, ...] = ()
    numbers: tuple[tuple[int, bool], ...] = ()  # and whether it is excluded

    def __bool__(self) -> bool:
        return bool(self.terms or self.tags or self.numbers)


def parse(text: str) -> Query:
    """Falsy if there is nothing to look for in it."""
    text = text[:MOST_LETTERS].replace("\0", " ")
    if _PHONE.fullmatch(text.strip()) and not text.strip().isdigit():
        return Query((Term(("".join(re.findall("[0-9]", text)).removeprefix("00"),), is_prefix=True),))
    terms: list[Term] = []
    tags: list[Term] = []
    numbers: list[tuple[int, bool]] = []
    for match in list(_TERM.finditer(text))[:MOST_TERMS]:
        if number := _NUMBER.fullmatch(match["plain"] or ""):
            numbers.append((min(int(number[1]), BIGGEST), bool(match["no"])))
        elif term := _term(match, is_last=match.end() == len(text)):
            (tags if fold(match["field"] or "") == "tag" else terms).append(term)
    return Query(_without_a_begun_letter(terms), tuple(tags), tuple(numbers))


def _term(match: re.Match[str], *, is_last: bool) -> Term | None:
    if (match["plain"] or "").lower() in ("from:", "tag:"):
        return None  # somebody is still writing
    found = words(match["phrase"] if match["plain"] is None else match["plain"])[:MOST_WORDS]
    if fold(match["field"] or "") == "from":
        found = [FROM + word for word in found]
    is_excluded = bool(match["no"])
    return Term(tuple(found), is_prefix=is_last and not match["end"] and not is_excluded, is_excluded=is_excluded) if found else None


def _without_a_begun_letter(terms: list[Term]) -> tuple[Term, ...]:
    """One letter begins a tenth of all words there are: as long as there is no second, it narrows nothing."""
    last = terms[-1] if terms else None
    if last and last.is_prefix and len(last.words[-1].removeprefix(FROM)) == 1:
        shorter = Term(last.words[:-1]) if last.words[-1].isalpha() else Term(last.words)
        return (*terms[:-1], *([shorter] if shorter.words else [])) or (last,)
    return tuple(terms)
