"""What a row needs to be shown: what was not posted, or means nothing, is what one would expect there."""

from __future__ import annotations

from collections.abc import Sequence

from helpdesk.conditions.grammar import (
    DIMENSIONS,
    EXPECTED_DATE,
    TICKET_FIELDS,
    ConsentCondition,
    GroupCondition,
    MetricCondition,
    PredictionCondition,
    PropertyCondition,
    RegionCondition,
    TicketCondition,
)
from helpdesk.conditions.regions import REGIONS
from helpdesk.inbox.builder import words
from helpdesk.inbox.builder.filters import TESTS, WHENS, Row, shape

# In the order in which they are offered; the first is what one would expect.
KINDS, OFTEN, UNITS, CHANNELS, CONSENTS = (tuple(each) for each in (words.KINDS, words.OFTEN, words.UNITS, words.CHANNELS, words.CONSENTS))
_TYPES_OF_TICKET = {"tags": ("list", "existence"), "sentiment_score": ("numeric", "existence"), "created": ("date", "existence")}


def new_row(kind: str) -> Row:
    return settled({"kind": kind})


def settled(row: Row) -> Row:
    """A row of a condition, or, without a kind, one that says which events count."""
    row = _with_token(row)
    match row.get("kind"):
        case MetricCondition.type:
            row |= {"where": row.get("where", []), "often": _one(row, "often", OFTEN), "when": _one(row, "when", WHENS), "unit": _one(row, "unit", UNITS)}
        case GroupCondition.type:
            row |= {"member": _one(row, "member", ("true", "false")), "values": row.get("values", [])}
        case RegionCondition.type:
            row |= {"inside": _one(row, "inside", ("true", "false")), "region": _one(row, "region", list(REGIONS))}
        case ConsentCondition.type:
            row |= {"channel": _one(row, "channel", CHANNELS), "consent": _one(row, "consent", CONSENTS)}
        case TicketCondition.type:
            row |= {"field": _one(row, "field", TICKET_FIELDS)}
            row |= _comparison(row)
        case PredictionCondition.type:
            row |= {"dimension": _one(row, "dimension", DIMENSIONS)}
            row |= _comparison(row)
        case PropertyCondition.type | None:
            row |= _comparison(row)
        case _:
            return new_row(MetricCondition.type)
    return row


def tests_of(row: Row) -> list[str]:
    """The comparisons that the grammar allows for what the row is about."""
    match row.get("kind"):
        case TicketCondition.type:
            types: Sequence[str] = _TYPES_OF_TICKET.get(row["field"], ("string", "existence"))
        case PredictionCondition.type:
            types = ("date", "existence") if row["dimension"] == EXPECTED_DATE else ("numeric", "existence")
        case _:
            return TESTS
    return [test for test in TESTS if test.partition(":")[0] in types]


def _comparison(row: Row) -> Row:
    allowed = tests_of(row)
    test = _one(row, "test", allowed)
    found: Row = {"test": test, "unit": _one(row, "unit", UNITS)}
    if shape(test) == "texts":  # what was one text is the first of several
        found["values"] = row.get("values") or [value for value in [row.get("value", "")] if value]
    elif shape(test) == "text":
        found["value"] = row.get("value") or next(iter(row.get("values", [])), "")
    elif shape(test) == "truth":
        found["value"] = _one(row, "value", ("true", "false"))
    elif shape(test) == "month":
        found["value"] = _one(row, "value", [str(month) for month in range(1, 13)])
    return found


def _with_token(row: Row) -> Row:
    """What was written beside a list is its last entry."""
    values = [value for value in [*row.get("values", []), row.get("add", "").strip()] if value]
    rest = {name: value for name, value in row.items() if name not in ("add", "values")}
    return rest | ({"values": values} if values else {})


def _one(row: Row, name: str, allowed: Sequence[str]) -> str:
    return row[name] if row.get(name) in allowed else allowed[0]
