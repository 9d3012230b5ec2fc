"""Who matches a definition that is being written: how many, and a few of them to look at."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils import timezone

from helpdesk.conditions.grammar import Definition
from helpdesk.customers.asking.matching import matching
from helpdesk.customers.asking.patience import PATIENCE, TookTooLong, within
from helpdesk.customers.models import Customer

CAP = 10_000
SAMPLE = 5


@dataclass
class Effect:
    """`count` None: not known. `is_slow`: it took too long."""

    count: int | None = None
    sample: list[Customer] = field(default_factory=list)
    is_slow: bool = False

    @property
    def is_capped(self) -> bool:
        return self.count is not None and self.count > CAP


def effect_of(definition: Definition | None) -> Effect:
    """Of a definition that is complete; of any other, nothing is known."""
    if definition is None:
        return Effect()
    effect = Effect()
    try:
        with within(PATIENCE):
            found = matching(definition, timezone.now())
            effect.count = found.order_by()[: CAP + 1].count()
            effect.sample = list(found.order_by("-pk")[:SAMPLE])
    except TookTooLong:
        effect.is_slow = True
    return effect
