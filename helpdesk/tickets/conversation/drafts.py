"""What somebody is writing: kept on the server as they type, gone when it is sent."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from agents.models import Agent
from agents.text import readable
from helpdesk.tickets.models import Draft, Ticket
from helpdesk.tickets.permissions import must_answer


class SentMeanwhile(Exception):
    """The draft that is saved was sent or thrown away by another page of the same person."""


@transaction.atomic
def save_draft(ticket: Ticket, text: str, *, is_internal: bool, seen: str | None, by: Agent) -> tuple[Draft | None, str]:
    """The draft, None when nothing is left of it; and what stands after `text` now, because another page had written it meanwhile.

    `seen`: the mark of the draft that the page knows; "" it knows none, None it does not say and replaces whatever is there.
    Raises SentMeanwhile: what is typed after that is a new draft, but what was under way when it was sent must not come back.
    """
    must_answer(by)
    before = draft_of(ticket, by)
    if seen and not (before and seen.startswith(f"{before.pk}.")):
        raise SentMeanwhile
    draft = open_draft(ticket, by=by)
    unseen = "" if seen is None or seen == draft.mark else after(readable(text), draft.text)
    draft.text, draft.is_internal, draft.version = readable(text) + unseen, is_internal, draft.version + 1
    if not draft.text.strip() and not draft.attachments.exists():
        draft.delete()
        return None, ""
    draft.save()
    return draft, unseen


def after(text: str, other: str) -> str:
    """What has to follow `text` so that nothing of `other` is lost."""
    if other in text:
        return ""
    return other[len(text) :] if other.startswith(text) else f"\n\n{other}"


def draft_of(ticket: Ticket, agent: Agent) -> Draft | None:
    return Draft.objects.filter(ticket=ticket, agent=agent).first()


def drafted_by(agent: Agent, tickets: Iterable[Ticket]) -> set[int]:
    """To which of these the person is writing: words, or files that go with them."""
    drafts = Draft.objects.filter(~Q(text="") | Q(attachments__isnull=False), agent=agent, ticket__in=[ticket.pk for ticket in tickets])
    return set(drafts.values_list("ticket_id", flat=True))


def open_draft(ticket: Ticket, *, by: Agent) -> Draft:
    """In the caller's transaction; held until its end, so that nothing is put beside what is being sent."""
    draft, _created = Draft.objects.get_or_create(ticket=ticket, agent=by)
    Draft.objects.filter(pk=draft.pk).update(saved_at=timezone.now())
    draft.refresh_from_db()
    return draft


def discard_draft(ticket: Ticket, *, by: Agent) -> None:
    """With its files."""
    Draft.objects.filter(ticket=ticket, agent=by).delete()
