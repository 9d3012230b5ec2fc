"""★ The story of a message, from the moment a transport has it to the agent whose turn it is.

A transport builds one `InboundMessage` and calls `receive_message`. Only when that has returned may
the transport answer 2xx, 250, or mark a mail as seen: by then the raw bytes, the customer, the ticket
and the job are committed. Everything after that is `process_message`, a job that may die anywhere
and be run again.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from textwrap import shorten
from typing import Literal

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.tasks import task
from django.utils import timezone

from agents.text import one_line, readable
from customer_agent.sentiment import SCORED_CHANNELS, ScorerUnavailable, score_text
from helpdesk.customers.memberships import update_memberships
from helpdesk.customers.models import Customer
from helpdesk.customers.profiles import NobodyNamed, identify
from helpdesk.tickets.acts.lifecycle import ThreadIsOpen, reopen, set_sentiment
from helpdesk.tickets.acts.merging import survivor, survivor_of
from helpdesk.tickets.acts.snoozing import wake
from helpdesk.tickets.acts.spam import add_quietly, is_blocked, open_quietly
from helpdesk.tickets.acts.tags import LONGEST, add_tag
from helpdesk.tickets.conversation.attachments import File
from helpdesk.tickets.conversation.messages import TicketClosed, add_customer_message, open_ticket
from helpdesk.tickets.metrics import TICKET_CREATED, hold_customer, tell
from helpdesk.tickets.models import Inbound, Message, Ticket
from routing.router import route_once_more, route_ticket

log = logging.getLogger(__name__)
OVERDUE = timedelta(seconds=60)
LATE = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30))  # when a scorer that was not there is asked again

Status = Literal["created", "appended", "duplicate", "quarantined"]


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who wrote, as far as the channel tells. At least one of the three keys is set."""

    email: str = ""
    phone: str = ""  # E.164
    external_id: str = ""
    name: str = ""
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class InboundMessage:
    """One message from outside, the same for all channels (C12).

    `external_id` is the provider's id or the Message-ID; with `inbox` it is the key against duplicates.
    `conversation_id` is what the channel itself calls the conversation (a chat session, a phone number,
    for mail the first Message-ID of the thread); messages with the same one, from the same sender, share a ticket.
    `reply_to_ticket` is a ticket number that our own signed token proved (V10).
    `tags` are those of the ticket that it opens. `html` is the same text as a mail laid it out, `files` what came with it.
    `is_automatic`: sent by a machine (RFC 3834), never to be answered automatically (V7).
    """

    channel: str
    inbox: str
    external_id: str
    conversation_id: str
    sender: Sender
    subject: str
    text: str
    raw: bytes
    html: str = ""
    files: tuple[File, ...] = ()
    sent_at: datetime | None = None
    reply_to_ticket: int | None = None
    is_automatic: bool = False
    tags: tuple[str, ...] = ()
    problems: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Receipt:
    """What became of a message. `ticket` and `message` are ids; both None when quarantined."""

    status: Status
    ticket: int | None = None
    message: int | None = None
    reason: str = ""


def fingerprint(raw: bytes) -> str:
    """The external id of a message that has none: SHA-256 of its bytes, in hexadecimal."""
    return hashlib.sha256(raw).hexdigest()


# 1. In the transport's call ------------------------------------------------------------------------


def receive_message(inbound: InboundMessage) -> Receipt:
    """Everything that must not be lost, in one transaction; the job is enqueued in the same one.

    Raises only what the database raises: then nothing was kept, and the transport must say "try again".
    A message whose (inbox, external_id) is known is a duplicate and changes nothing, unless that one
    could not be read: then this reading of it takes its place.
    """
    for _attempt in range(3):
        known = _known(inbound.inbox, inbound.external_id)
        if known is not None and known.status != Inbound.Status.QUARANTINED:
            return _duplicate(known)
        try:
            with transaction.atomic():
                return _keep(inbound, known or Inbound(inbox=inbound.inbox, external_id=inbound.external_id))
        except NobodyNamed as problem:
            return quarantine(channel=inbound.channel, inbox=inbound.inbox, external_id=inbound.external_id, raw=inbound.raw, reason=str(problem))
        except (TicketClosed, Ticket.DoesNotExist, IntegrityError):
            continue  # overtaken: by an agent who closed the ticket, or by the same message arriving twice at once
    raise OperationalError("The message could not be stored.")


