"""What is chosen on a page, what can be done to it, and how that is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.models import Agent
from agents.text import number_in
from helpdesk.inbox.lists.shown import ShownList, read_place
from helpdesk.inbox.ticket.composer import snooze_choices
from helpdesk.inbox.ticket.overview import assignable
from helpdesk.tickets.acts.bulk import MOST, Chosen, Outcome
from helpdesk.tickets.lists.finding import NoSuchList
from helpdesk.tickets.models import Priority, Tag, Ticket


def chosen_in(data: QueryDict, *, by: Agent) -> Chosen:
    """`ticket` is "12:3", seen with assignee 3, or "12:", seen with nobody, or "12"; with `everything`, all in the list that `in` shows."""
    if data.get("everything"):
        return _everything(data, by)
    numbers, seen = [], {}
    for value in data.getlist("ticket")[:MOST]:
        number, colon, assignee = value.partition(":")
        if ticket := number_in(number):
            numbers.append(ticket)
            if colon:
                seen[ticket] = number_in(assignee) or None
    return Chosen(list(dict.fromkeys(numbers)), seen)


def _everything(data: QueryDict, by: Agent) -> Chosen:
    try:
        shown = ShownList.at(by, *read_place(data.get("in", "")))
    except NoSuchList:
        return Chosen([])
    return Chosen([] if shown.problems else list(shown.tickets.values_list("pk", flat=True)[:MOST]))  # a filter that is gone would leave all tickets


def menu(chosen: Chosen, data: QueryDict, *, reader: Agent) -> dict[str, Any]:
    """What can be done to the tickets chosen. A constant number of queries."""
    tickets = Ticket.objects.visible_to(reader).filter(pk__in=chosen.numbers)
    return {
        "count": tickets.count(),
        "only": tickets.select_related("customer").first() if len(chosen.numbers) == 1 else None,
        "states": _states(tickets),
        "people": _with_load(assignable(reader)),
        "priorities": Priority.choices,
        "all_tags": Tag.objects.all()[:200],
        "tags": Tag.objects.filter(tickets__in=tickets).distinct(),
        "chosen": [(name, value) for name in ("ticket", "everything", "in") for value in data.getlist(name)],
        "open_group": data.get("open", ""),
        "snoozes": snooze_choices(),
    }


def _states(tickets: QuerySet[Ticket]) -> dict[str, int]:
    """How many are open, closed, asleep, spam: an act that changes none of them is not offered."""
    closed, spam = Q(closed_at__isnull=False), Q(is_spam=True)
    asleep = Q(snoozed_until__isnull=False)
    return tickets.aggregate(open=Count("pk", ~closed), closed=Count("pk", closed & ~spam), asleep=Count("pk", asleep), spam=Count("pk", spam))


def _with_load(agents: list[Agent]) -> list[tuple[Agent, int]]:
    held = Ticket.objects.open().filter(assignee__in=agents).values_list("assignee").annotate(held=Count("pk"))
    load = dict(held)
    return [(agent, load.get(agent.pk, 0)) for agent in agents]


def told(act: str, outcome: Outcome) -> dict[str, Any]:
    """`title`, `detail`: what was done, and what was left as it was; with nothing done, the first reason is the title."""
    left = list(outcome.left)
    if outcome.changed == 0:
        return {"title": left.pop(0) if left else _("There was nothing to change."), "detail": " ".join(left), "isError": bool(outcome.left)}
    return {"title": SENTENCES[act](outcome.changed) % {"count": outcome.changed}, "detail": " ".join(left)}


SENTENCES: dict[str, Callable[[int], str]] = {
    "assign": lambda n: ngettext("%(count)d ticket assigned", "%(count)d tickets assigned", n),
    "unassign": lambda n: ngettext("%(count)d ticket has no assignee now", "%(count)d tickets have no assignee now", n),
    "team": lambda n: ngettext("%(count)d ticket moved", "%(count)d tickets moved", n),
    "tag": lambda n: ngettext("%(count)d ticket tagged", "%(count)d tickets tagged", n),
    "untag": lambda n: ngettext("Tag taken off %(count)d ticket", "Tag taken off %(count)d tickets", n),
    "prioritise": lambda n: ngettext("Priority of %(count)d ticket changed", "Priority of %(count)d tickets changed", n),
    "snooze": lambda n: ngettext("%(count)d ticket snoozed", "%(count)d tickets snoozed", n),
    "wake": lambda n: ngettext("%(count)d ticket is awake", "%(count)d tickets are awake", n),
    "close": lambda n: ngettext("%(count)d ticket closed", "%(count)d tickets closed", n),
    "reopen": lambda n: ngettext("%(count)d ticket reopened", "%(count)d tickets reopened", n),
    "spam": lambda n: ngettext("%(count)d ticket is spam", "%(count)d tickets are spam", n),
    "not-spam": lambda n: ngettext("%(count)d ticket is not spam", "%(count)d tickets are not spam", n),
    "unread": lambda n: ngettext("%(count)d ticket marked unread", "%(count)d tickets marked unread", n),
    "undo": lambda n: ngettext("%(count)d ticket is as before", "%(count)d tickets are as before", n),
}
