"""How a rule as it is being written stands to what is live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from routing.publication import is_same
from routing.rule_set import Written

Standing = Literal["live", "changed", "draft", "off", "going"]


def by_number(contents: Iterable[Written]) -> dict[int, Written]:
    return {rule["id"]: rule for rule in contents}


def standing(number: int, drafts: Mapping[int, Written], live: Mapping[int, Written]) -> Standing:
    """`drafts`: the set as it would be published. "going": it is live until then."""
    if number not in drafts:
        return "going" if number in live else "off"
    if number not in live:
        return "draft"
    return "live" if is_same(drafts[number], live[number]) else "changed"
