"""The order of rules: the first matching team rule wins (C13)."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max

from routing.models import Rule


def next_position() -> int:
    return int(Rule.objects.aggregate(last=Max("position", default=0))["last"]) + 1


@transaction.atomic
def move(rule: Rule, *, steps: int) -> bool:
    """Up by a negative number of steps, down by a positive one. False if it was first, or last, already."""
    rules = list(Rule.objects.order_by("position", "pk"))
    before = rules.index(rule)
    after = min(max(before + steps, 0), len(rules) - 1)
    rules.insert(after, rules.pop(before))
    for position, row in enumerate(rules, start=1):
        Rule.objects.filter(pk=row.pk).exclude(position=position).update(position=position)
    return after != before
