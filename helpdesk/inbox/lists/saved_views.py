"""A view while somebody is making it (S9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from agents.models import Agent
from agents.text import one_line
from helpdesk.conditions.grammar import Definition, DefinitionError
from helpdesk.customers.asking.patience import PATIENCE, TookTooLong, within
from helpdesk.inbox.builder.picks import complete, picks_for
from helpdesk.inbox.builder.state import Builder
from helpdesk.inbox.builder.versions import digest_of
from helpdesk.inbox.lists.shown import ShownList, read_place
from helpdesk.tickets.lists.filters import STATUSES
from helpdesk.tickets.lists.finding import ORDERS, as_rows, of_definition
from helpdesk.tickets.lists.saved_views import STATUSES_OF_VIEWS, as_definition
from helpdesk.tickets.models import SavedView, Ticket

SAMPLE = 5
MOST = 10_000


@dataclass
class ViewForm:
    """What a person is writing: kept as it is until it can be saved."""

    builder: Builder
    name: str = ""
    name_problem: str = ""
    is_shared: bool = False
    sort: str = "newest"
    left_out: str = ""  # words that were searched for: a view has conditions alone
    seen: str = ""  # `version_of` the view when its page was opened
    is_overtaken: bool = False  # somebody saved another version since
    status_left_out: str = ""  # a status about which there is no condition

    @classmethod
    def of(cls, view: SavedView) -> ViewForm:
        try:
            builder = Builder.of(view.definition or {}, about_tickets=True)
        except DefinitionError as error:
            builder = Builder.empty(about_tickets=True)
            builder.problem = str(error)
        return cls(builder, view.name, is_shared=view.owner_id is None, sort=view.sort, seen=version_of(view))

    @classmethod
    def from_list(cls, agent: Agent, place: str) -> ViewForm:
        """With the conditions of a view that is looked at, and with what narrows it there. NoSuchList."""
        shown = ShownList.at(agent, *read_place(place))
        groups = as_definition(shown.chosen)["condition_groups"]
        if shown.found.view and shown.found.view.definition:
            groups = [*shown.found.view.definition["condition_groups"], *groups]
        builder = Builder.of({"condition_groups": groups}, about_tickets=True) if groups else Builder.empty(about_tickets=True)
        status = "" if shown.status in STATUSES_OF_VIEWS else str(dict(STATUSES)[shown.status])
        return cls(builder, sort=shown.sort, left_out=shown.text, status_left_out=status)

    @classmethod
    def posted(cls, data: QueryDict) -> ViewForm:
        """As it was sent, with what its button did to it."""
        builder = Builder.posted(data, about_tickets=True)
        if do := data.get("do", ""):
            builder.act(do)
        complete(builder, picks_for(builder))
        sort = data.get("sort", "")
        sort = sort if sort in ORDERS else "newest"
        return cls(builder, one_line(data.get("name", "")), is_shared=data.get("shared") == "yes", sort=sort, seen=data.get("seen", ""))


def version_of(view: SavedView) -> str:
    """Tells a view from what somebody else made of it meanwhile."""
    return digest_of(view.name, view.definition, view.owner_id, view.sort)


def effect_on_tickets(definition: Definition | None, reader: Agent) -> dict[str, Any]:
    """How many tickets it shows now, up to MOST, and the newest few; `count` None: not known."""
    if definition is None:
        return {"count": None, "sample": []}
    found = of_definition("", Ticket.objects.visible_to(reader), definition).shown
    try:
        with within(PATIENCE):
            count = found.order_by()[: MOST + 1].count()
            return {"count": count, "is_capped": count > MOST, "sample": list(as_rows(ORDERS["newest"].sort(found))[:SAMPLE])}
    except TookTooLong:
        return {"count": None, "is_slow": True, "sample": []}
