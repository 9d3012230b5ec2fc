"""Which custom properties stand beside every ticket (SPEC part 4)."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from agents.models import Agent
from agents.people import NotForYou
from helpdesk.customers.models import PinnedProperty

MOST_PINS = 5


class TooManyPins(ValueError):
    """The message is for the user."""


def pinned_names() -> list[str]:
    return list(PinnedProperty.objects.values_list("name", flat=True)[:MOST_PINS])


@transaction.atomic
def pin(name: str, *, by: Agent) -> None:
    """As the last of at most MOST_PINS; one that is pinned stays where it is."""
    _must_be_allowed(by)
    if PinnedProperty.objects.filter(name=name).exists():
        return
    if PinnedProperty.objects.count() >= MOST_PINS:
        raise TooManyPins(_("At most %(number)s properties can be pinned. Unpin another one first.") % {"number": MOST_PINS})
    last = PinnedProperty.objects.aggregate(last=Max("position"))["last"] or 0
    PinnedProperty.objects.create(name=name, position=last + 1)


def unpin(name: str, *, by: Agent) -> None:
    _must_be_allowed(by)
    PinnedProperty.objects.filter(name=name).delete()


def _must_be_allowed(by: Agent) -> None:
    if not by.is_manager:
        raise NotForYou(_("Only Owners, Admins and Managers choose what is pinned."))
