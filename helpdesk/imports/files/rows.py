"""A row of a file as what `identify` and `track` take."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from django.utils.translation import gettext as _

from agents.text import one_line
from helpdesk.customers.bulk import EventRow
from helpdesk.imports.files import values
from helpdesk.imports.files.columns import EVENTS, KEYS, PROPERTY
from helpdesk.imports.files.table import STARTS_A_FORMULA, BadRow
from helpdesk.imports.files.values import Reading


@dataclass(frozen=True)
class Plan:
    """The mapping and options of an import, ready for its rows."""

    mapping: list[dict[str, str]]
    options: dict[str, Any]
    reading: Reading

    def row(self, cells: list[str]) -> dict[str, Any] | EventRow:
        """BadRow says why there is none."""
        if len(cells) != len(self.mapping):
            raise BadRow(_("It has %(count)d cells, and the first row has %(wanted)d.") % {"count": len(cells), "wanted": len(self.mapping)})
        found = dict(self._values(cells))
        if not KEYS.keys() & found.keys():
            raise BadRow(_("It does not say who the customer is: no e-mail, no phone number, no ID."))
        return self._event(found, cells) if self.options["what"] == EVENTS else _customer(found)

    def _values(self, cells: list[str]) -> Iterator[tuple[str, Any]]:
        """(what it means, value) of each column that has a value; properties together."""
        properties: dict[str, Any] = {}
        for column, raw in zip(self.mapping, cells, strict=True):
            cell, to = _bare(raw.strip()), column["to"]
            if not cell or to == "ignore":
                continue
            if to == PROPERTY:
                properties[column["name"]] = values.as_value(cell, column["type"], self.reading)
            else:
                yield to, self._own(to, cell)
        yield PROPERTY, properties

    def _own(self, to: str, cell: str) -> Any:
        match to:
            case "email":
                return values.email(cell)
            case "phone":
                return values.phone(cell, self.reading)
            case "time":
                return values.moment(cell, self.reading)
            case "value":
                return _money(values.decimal(cell, self.reading), cell)
            case "consent_email" | "consent_sms" | "consent_push":
                return values.consent(cell)
        return one_line(cell)

    def _event(self, found: dict[str, Any], cells: list[str]) -> EventRow:
        metric = found.get("metric") or self.options.get("metric", "")
        if not metric:
            raise BadRow(_("It does not say what happened."))
        if "time" not in found:
            raise BadRow(_("It does not say when it happened."))
        return EventRow(
            customer={key: found[key] for key in KEYS if key in found},
            metric=metric,
            occurred_at=found["time"],
            value=found.get("value"),
            properties=found[PROPERTY],
            external_id=found.get("event_id") or _fingerprint(metric, cells),
        )


def _bare(cell: str) -> str:
    """Without the mark that keeps a spreadsheet from taking it for a formula, as in our own error file (V13)."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(STARTS_A_FORMULA) else cell


def _money(amount: Any, cell: str) -> Any:
    if abs(amount) >= 10**10:
        raise BadRow(_("“%(cell)s” is too large for a value.") % {"cell": cell[:80]})
    return round(amount, 2)


def _fingerprint(metric: str, cells: list[str]) -> str:
    """The same row again is the same event, also from a file that gives events no ID."""
    return "csv:" + hashlib.sha256("\x1f".join([metric, *cells]).encode()).hexdigest()


def _customer(found: dict[str, Any]) -> dict[str, Any]:
    """The arguments of `profiles.identify`."""
    name = found.get("name") or " ".join(found[part] for part in ("first_name", "last_name") if part in found)
    consent = {to.removeprefix("consent_"): status for to, status in found.items() if to.startswith("consent_") and status}
    own = {field: found[field] for field in (*KEYS, "country", "city", "zone", "language") if field in found}
    return own | {"name": name, "consent": consent, "properties": found[PROPERTY]}


def plan_of(mapping: list[dict[str, str]], options: dict[str, Any]) -> Plan:
    known = {field.name for field in fields(Reading)}
    return Plan(mapping, options, Reading(**{name: value for name, value in options.items() if name in known}))
