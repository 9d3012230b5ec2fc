"""What stands in the composer: the reader's draft with its files, and how far they have read."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from agents.models import Agent
from helpdesk.tickets.conversation.drafts import draft_of
from helpdesk.tickets.models import Message, Ticket


def composer(ticket: Ticket, *, reader: Agent) -> dict[str, Any]:
    draft = draft_of(ticket, reader)
    if draft is None:
        return {"draft": None, "files": []}
    return {"draft": draft, "files": list(draft.attachments.all()), "body": draft.text, "kind": "note" if draft.is_internal else "reply"}


def came_meanwhile(ticket: Ticket, seen: int, *, reader: Agent) -> str:
    """Who has written to or for the customer since the message `seen`, in words; "" for nobody."""
    latest = ticket.messages.filter(pk__gt=seen, is_internal=False).exclude(agent=reader).select_related("agent").order_by("-pk").first()
    if latest is None:
        return ""
    people = {Message.Author.CUSTOMER: ticket.customer, Message.Author.AGENT: latest.agent}
    name = people.get(Message.Author(latest.author), _("The helpdesk"))
    return _("%(name)s wrote while you were writing. Read it, then send again.") % {"name": name}
