"""What people write in the demo, read from shop/*.toml, and how its gaps are filled in."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

SHOP = Path(__file__).parent / "shop"
LANGUAGES = ("en", "sv", "pl")
Author = Literal["customer", "agent", "note"]

_GAP = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class Case:
    """How a conversation begins, and how it goes on: `thread` holds (author, text), oldest first.

    `just_ordered`: the customer placed an order minutes before (R15).
    """

    language: str
    number: int
    channel: str
    topic: str
    text: str
    subject: str = ""
    just_ordered: bool = False
    thread: tuple[tuple[Author, str], ...] = ()

    @property
    def key(self) -> str:
        return f"{self.language}-{self.number}"


@dataclass(frozen=True)
class Phrases:
    """What fits almost anywhere, for conversations that no thread was written for."""

    agent_replies: tuple[str, ...]
    customer_answers: tuple[str, ...]
    notes: tuple[str, ...]


@cache
def read(name: str) -> dict[str, Any]:
    return tomllib.loads((SHOP / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def cases(language: str) -> tuple[Case, ...]:
    return tuple(_case(language, number, entry) for number, entry in enumerate(read(language)["case"]))


def _case(language: str, number: int, entry: dict[str, Any]) -> Case:
    thread = tuple((author, text) for author, text in entry.get("thread", []))
    return Case(language=language, number=number, **entry | {"thread": thread})


@cache
def all_cases() -> dict[str, Case]:
    """By their keys, as `en-12`."""
    return {case.key: case for language in LANGUAGES for case in cases(language)}


@cache
def phrases(language: str) -> Phrases:
    """In English for a language that the shop does not speak."""
    found = read(language if language in LANGUAGES else "en")
    return Phrases(tuple(found["agent_replies"]), tuple(found["customer_answers"]), tuple(found["notes"]))


def fill(text: str, facts: dict[str, str], *, is_feminine: bool = False) -> str:
    """{order} becomes what `facts` say; of {złożyłem|złożyłam} one form stays."""

    def gap(match: re.Match[str]) -> str:
        first, is_choice, second = match[1].partition("|")
        return (second if is_feminine else first) if is_choice else facts[first]

    return _GAP.sub(gap, text.strip())
