"""Regular expressions as conditions may use them: read by a parser of our own, matched in linear time.

The dialect is what Python, SQLite (which asks Python) and PostgreSQL understand alike: plain characters, `.` for any
character, `^` and `$` for the two ends of the text, `[a-z]` and `[^a-z]`, `* + ? {2} {2,} {2,5}`, `|`, `( )`, and
`\\` before punctuation that stands for itself. An automaton matches it: no pattern and no text can make it slow.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

LONGEST = 200
LONGEST_TEXT = 1_000  # of a value only so much is looked at
MOST_UNBOUNDED = 3
MOST_REPEATS = 100
MOST_STATES = 1_000  # what `{2,5}` unfolds to, together

CharacterTest = Callable[[str], bool]


class PatternError(ValueError):
    """Says in words what is not taken."""


@dataclass(frozen=True)
class Character:
    test: CharacterTest


@dataclass(frozen=True)
class End:
    """`^` or `$`."""

    sign: str


@dataclass(frozen=True)
class Sequence:
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Either:
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Repeat:
    """`most` None is without bound."""

    part: Node
    least: int
    most: int | None


Node = Character | End | Sequence | Either | Repeat


def read(pattern: str) -> Node:
    """The pattern as a tree, or PatternError."""
    if not 0 < len(pattern) <= LONGEST:
        raise PatternError(f"it may have 1 to {LONGEST} characters")
    reader = _Reader(pattern)
    node = reader.either()
    if reader.next:
        reader.refuse("a ) without its (")
    if size(node) > MOST_STATES:
        raise PatternError(f"what it repeats adds up to more than {MOST_STATES} characters")
    return node


def size(node: Node) -> int:
    match node:
        case Repeat(part, least, most):
            return size(part) * max(least + 1, most or 0)
        case Sequence(parts) | Either(parts):
            return 1 + sum(map(size, parts))
    return 1


class _Reader:
    """Recursive descent; `at` is the place of the next character."""

    def __init__(self, pattern: str) -> None:
        self.pattern, self.at, self.unbounded = pattern, 0, 0

    @property
    def next(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def take(self) -> str:
        self.at += 1
        return self.pattern[self.at - 1]

    def refuse(self, reason: str) -> NoReturn:
        raise PatternError(f"{reason}, at character {self.at + 1}")

    def either(self) -> Node:
        parts = [self.sequence()]
        while self.next == "|":
            self.take()
            parts.append(self.sequence())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def sequence(self) -> Node:
        parts: list[Node] = []
        while self.next and self.next not in "|)":
            parts.append(self.repeated(self.atom()))
        if not parts:
            self.refuse("nothing where something to find was expected")
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def atom(self) -> Node:
        if self.next in "*+?{":
            self.refuse(f"{self.next} with nothing before it to repeat")
        if self.next in "}]":
            self.refuse(f"a lone {self.next}: \\{self.next} stands for the character")
        match char := self.take():
            case ".":
                return Character(lambda _char: True)
            case "^" | "$":
                return End(char)
            case "[":
                return self.choice()
            case "(":
                return self.group()
            case "\\":
                return self.escaped()
        return Character(char.__eq__)

    def escaped(self) -> Node:
        if self.next not in set(string.punctuation):  # "" included, which is no member
            self.refuse("\\ stands only before punctuation: write [0-9] for a digit, [A-Za-z0-9_] for a letter; a group is not referred back to")
        return Character(self.take().__eq__)

    def group(self) -> Node:
        if self.next == "?":
            self.refuse("(? is not known here: no look-around, names or flags")
        node = self.either()
        if self.next != ")":
            self.refuse("a ( without its )")
        self.take()
        return node

    def choice(self) -> Node:
        negated = self.next == "^"
        if negated:
            self.take()
        inside, close, _rest = self.pattern[self.at :].partition("]")
        if not close or not inside:
            self.refuse("a [ without its ], or with nothing in it")
        if any(sign in inside for sign in ("\\", "[", "--", "&&", "~~", "||")):
            self.refuse("inside [ ] stand only characters and ranges such as a-z, no \\, no [ and no doubled - & ~ |")
        ranges = self.ranges(inside)
        self.at += len(inside) + 1
        return Character(lambda char: any(low <= char <= high for low, high in ranges) is not negated)

    def ranges(self, inside: str) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        at = 0
        while at < len(inside):
            is_range = inside[at + 1 : at + 2] == "-" and at + 2 < len(inside)
            low, high = inside[at], inside[at + 2 if is_range else at]
            if low > high or (is_range and inside[at + 3 : at + 4] == "-" and at + 4 < len(inside)):
                self.refuse(f"{inside[at : at + 3]} is no range")
            found.append((low, high))
            at += 3 if is_range else 1
        return found

    def repeated(self, node: Node) -> Node:
        if not self.next or self.next not in "*+?{":
            return node
        if isinstance(node, End):
            self.refuse(f"{node.sign} cannot be repeated")
        if _repeats(node):
            self.refuse(f"{self.next} on a group that itself repeats something")
        least, most = self.bounds()
        if self.next and self.next in "*+?{":
            self.refuse(f"{self.next} after another repeat")
        self.unbounded += most is None
        if self.unbounded > MOST_UNBOUNDED:
            self.refuse(f"more than {MOST_UNBOUNDED} repeats without an upper bound")
        return Repeat(node, least, most)

    def bounds(self) -> tuple[int, int | None]:
        simple: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        if (sign := self.take()) in simple:
            return simple[sign]
        inside, close, _rest = self.pattern[self.at :].partition("}")
        low, comma, high = inside.partition(",")
        if not (close and _is_count(low) and (_is_count(high) or not high)):
            self.refuse("a { that is not {2}, {2,} or {2,5}; \\{ stands for the character")
        least, most = int(low), (int(high) if high else None) if comma else int(low)
        if max(least, most or 0) > MOST_REPEATS or (most is not None and most < max(least, 1)):
            self.refuse(f"{{{inside}}} does not count upwards to at most {MOST_REPEATS}")
        self.at += len(inside) + 1
        return least, most


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 3


def _repeats(node: Node) -> bool:
    match node:
        case Repeat():
            return True
        case Sequence(parts) | Either(parts):
            return any(map(_repeats, parts))
    return False
