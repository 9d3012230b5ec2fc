"""“Your turn”: whoever gets a ticket is told on the screen, never by e-mail (B17)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from agents.models import Agent, Toast
from agents.toasts import show_toast, take_back
from helpdesk.tickets.models import Ticket


def tell_of(tickets: Sequence[Ticket], agent: Agent) -> None:
    """One toast, however many."""
    if len(tickets) == 1:
        _tell(tickets[0], agent)
    elif tickets:
        show_toast(agent, Toast.Kind.ASSIGNED, url=reverse("list", args=["mine"]), about=[ticket.pk for ticket in tickets])


def _tell(ticket: Ticket, agent: Agent) -> None:
    def words() -> tuple[str, str]:
        detail = " · ".join(filter(None, [str(ticket.customer), ticket.get_sentiment_label_display(), ticket.get_channel_display()]))
        return _("Your turn: %(subject)s") % {"subject": ticket.subject}, detail

    show_toast(agent, Toast.Kind.ASSIGNED, words, url=ticket.get_absolute_url(), about=[ticket.pk])


def take_turns_back(tickets: Iterable[Ticket]) -> None:
    """Before they change hands: who has them by now, and has not seen the toast yet, does not see it any more."""
    had: dict[int, set[int]] = {}
    for ticket in tickets:
        if ticket.assignee_id is not None:
            had.setdefault(ticket.assignee_id, set()).add(ticket.pk)
    take_back(Toast.Kind.ASSIGNED, had)
