"""What somebody is writing: kept on the server as they type, gone when it is sent."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from agents.models import Agent
from agents.text import readable
from helpdesk.tickets.models import Draft, Ticket
from helpdesk.tickets.permissions import must_answer


class SentMeanwhile(Exception):
    """The draft that is saved was sent or thrown away by another page of the same person."""


@transaction.atomic
def save_draft(ticket: Ticket, text: str, *, is_internal: bool, seen: int | None, by: Agent) -> tuple[Draft | None, bool]:
    """The draft, None when nothing is left of it; and whether another page had saved something else meanwhile. The last one wins.

    `seen`: the version that the page knows; 0 it knows none, None it does not say. Raises SentMeanwhile: what is typed after
    that is a new draft, but what was under way when it was sent must not come back.
    """
    must_answer(by)
    before = draft_of(ticket, by)
    if seen and before is None:
        raise SentMeanwhile
    draft = open_draft(ticket, by=by)
    if not text.strip() and not draft.attachments.exists():
        draft.delete()
        return None, False
    Draft.objects.filter(pk=draft.pk).update(text=readable(text), is_internal=is_internal, version=F("version") + 1, saved_at=timezone.now())
    draft.refresh_from_db()
    return draft, seen is not None and before is not None and before.version != seen and before.text != draft.text


def draft_of(ticket: Ticket, agent: Agent) -> Draft | None:
    return Draft.objects.filter(ticket=ticket, agent=agent).first()


def open_draft(ticket: Ticket, *, by: Agent) -> Draft:
    """In the caller's transaction; held until its end, so that nothing is put beside what is being sent."""
    draft, _created = Draft.objects.get_or_create(ticket=ticket, agent=by)
    Draft.objects.filter(pk=draft.pk).update(saved_at=timezone.now())
    return draft


def discard_draft(ticket: Ticket, *, by: Agent) -> None:
    """With its files."""
    Draft.objects.filter(ticket=ticket, agent=by).delete()