def quarantine(*, channel: str, inbox: str, external_id: str, raw: bytes, reason: str) -> Receipt:
    """Keeps what could not be read, with the reason, for a person to look at and try again."""
    row, created = Inbound.objects.get_or_create(
        inbox=inbox,
        external_id=external_id,
        defaults={"channel": channel, "raw": raw, "reason": reason, "status": Inbound.Status.QUARANTINED},
    )
    if created:
        return Receipt("quarantined", reason=reason)
    if row.status == Inbound.Status.QUARANTINED:
        return Receipt("quarantined", reason=row.reason)
    return _duplicate(row)


def _known(inbox: str, external_id: str) -> Inbound | None:
    return Inbound.objects.select_related("message").defer("raw").filter(inbox=inbox, external_id=external_id).first()


def _duplicate(row: Inbound) -> Receipt:
    message = row.message
    return Receipt("duplicate", ticket=message.ticket_id if message else None, message=row.message_id)


def _keep(inbound: InboundMessage, row: Inbound) -> Receipt:
    at = timezone.now()
    _claim(row)
    customer = identify(**vars(inbound.sender))
    is_quiet = is_blocked(customer)
    ticket, is_new, must_route = _ticket_for(inbound, customer, at, is_quiet=is_quiet)
    wake(ticket, because="customer")
    add = add_quietly if is_quiet else add_customer_message
    row.message = add(ticket, readable(inbound.text), at=at, files=inbound.files, html=readable(inbound.html))
    for tag in filter(None, map(one_line, inbound.tags)) if is_new else ():
        add_tag(ticket, tag[:LONGEST], by=None)
    row.channel, row.raw, row.received_at, row.reason = inbound.channel, inbound.raw, at, ""
    row.status, row.needs_routing = (Inbound.Status.DONE if is_quiet else Inbound.Status.PENDING), must_route
    row.save()
    process_message.enqueue(row.pk)
    return Receipt("created" if is_new else "appended", ticket=ticket.pk, message=row.message_id)


def _claim(row: Inbound) -> None:
    """Of two who read a quarantined message at the same time, the second waits here until the first has committed."""
    if row.pk and not Inbound.objects.filter(pk=row.pk, status=Inbound.Status.QUARANTINED).update(reason=""):
        raise IntegrityError("Somebody else has read it.")


def _ticket_for(inbound: InboundMessage, customer: Customer, at: datetime, *, is_quiet: bool) -> tuple[Ticket, bool, bool]:
    """The ticket a message belongs to; whether it is new; and whether it must be routed: it is new, or has come back."""
    proven = Ticket.objects.filter(pk=inbound.reply_to_ticket, customer=customer).first() if inbound.reply_to_ticket else None
    key = _open_thread(inbound, customer) or thread_key(inbound, customer)
    found = survivor(proven) if proven else survivor_of(inbox=inbound.inbox, thread_key=key)
    if found and not is_quiet:
        ticket, is_back = _returned(found)
        return ticket, False, is_back
    subject = one_line(inbound.subject) or _first_words(readable(inbound.text))
    language = inbound.sender.language or customer.language
    begin = open_quietly if is_quiet else open_ticket
    ticket, is_new = begin(customer=customer, channel=inbound.channel, inbox=inbound.inbox, thread_key=key, subject=subject, language=language, at=at)
    return ticket, is_new, is_new and not is_quiet


def _open_thread(inbound: InboundMessage, customer: Customer) -> str | None:
    """The key of the same conversation from when this customer was two profiles, if its ticket is still open."""
    keys = [thread_key(inbound, former) for former in customer.former()]
    return Ticket.objects.filter(inbox=inbound.inbox, thread_key__in=keys, closed_at=None).values_list("thread_key", flat=True).first() if keys else None


def thread_key(inbound: InboundMessage, customer: Customer) -> str:
    """Of one conversation as the channel sees it. The customer is part of it: nobody writes into another's thread (V10)."""
    return fingerprint(f"{inbound.channel}\0{customer.pk}\0{inbound.conversation_id}".encode())


def _returned(ticket: Ticket) -> tuple[Ticket, bool]:
    """The ticket of a reply, reopened where it was closed (C21)."""
    try:
        return ticket, reopen(ticket, by=None)
    except ThreadIsOpen:
        return Ticket.objects.get(inbox=ticket.inbox, thread_key=ticket.thread_key, closed_at=None), False


