"""Tags of many tickets at once. Of one: `lifecycle.add_tag`, `remove_tag`."""

from __future__ import annotations

import unicodedata

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import Agent
from agents.text import one_line
from helpdesk.tickets.acts.bulk import Chosen, Outcome, Part, add_rows_of, carry_out, hold
from helpdesk.tickets.models import Tag, Ticket

LONGEST = 60


class NotATag(ValueError):
    """The message is for the user."""


@transaction.atomic
def tag_many(chosen: Chosen, name: str, *, by: Agent) -> Outcome:
    """A name that is new becomes a tag; upper and lower case of one that is known do not matter. Raises NotATag."""
    held = hold(chosen, by=by)
    tag = tag_called(name)
    tagged = _tagged(tag)
    lacking = [ticket for ticket in held if ticket.pk not in tagged]
    add_rows_of(tag, [ticket.pk for ticket in lacking])
    return carry_out("tagged", [Part(lacking, {}, [("tagged", {"tag": tag.name})])], by=by, besides={"added": tag.pk})


@transaction.atomic
def untag_many(chosen: Chosen, tag: Tag, *, by: Agent) -> Outcome:
    held, tagged = hold(chosen, by=by), _tagged(tag)
    having = [ticket for ticket in held if ticket.pk in tagged]
    Ticket.tags.through.objects.filter(tag=tag, ticket__in=[ticket.pk for ticket in having]).delete()
    return carry_out("untagged", [Part(having, {}, [("untagged", {"tag": tag.name})])], by=by, besides={"removed": tag.pk})


def tag_called(name: str) -> Tag:
    name = one_line(name)
    if not name:
        raise NotATag(_("Write the name of a tag."))
    if len(name) > LONGEST:
        raise NotATag(_("A tag has at most %(most)d characters.") % {"most": LONGEST})
    known = Tag.objects.filter(name=name).first() or next((tag for tag in Tag.objects.order_by("pk") if _folded(tag.name) == _folded(name)), None)
    return known or Tag.objects.get_or_create(name=name)[0]


def _folded(name: str) -> str:
    """In Python, because SQLite folds A to Z alone, and no database knows two spellings of é as one."""
    return unicodedata.normalize("NFC", name).casefold()


def _tagged(tag: Tag) -> set[int]:
    return set(Ticket.tags.through.objects.filter(tag=tag).values_list("ticket_id", flat=True))
