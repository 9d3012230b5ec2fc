"""Tickets that sleep: out of every list and of the rotation until their time comes or the customer writes."""

from __future__ import annotations

import logging
from datetime import datetime, time, timedelta

from django.db import transaction
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.hours import desk_hours, midnight, opens_next
from agents.models import Agent, BusinessHours, Toast
from agents.toasts import purge_toasts, show_toast
from helpdesk.tickets.acts.bulk import Chosen, Outcome, Part, carry_out, hold, purge_acts
from helpdesk.tickets.acts.lifecycle import tell_closings
from helpdesk.tickets.events import record_event
from helpdesk.tickets.models import Ticket

log = logging.getLogger(__name__)
LONGEST = timedelta(days=366)
LATER, MORNING = timedelta(hours=3), time(9)
CHOICES = ("later", "tomorrow", "week")


class NotATime(ValueError):
    """The message is for the user."""


@transaction.atomic
def snooze_many(chosen: Chosen, until: datetime, *, by: Agent) -> Outcome:
    """Open ones sleep until then. Raises NotATime for one that is past, or more than a year ahead."""
    must_be_a_time(until)
    awake = [ticket for ticket in hold(chosen, by=by) if ticket.is_open and ticket.snoozed_until != until]
    return carry_out("snoozed", [Part(awake, {"snoozed_until": until}, [("snoozed", {"until": until.isoformat()})])], by=by)


def must_be_a_time(until: datetime) -> None:
    """Raises NotATime."""
    if not timedelta(0) < until - timezone.now() < LONGEST:
        raise NotATime(_("Choose a time between now and a year from now."))


@transaction.atomic
def wake_many(chosen: Chosen, *, by: Agent) -> Outcome:
    asleep = [ticket for ticket in hold(chosen, by=by) if ticket.snoozed_until]
    return carry_out("woke", [Part(asleep, {"snoozed_until": None}, [("woke", {})])], by=by)


@transaction.atomic
def wake(ticket: Ticket, *, because: str) -> bool:
    """By itself: `because` of its "time", which must have come, or of the "customer". False if nothing changed. Who has it is told when it is its time."""
    asleep = Ticket.objects.filter(pk=ticket.pk, snoozed_until__isnull=False)
    due = asleep.filter(snoozed_until__lte=timezone.now()) if because == "time" else asleep  # somebody may have snoozed it anew
    if not due.update(snoozed_until=None):
        return False
    ticket.snoozed_until = None
    record_event(ticket, "woke", because=because)
    if because == "time" and ticket.assignee is not None:
        show_toast(ticket.assignee, Toast.Kind.ASSIGNED, lambda: _words(ticket), url=ticket.get_absolute_url(), about=[ticket.pk])
    return True


def _words(ticket: Ticket) -> tuple[str, str]:
    return _("It is back: %(subject)s") % {"subject": ticket.subject}, str(ticket.customer)


@task
def tend_tickets() -> None:
    """What comes by itself: sleepers whose time has come, and closings that customers' time lines do not tell yet. Old toasts and acts go."""
    for work in (wake_due, tell_closings, purge_toasts, purge_acts):
        try:
            work()
        except Exception:  # each is its own matter; the next run tries it again
            log.exception("%s failed", work.__name__)


def wake_due() -> int:
    """Those whose time has come, each in a transaction of its own. Returns how many."""
    woken = 0
    for ticket in Ticket.objects.open().filter(snoozed_until__lte=timezone.now()).select_related("assignee", "customer").order_by("snoozed_until"):
        try:
            woken += wake(ticket, because="time")
        except Exception:  # one that fails must not keep the others asleep; the next run tries it again
            log.exception("Ticket %s was not woken", ticket.pk)
    return woken


def read_until(choice: str, now: datetime) -> datetime:
    """later: in three hours; tomorrow: when the desk opens, a day from now or more; week: the same, in a week. Else an ISO time in the desk's zone.

    Raises NotATime.
    """
    if choice == "later":
        return now + LATER
    if choice in CHOICES:
        return _next_opening(desk_hours(), now, days=1 if choice == "tomorrow" else 7)
    try:
        until = datetime.fromisoformat(choice)
        return (until if until.tzinfo else timezone.make_aware(until)) + timedelta(0)
    except (ValueError, OverflowError):
        raise NotATime(_("Choose a day and a time.")) from None


def _next_opening(hours: BusinessHours, now: datetime, *, days: int) -> datetime:
    """The first from the midnight that many days ahead; nine o'clock of a desk that is open at midnight, or never again."""
    zone = timezone.get_default_timezone()
    day = now.astimezone(zone).date() + timedelta(days=days)
    begins = midnight(day)
    opening = opens_next(hours, begins)
    return opening if opening not in (None, begins) else datetime.combine(day, MORNING, zone)
