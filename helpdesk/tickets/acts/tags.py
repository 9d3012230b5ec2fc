"""Tags on tickets, and off them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import Agent
from agents.text import one_line
from helpdesk.tickets.acts.bulk import Chosen, Outcome, Part, add_rows_of, carry_out, hold
from helpdesk.tickets.events import record_event
from helpdesk.tickets.models import Tag, Ticket
from helpdesk.tickets.permissions import must_answer

LONGEST = 60


class NotATag(ValueError):
    """The message is for the user."""


@transaction.atomic
def tag_many(chosen: Chosen, name: str, *, by: Agent) -> Outcome:
    """A name that is new becomes a tag; upper and lower case of one that is known do not matter. Raises NotATag."""
    held = hold(chosen, by=by)
    tag = tag_called(name)
    tagged = _tagged(tag, held)
    lacking = [ticket for ticket in held if ticket.pk not in tagged]
    add_rows_of(tag, [ticket.pk for ticket in lacking])
    return carry_out("tagged", [Part(lacking, {}, [("tagged", {"tag": tag.name})])], by=by, besides={"added": tag.pk})


@transaction.atomic
def untag_many(chosen: Chosen, tag: Tag, *, by: Agent) -> Outcome:
    held = hold(chosen, by=by)
    tagged = _tagged(tag, held)
    having = [ticket for ticket in held if ticket.pk in tagged]
    Ticket.tags.through.objects.filter(tag=tag, ticket__in=[ticket.pk for ticket in having]).delete()
    return carry_out("untagged", [Part(having, {}, [("untagged", {"tag": tag.name})])], by=by, besides={"removed": tag.pk})


@transaction.atomic
def add_tag(ticket: Ticket, name: str, *, by: Agent | None) -> None:
    """To one. `by` None: it came with its message. Raises NotATag."""
    if by is not None:
        must_answer(by)
    tag = tag_called(name)
    if not ticket.tags.filter(pk=tag.pk).exists():
        ticket.tags.add(tag)
        record_event(ticket, "tagged", by=by, tag=tag.name)


def tag_called(name: str) -> Tag:
    """Raises NotATag."""
    name = one_line(name)
    if not name:
        raise NotATag(_("Write the name of a tag."))
    if len(name) > LONGEST:
        raise NotATag(_("A tag has at most %(most)d characters.") % {"most": LONGEST})
    return known_tag(name) or Tag.objects.get_or_create(name=name)[0]


def known_tag(name: str) -> Tag | None:
    """Upper and lower case do not matter."""
    return Tag.objects.filter(name=name).first() or next((tag for tag in Tag.objects.order_by("pk") if _folded(tag.name) == _folded(name)), None)


def _folded(name: str) -> str:
    """In Python, because SQLite folds A to Z alone, and no database knows two spellings of é as one."""
    return unicodedata.normalize("NFC", name).casefold()


def _tagged(tag: Tag, tickets: Iterable[Ticket]) -> set[int]:
    return set(Ticket.tags.through.objects.filter(tag=tag, ticket__in=[ticket.pk for ticket in tickets]).values_list("ticket_id", flat=True))
