"""A list as somebody looks at it: which one, how it is narrowed and sorted. All of it stands in the address, so that a link opens the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from agents.models import Agent
from helpdesk.customers.asking.patience import PATIENCE, TookTooLong, within
from helpdesk.tickets.lists.filters import TicketFilters, of_status
from helpdesk.tickets.lists.finding import COUNT_CAP, ORDERS, NoSuchList, Order, TicketList, find_list
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.search import search

SORTS: dict[str, str | Promise] = {"newest": _("Newest message first"), "waiting": _("Waiting longest first"), "upset": _("Most upset first")}
DEFAULT_LIST = "all"  # A7
NARROWING = ("q", "channel", "sentiment", "tag", "priority", "team", "assignee", "since", "until")


@dataclass(frozen=True)
class Chip:
    """One filter that is on: what it says, and the address without it."""

    name: str
    said: str
    without: str


@dataclass(frozen=True)
class ShownList:
    found: TicketList
    filters: TicketFilters
    data: QueryDict

    @classmethod
    def at(cls, agent: Agent, key: str, data: QueryDict) -> ShownList:
        """NoSuchList."""
        found = find_list(agent, key)
        return cls(found, TicketFilters(data, found.tickets), data)

    @classmethod
    def from_place(cls, agent: Agent, place: str) -> ShownList:
        """As `place` wrote it; the default where that means nothing."""
        try:
            return cls.at(agent, *read_place(place))
        except NoSuchList:
            return cls.at(agent, DEFAULT_LIST, QueryDict())

    @property
    def key(self) -> str:
        return self.found.key

    @cached_property
    def chosen(self) -> dict[str, Any]:
        """What the filters were read as; what could not be read is not in it, and `problems` say so."""
        self.filters.form.is_valid()
        return dict(self.filters.form.cleaned_data)

    @property
    def problems(self) -> list[tuple[str, str]]:
        """(filter, what is wrong with it)."""
        errors = self.filters.form.errors
        return [(str(self.filters.form.fields[name].label), str(error)) for name, found in errors.items() for error in found]

    @cached_property
    def status(self) -> str:
        """A9: open, unless one asks for more, or the view does."""
        return self.chosen.get("status") or self.found.status

    @cached_property
    def sort(self) -> str:
        usual = self.found.view.sort if self.found.view else "newest"
        return next((key for key in (self.data.get("sort", ""), usual) if key in ORDERS), "newest")

    @property
    def order(self) -> Order:
        return ORDERS[self.sort]

    @property
    def text(self) -> str:
        return self.data.get("q", "").strip()

    @cached_property
    def tickets(self) -> QuerySet[Ticket]:
        found = self.filters.qs
        if not self.chosen.get("status"):
            found = of_status(found, self.status)
        return self.order.sort(search(found, self.text) if self.text else found)

    @property
    def is_plain(self) -> bool:
        """As open pages can keep up to date by themselves: every other list is read again when something changes."""
        return not self.query and self.sort == "newest" and (self.found.view is None or self.found.view.definition is None)

    @cached_property
    def query(self) -> str:
        """What narrows or sorts it, for an address; without what is usual."""
        return urlencode([(name, value) for name in (*NARROWING, "status", "sort") for value in self._told(name)])

    def _told(self, name: str) -> list[str]:
        usual = {"status": self.found.status, "sort": self.found.view.sort if self.found.view else "newest"}
        return [value for value in self.data.getlist(name) if value and value != usual.get(name)]

    @property
    def place(self) -> str:
        """What `?in=` of a ticket's address says: from where it is looked at."""
        return f"{self.key}?{self.query}" if self.query else self.key

    @cached_property
    def url(self) -> str:
        return address(self.key, self.query)

    def url_with(self, **changed: str) -> str:
        """The same list with another status or order; "" for the usual."""
        data = self.data.copy()
        for name, value in changed.items():
            data[name] = value
        return ShownList(self.found, self.filters, data).url

    @cached_property
    def sorts(self) -> list[tuple[str, str | Promise, str]]:
        """(order, in words, address)."""
        return [(key, said, self.url_with(sort=key)) for key, said in SORTS.items()]

    @cached_property
    def statuses(self) -> list[tuple[str, str, str]]:
        return [(key, str(said), self.url_with(status=key)) for key, said in self.filters.form.fields["status"].choices if key]  # type: ignore[attr-defined] # a ChoiceField has them

    @cached_property
    def chips(self) -> list[Chip]:
        return [Chip(self._label(name), self._said(name), self._without(name)) for name in NARROWING if self._told(name)]

    def _label(self, name: str) -> str:
        return str(_("Search")) if name == "q" else str(self.filters.form.fields[name].label)

    def _said(self, name: str) -> str:
        field = self.filters.form.fields.get(name)
        if field is None or not hasattr(field, "choices"):
            return " ".join(self._told(name))
        told = set(self._told(name))
        labels = [str(label) for value, label in field.choices if str(value) in told]
        return ", ".join(labels) or " ".join(sorted(told))

    def _without(self, name: str) -> str:
        data = self.data.copy()
        data.pop(name, None)
        return ShownList(self.found, self.filters, data).url

    @property
    def fields(self) -> list[Any]:
        """The form's fields that are lists of boxes."""
        form = self.filters.form
        return [form[name] for name in NARROWING if name in form.fields and hasattr(form.fields[name], "choices")]

    def counted(self) -> str:
        """“47 open”, up to the cap; "" if it takes too long to count."""
        try:
            with within(PATIENCE):
                found = self.tickets.order_by()[: COUNT_CAP + 1].count()
        except TookTooLong:
            return ""
        number = f"{COUNT_CAP}+" if found > COUNT_CAP else str(found)
        if self.status == "any":
            return ngettext("%(number)s ticket", "%(number)s tickets", found) % {"number": number}
        said = {"open": _("%(n)s open"), "snoozed": _("%(n)s snoozed"), "closed": _("%(n)s closed"), "spam": _("%(n)s in spam")}
        return str(said[self.status]) % {"n": number}


def address(key: str, query: str = "") -> str:
    return reverse("list", args=[key]) + (f"?{query}" if query else "")


def read_place(place: str) -> tuple[str, QueryDict]:
    """The key and the filters of a place, as `ShownList.place` writes it."""
    key, _mark, query = place.partition("?")
    return key, QueryDict(query)
