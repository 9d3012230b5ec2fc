"""What a role may do to tickets (A1). Who sees which ticket is `Ticket.objects.visible_to`."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from agents.models import Agent


class NotAllowed(PermissionDenied):
    """The message is for the user."""


def must_answer(by: Agent) -> None:
    if not by.can_answer:
        raise NotAllowed(_("Only people who answer tickets can do this."))


def must_be_able_to_answer(agent: Agent) -> None:
    if not agent.can_answer:
        raise NotAllowed(_("%(name)s does not answer tickets.") % {"name": agent})
