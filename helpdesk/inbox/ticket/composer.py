"""What stands in the composer: the reader's draft with its files, and how far they have read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.models import Agent
from helpdesk.inbox.forms import LONGEST_MESSAGE
from helpdesk.tickets.acts.snoozing import CHOICES, read_until
from helpdesk.tickets.conversation.attachments import why_without_files
from helpdesk.tickets.conversation.drafts import SentMeanwhile, draft_of, save_draft
from helpdesk.tickets.models import Draft, Ticket

BOTH_KEPT: Promise = gettext_lazy("You have been writing this in another tab, too. Both texts are here now.")


def composer(ticket: Ticket, *, reader: Agent) -> dict[str, Any]:
    draft = draft_of(ticket, reader)
    files = list(draft.attachments.all()) if draft else []
    context = {"draft": draft, "files": files, "files_size": sum(file.size for file in files), "why_without_files": why_without_files(ticket)}
    typed = {"body": draft.text, "kind": "note" if draft.is_internal else "reply"} if draft else {}
    return context | typed | {"snoozes": snooze_choices}


def snooze_choices() -> list[tuple[str, str, datetime]]:
    """(value, name, until when)."""
    now = timezone.now()
    labels = {"later": _("Later today"), "tomorrow": _("Tomorrow"), "week": _("In a week")}
    return [(choice, labels[choice], read_until(choice, now)) for choice in CHOICES]


def keep_typed(ticket: Ticket, form: Any, *, by: Agent) -> tuple[Draft | None, str]:
    """The composer's fields as a draft, and what of another page stands after them now (`save_draft`). `version` is the mark that the page knows."""
    fields = {"text": form.get("body", "")[:LONGEST_MESSAGE], "is_internal": form.get("kind") == "note", "by": by}
    try:
        return save_draft(ticket, seen=form.get("version"), **fields)
    except SentMeanwhile:
        return save_draft(ticket, seen="", **fields)
