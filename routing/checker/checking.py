"""The checker (I3): what is wrong with a list of rules, each finding with its witness and in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from helpdesk.conditions.wording import Names
from helpdesk.customers.predictions.bands import Bands
from routing.checker.findings import CheckedRule, Found
from routing.checker.words import finding


def check_rules(rules: Sequence[CheckedRule], bands: Bands, *, names: Names = None, seconds: float = 10.0, examples_at: datetime | None = None) -> list[Found]:
    """What their logic alone tells, at most one finding of each rule, in their order. Rules that are off are not to be among them.

    Whatever is called contradictory, unreachable, shadowed or a duplicate is so for every ticket, but for a churn probability that no
    double can hold. The reverse holds as far as conditions are modelled (`formulas`) and as far as could be decided in time: no question
    may take more than a second, and after `seconds` nothing more is found. A hundred rules take half a second, a thousand that overlap
    everywhere ten to twenty. `bands` are `churn_bands()`, `names` those of segments.

    With `examples_at`, usually now, each rule of which an earlier one of another team takes some tickets comes with such a ticket.
    """
    from routing.checker.logic import Logic  # z3 is large, and only whoever checks rules needs it

    return [finding(rules, verdict, names) for verdict in Logic(rules, bands, seconds=seconds).verdicts(examples_at=examples_at)]
