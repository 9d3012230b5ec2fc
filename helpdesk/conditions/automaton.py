"""Matches patterns in time that grows only with the text: a set of states goes over it once, and never back."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from helpdesk.conditions.patterns import LONGEST_TEXT, Character, CharacterTest, Either, End, Node, Repeat, Sequence, read

_FOUND = 0
_MOST_REMEMBERED = 5_000

States = frozenset[int]


class Automaton:
    """`finds(text)`: whether the pattern matches anywhere in the first 1,000 characters.

    A state is its number: one that takes a character, one that waits for an end of the text (`^`, `$`), or one that
    goes on to others at once. 0 is the end of the pattern. Where a set of states goes by a character is remembered.
    """

    def __init__(self, node: Node) -> None:
        self._takes: dict[int, tuple[CharacterTest, int]] = {}
        self._ends: dict[int, tuple[str, int]] = {}
        self._free: dict[int, tuple[int, ...]] = {}
        self._steps: dict[tuple[States, str], States] = {}
        self._count = 0
        self._start = self._build(node, _FOUND)
        self._first = self._reach([self._start], "^")

    def finds(self, text: str) -> bool:
        states = self._first
        for char in text[:LONGEST_TEXT]:
            if _FOUND in states:
                return True
            states = self._steps.get((states, char)) or self._step(states, char)
        return _FOUND in self._reach(states, "$" if text else "^$")

    def _step(self, states: States, char: str) -> States:
        taken = [self._takes[state][1] for state in states if state in self._takes and self._takes[state][0](char)]
        if len(self._steps) >= _MOST_REMEMBERED:
            self._steps.clear()
        self._steps[states, char] = found = self._reach([*taken, self._start], "")
        return found

    def _reach(self, states: Iterable[int], ends: str) -> States:
        """These states and all that follow without a character, where the text is at these of its ends."""
        reached: set[int] = set()
        todo = list(states)
        while todo:
            state = todo.pop()
            if state in reached:
                continue
            reached.add(state)
            todo.extend(self._free.get(state, ()))
            if state in self._ends and self._ends[state][0] in ends:
                todo.append(self._ends[state][1])
        return frozenset(reached)

    def _new(self) -> int:
        self._count += 1
        return self._count

    def _build(self, node: Node, after: int) -> int:
        """The state from which `node` and then `after` is matched."""
        state = self._new()
        match node:
            case Character(test):
                self._takes[state] = (test, after)
            case End(sign):
                self._ends[state] = (sign, after)
            case Either(parts):
                self._free[state] = tuple(self._build(part, after) for part in parts)
            case Sequence(parts):
                for part in reversed(parts):
                    after = self._build(part, after)
                self._free[state] = (after,)
            case Repeat(part, least, most):
                self._free[state] = (self._repeat(part, least, most, after),)
        return state

    def _repeat(self, part: Node, least: int, most: int | None, after: int) -> int:
        if most is None:
            loop = self._new()
            self._free[loop] = (self._build(part, loop), after)
            after = loop
        for _ in range((most or least) - least):
            maybe = self._new()
            self._free[maybe] = (self._build(part, after), after)
            after = maybe
        for _ in range(least):
            after = self._build(part, after)
        return after


@lru_cache(maxsize=500)
def compile_pattern(pattern: str) -> Automaton:
    """PatternError if it is not of the dialect."""
    return Automaton(read(pattern))