def _first_words(text: str) -> str:
    return shorten(text, width=80, placeholder="…") or "(no text)"


# 2. In a worker ------------------------------------------------------------------------------------


@task
def process_message(inbound_id: int) -> None:
    """Score, look up the customer's segments, route, give. Safe to repeat: every step knows whether it has been done."""
    row = Inbound.objects.select_related("message__ticket__customer").defer("raw").get(pk=inbound_id)
    if row.status != Inbound.Status.PENDING or row.message is None:
        return
    ticket = row.message.ticket
    cause = _cause(ticket)
    if row.needs_routing:
        is_read = read_sentiment(ticket, row.message.text)
        look_up_segments(ticket.customer)
        route_ticket(ticket.pk, cause=cause)
        if not is_read:
            read_late.using(run_after=timezone.now() + LATE[0]).enqueue(row.message.pk, 0)
    _finish(row, ticket, cause)


def _cause(ticket: Ticket) -> str:
    """Each time that a ticket is opened it is decided once, whichever message or person opened it."""
    opening = ticket.history.filter(kind__in=("created", "reopened")).latest("pk")
    return f"{opening.kind} {opening.pk}"


@transaction.atomic
def _finish(row: Inbound, ticket: Ticket, cause: str) -> None:
    """Whoever reopened the ticket in the meantime wants it read again: then the message stays pending, and the sweep finds it."""
    hold_customer(ticket)
    Ticket.objects.hold(ticket.pk)
    if _cause(ticket) == cause:
        if row.needs_routing and cause.startswith("created"):
            tell(Ticket.objects.select_related("customer", "team").get(pk=ticket.pk), TICKET_CREATED, at=ticket.created_at)
        pending = Inbound.objects.filter(pk=row.pk, status=Inbound.Status.PENDING, needs_routing=row.needs_routing)
        pending.update(status=Inbound.Status.DONE)


def look_up_segments(customer: Customer) -> None:
    """Rules and teams ask for segments as they are at this moment; whatever fails there, the ticket is routed all the same."""
    try:
        update_memberships([customer], timezone.now())
    except Exception:  # the customer stays marked as changed, so the job for segments tries again
        log.exception("The segments of customer %s were not looked up", customer.pk)


def read_sentiment(ticket: Ticket, text: str) -> bool:
    """S2, S14: on creation and on coming back. False where no verdict came in time: the ticket is routed all the same (C11)."""
    if ticket.sentiment_label or ticket.channel not in SCORED_CHANNELS:
        return True
    try:
        verdict = score_text(text, ticket.language, within=settings.SENTIMENT_TIME_LIMIT)
    except ScorerUnavailable:
        return False
    except Exception:  # whatever a model or its server does, no customer waits in nobody's list for it
        log.exception("Ticket %s was not scored", ticket.pk)
        return False
    set_sentiment(ticket, score=verdict.score, label=verdict.label, model=verdict.model, quotes=list(verdict.evidence), repaired=verdict.repaired)
    return True


@task
def read_late(message_id: int, attempt: int) -> None:
    """C11: a score that comes after all routes the ticket once more, if nobody has it. Some attempts, with growing pauses."""
    message = Message.objects.select_related("ticket__customer").get(pk=message_id)
    ticket = message.ticket
    if not ticket.is_open or ticket.sentiment_label:
        return
    if read_sentiment(ticket, message.text):
        route_once_more(ticket.pk, cause=f"scored {ticket.history.filter(kind='scored').latest('pk').pk}")
    elif attempt + 1 < len(LATE):
        read_late.using(run_after=timezone.now() + LATE[attempt + 1]).enqueue(message_id, attempt + 1)


@task
def sweep() -> int:
    """Finds messages that no job has finished: a queue lost them, their worker died, or a person has reopened their ticket.

    Returns how many.
    """
    overdue = timezone.now() - OVERDUE
    pending = Inbound.objects.filter(status=Inbound.Status.PENDING, received_at__lt=overdue).order_by("received_at")
    ids = list(pending.values_list("pk", flat=True))  # all of them: the oldest may be those that fail each time
    for inbound_id in ids:
        try:
            process_message.func(inbound_id)
        except Exception:  # one that fails must not keep the others waiting; it stays pending, so the next sweep finds it
            log.exception("Received message %s was not worked off", inbound_id)
    return len(ids)
