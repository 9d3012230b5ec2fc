"""Views that people keep: a definition under a name, for oneself or for everybody (S9, C2, C20)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agents.hours import midnight
from agents.models import Agent, Team
from agents.text import one_line
from helpdesk.conditions.grammar import as_json, parse_definition
from helpdesk.tickets.lists.filters import NOBODY
from helpdesk.tickets.lists.finding import ORDERS
from helpdesk.tickets.models import SavedView, Tag
from helpdesk.tickets.permissions import NotAllowed, must_answer

LONGEST_NAME = 80
STATUSES_OF_VIEWS = ("open", "closed", "any")  # the others have no condition


class ViewError(ValueError):
    """The message is for the user."""


@transaction.atomic
def create_view(name: str, definition: dict[str, Any], *, by: Agent, is_shared: bool = False, sort: str = "newest") -> SavedView:
    """Raises ViewError, DefinitionError, NotAllowed."""
    must_answer(by)
    view = SavedView(owner=by)
    return _write(view, name, definition, by=by, is_shared=is_shared, sort=sort)


@transaction.atomic
def change_view(view: SavedView, *, name: str, definition: dict[str, Any], by: Agent, is_shared: bool, sort: str) -> SavedView:
    """Raises ViewError, DefinitionError, NotAllowed. What rules fill has no conditions of its own."""
    must_keep(view, by)
    return _write(view, name, definition, by=by, is_shared=is_shared, sort=sort)


@transaction.atomic
def delete_view(view: SavedView, *, by: Agent) -> None:
    must_keep(view, by)
    view.delete()


def may_keep(view: SavedView, agent: Agent) -> bool:
    """One's own; and everybody's, for managers. Views that rules fill are kept in the admin."""
    return view.definition is not None and (view.owner_id == agent.pk or (view.owner_id is None and agent.is_manager))


def must_keep(view: SavedView, by: Agent) -> None:
    if not may_keep(view, by):
        raise NotAllowed(_("Only a manager can change a view that everybody sees."))


def _write(view: SavedView, name: str, definition: dict[str, Any], *, by: Agent, is_shared: bool, sort: str) -> SavedView:
    view.name, view.sort = one_line(name), sort if sort in ORDERS else "newest"
    if not view.name:
        raise ViewError(_("Give the view a name."))
    if len(view.name) > LONGEST_NAME:
        raise ViewError(_("A view's name has at most %(n)d characters.") % {"n": LONGEST_NAME})
    if is_shared is not (view.owner_id is None):
        if not by.is_manager:
            raise NotAllowed(_("Only a manager can share a view. Yours is kept for you."))
        view.owner = None if is_shared else by
    view.definition = as_json(parse_definition(definition))
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError:
        raise ViewError(_("There is already a view with this name.")) from None
    return view


def as_definition(chosen: dict[str, Any]) -> dict[str, Any]:
    """What filters ask for, in the grammar of conditions. `chosen`: their cleaned data. What is searched for is no condition."""
    groups = [*_of_ticket(chosen), *_of_people(chosen), *_of_days(chosen)]
    return {"condition_groups": [{"conditions": group} for group in groups if group]}


def _of_ticket(chosen: dict[str, Any]) -> list[list[dict[str, Any]]]:
    status = {"closed": [_text("status", "equals", "closed")], "any": [_exists("status", "is-set")]}
    scored = [each for each in chosen.get("sentiment") or [] if each != NOBODY]
    tags: list[Tag] = list(chosen.get("tag") or [])
    return [
        status.get(chosen.get("status") or "", []),
        _among("channel", chosen.get("channel")),
        _among("sentiment", scored) + ([_exists("sentiment", "not-set")] if NOBODY in (chosen.get("sentiment") or []) else []),
        [_condition("tags", {"type": "list", "operator": "contains-any", "value": [tag.name for tag in tags]})] if tags else [],
        _among("priority", chosen.get("priority")),
    ]


def _of_people(chosen: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Conditions know teams and agents by their names."""
    found = []
    for name, rows in (("team", Team.objects.all()), ("assignee", Agent.objects.all())):
        numbers = [each for each in chosen.get(name) or [] if each != NOBODY]
        named = _among(name, list(rows.filter(pk__in=numbers).order_by("name").values_list("name", flat=True)))
        found.append(named + ([_exists(name, "not-set")] if NOBODY in (chosen.get(name) or []) else []))
    return found


def _of_days(chosen: dict[str, Any]) -> list[list[dict[str, Any]]]:
    since, until = chosen.get("since"), chosen.get("until")
    after = [_created("after", midnight(since))] if since else []
    before = [_created("before", midnight(until + timedelta(days=1)))] if until else []
    return [after, before]


def _created(operator: str, at: datetime) -> dict[str, Any]:
    return _condition("created", {"type": "date", "operator": operator, "date": at.astimezone(UTC).isoformat()})


def _among(name: str, values: Any) -> list[dict[str, Any]]:
    return [_text(name, "equals", values[0])] if values and len(values) == 1 else [_text(name, "in", list(values))] if values else []


def _text(name: str, operator: str, value: Any) -> dict[str, Any]:
    return _condition(name, {"type": "string", "operator": operator, "value": value})


def _exists(name: str, operator: str) -> dict[str, Any]:
    return _condition(name, {"type": "existence", "operator": operator})


def _condition(name: str, wanted: dict[str, Any]) -> dict[str, Any]:
    return {"type": "ticket-property", "property": name, "filter": wanted}
