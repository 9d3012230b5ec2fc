"""What a person says about a file: how it is written, and what each column means (V14)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from helpdesk.imports.files.columns import CONSENT, CUSTOMERS, EVENTS, FIELDS, IGNORE, KEYS, OF_AN_EVENT, PROPERTY, TYPES, guess_mapping, problems
from helpdesk.imports.files.storage import head_of, shape_of
from helpdesk.imports.files.table import DELIMITERS, ENCODINGS, Table, read_table
from helpdesk.imports.files.values import Reading
from helpdesk.imports.models import Import


class UploadForm(forms.Form):
    file = forms.FileField(label=_("CSV file"), allow_empty_file=True, error_messages={"required": _("Choose a file first.")})
    what = forms.ChoiceField(label=_("Its rows are"), choices=[(CUSTOMERS, _("Customers")), (EVENTS, _("What customers did"))])


class ShapeForm(forms.Form):
    encoding = forms.ChoiceField(label=_("Characters"), choices=list(ENCODINGS.items()))
    delimiter = forms.ChoiceField(label=_("Cells are parted by"), choices=list(DELIMITERS.items()))


@dataclass(frozen=True)
class Column:
    """For the page: a column's name, its first cells, and the two fields that say what it means."""

    title: str
    cells: list[str]
    to: forms.BoundField
    name: forms.BoundField


class MappingForm(forms.Form):
    zone = forms.ChoiceField(label=_("Time zone"), help_text=_("Of times that name none."))
    decimal = forms.ChoiceField(label=_("Decimal sign"), choices=[(".", "1234.50"), (",", "1234,50")])
    month_first = forms.ChoiceField(label=_("03/04/2026 is"), choices=[("", _("3 April")), ("1", _("4 March"))], required=False)
    country = forms.CharField(
        label=_("Country of phone numbers"),
        required=False,
        validators=[RegexValidator(r"^[A-Za-z]{2}\Z", _("Two letters, as SE."))],
        help_text=_("Two letters, as SE, if they are written without +."),
    )
    metric = forms.CharField(label=_("Event"), required=False, max_length=120, help_text=_("As Placed Order, if no column names it."))

    def __init__(self, run: Import, table: Table, data: Any = None) -> None:
        self.what, self.table = run.options["what"], table
        shape = shape_of(run)
        reading = Reading(decimal="," if shape.delimiter == ";" else ".")
        initial = {"zone": settings.TIME_ZONE, "decimal": reading.decimal}
        super().__init__(data, initial=initial)
        self.fields["zone"].choices = _zones()  # type: ignore[attr-defined] # a ChoiceField has them
        if self.what != EVENTS:
            del self.fields["metric"]
        for place, column in enumerate(guess_mapping(table.header, table.rows, self.what, reading)):
            self._add_column(place, column)

    def _add_column(self, place: int, column: dict[str, str]) -> None:
        to = f"{PROPERTY}:{column['type']}" if column["to"] == PROPERTY else column["to"]
        title = self.table.header[place]
        self.fields[f"to_{place}"] = forms.ChoiceField(label=title, choices=_choices(self.what), initial=to)
        self.fields[f"name_{place}"] = forms.CharField(label=_("Name of the property"), initial=column["name"], max_length=200, required=False)

    def columns(self) -> Iterator[Column]:
        for place, title in enumerate(self.table.header):
            cells = [row[place] for row in self.table.rows]
            yield Column(title, cells, self[f"to_{place}"], self[f"name_{place}"])

    def ways_of_writing(self) -> list[forms.BoundField]:
        return [self[name] for name in ("metric", "zone", "decimal", "month_first", "country") if name in self.fields]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors:
            for problem in problems(self.mapping(), self.what, metric=data.get("metric", "")):
                self.add_error(None, problem)
        return data

    def mapping(self) -> list[dict[str, str]]:
        return [self._column(place) for place in range(len(self.table.header))]

    def _column(self, place: int) -> dict[str, str]:
        to, _colon, kind = self.cleaned_data[f"to_{place}"].partition(":")
        return {"to": to, "name": self.cleaned_data[f"name_{place}"].strip(), "type": kind} if to == PROPERTY else {"to": to}

    def options(self) -> dict[str, Any]:
        data = self.cleaned_data
        chosen = {name: data[name] for name in ("zone", "decimal", "metric") if name in data}
        return chosen | {"month_first": bool(data["month_first"]), "country": data["country"].upper()}


@cache
def _zones() -> list[tuple[str, str]]:
    return [(zone, zone) for zone in sorted(available_timezones())]


def _choices(what: str) -> list[Any]:
    own = (_("Event"), list(OF_AN_EVENT.items())) if what == EVENTS else (_("Profile"), [*FIELDS.items(), *CONSENT.items()])
    properties = [(f"{PROPERTY}:{kind}", title) for kind, title in TYPES.items()]
    return [(IGNORE, _("Leave out")), (_("Who it is"), list(KEYS.items())), own, (_("Property"), properties)]


def table_of(run: Import) -> Table:
    """BadFile."""
    return read_table(head_of(run), shape_of(run))
