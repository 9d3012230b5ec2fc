"""One thing done to many tickets: in a number of statements that does not grow with them, and undone the same way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, Field, Max, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.models import Agent
from helpdesk.tickets.acts.turns import take_turns_back
from helpdesk.tickets.events import record_events
from helpdesk.tickets.metrics import TICKET_CLOSED, hold_customers, take_back_many
from helpdesk.tickets.models import Act, Block, Tag, Ticket, TicketEvent, ViewEntry
from helpdesk.tickets.permissions import NotAllowed, must_answer

READ = (
    *("assignee", "assigned_automatically", "team", "customer", "channel", "inbox", "thread_key", "subject", "priority"),
    *("closed_at", "snoozed_until", "waiting_since", "is_spam", "sentiment_label", "sentiment_score"),
)
MOST = 10_000  # tickets of one act
KEPT = timedelta(days=30)  # for so long an act can be undone


@dataclass(frozen=True)
class Chosen:
    """Ticket numbers; `seen` is who had each when the person looked, where that is known (A23)."""

    numbers: Sequence[int]
    seen: Mapping[int, int | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """Tickets to which the same is done: the values of their fields, and the rows of their history. `follow`: rows of what nobody did by hand."""

    tickets: list[Ticket]
    values: Mapping[str, Any]
    events: Sequence[tuple[str, Mapping[str, Any]]]
    follow: Sequence[tuple[str, Mapping[str, Any]]] = ()


@dataclass(frozen=True)
class Outcome:
    """`act` is None where nothing changed, or where nothing can be undone. `left`: sentences about tickets that stayed as they were."""

    changed: int
    act: Act | None = None
    left: Sequence[str] = ()


def hold(chosen: Chosen, *, by: Agent) -> list[Ticket]:
    """Those that this person may act on (A1, V3), locked in the order of their numbers until commit.

    SQLite has no row locks, and needs none: a transaction has the whole database to itself.
    """
    must_answer(by)
    found = Ticket.objects.visible_to(by).filter(pk__in=list(chosen.numbers)[:MOST])
    return list(found.order_by("pk").select_for_update(no_key=True).only(*READ))


def carry_out(
    kind: str, parts: Iterable[Part], *, by: Agent, besides: Mapping[str, Any] | None = None, is_told: bool = True, left: Sequence[str] = ()
) -> Outcome:
    """Inside the caller's transaction, with tickets that `hold` gave. `besides`: see `_restore_besides`."""
    parts = [part for part in parts if part.tickets]
    was = {str(ticket.pk): _values(ticket, part.values) for part in parts for ticket in part.tickets}
    if not was:
        return Outcome(0, left=left)
    take_turns_back(ticket for part in parts if "assignee" in part.values for ticket in part.tickets)
    for part in parts:
        if part.values:
            Ticket.objects.filter(pk__in=[ticket.pk for ticket in part.tickets]).update(**part.values)
    latest = record_events([(part.tickets, kind, data) for part in parts for kind, data in part.events], by=by)
    latest = record_events([(part.tickets, kind, data) for part in parts for kind, data in part.follow], by=None) or latest
    act = Act.objects.create(kind=kind, by=by, was=was, besides=dict(besides or {}), last_event=latest, is_told=is_told)
    return Outcome(len(was), act, left)


def _values(ticket: Ticket, names: Iterable[str]) -> dict[str, Any]:
    values = {name: getattr(ticket, _field(name).attname) for name in names}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def _field(name: str) -> Field[Any, Any]:
    field = Ticket._meta.get_field(name)
    assert isinstance(field, Field)
    return field


@transaction.atomic
def undo(act: Act, *, by: Agent) -> Outcome:
    """What was before, for the tickets that nobody has touched since. Once, and by whoever did it: else NotAllowed."""
    if act.by_id != by.pk:
        raise NotAllowed(_("Only the person who did this can undo it."))
    if not Act.objects.filter(pk=act.pk, undone_at=None).update(undone_at=timezone.now()):
        return Outcome(0)
    numbers = [int(number) for number in act.was]
    if closes := "closed_at" in act.besides:
        hold_customers(numbers)
    untouched = _untouched(act, hold(Chosen(numbers), by=by))
    take_turns_back(ticket for ticket in untouched if "assignee" in act.was[str(ticket.pk)])
    try:
        _restore(act, untouched)
    except IntegrityError:  # the customer opened another ticket of the conversation at this very moment
        raise NotAllowed(_("The customer has written again since: that conversation has an open ticket of its own.")) from None
    _restore_besides(act, untouched)
    if closes:
        take_back_many(untouched, TICKET_CLOSED, key=act.last_event)
    record_events([(untouched, "undone", {"what": act.kind})], by=by)
    return Outcome(len(untouched))


def purge_acts() -> None:
    """Nobody undoes what is older than KEPT. What time lines do not tell yet stays."""
    Act.objects.filter(is_told=True, at__lt=timezone.now() - KEPT).delete()


def _untouched(act: Act, held: Sequence[Ticket]) -> list[Ticket]:
    """Where the customer has opened another ticket of the same conversation, the closed one stays closed."""
    numbers = [ticket.pk for ticket in held]
    later = TicketEvent.objects.filter(ticket__in=numbers).values("ticket").annotate(latest=Max("pk")).filter(latest__gt=act.last_event)
    left = set(later.values_list("ticket", flat=True))
    if any("closed_at" in was for was in act.was.values()):
        left.update(with_open_twin(numbers))
    return [ticket for ticket in held if ticket.pk not in left]


def with_open_twin(numbers: Sequence[int]) -> set[int]:
    """Those whose conversation has another ticket that is open: of each conversation one can be."""
    twin = Ticket.objects.open().filter(inbox=OuterRef("inbox"), thread_key=OuterRef("thread_key")).exclude(pk=OuterRef("pk"))
    return set(Ticket.objects.filter(Exists(twin), pk__in=numbers).values_list("pk", flat=True))


def _restore(act: Act, tickets: Sequence[Ticket]) -> None:
    """All fields of a ticket at once, since a CHECK may want two together; each ticket its own values, in one statement with many parameters."""
    alike: dict[tuple[str, ...], list[Ticket]] = {}
    for ticket in tickets:
        alike.setdefault(tuple(sorted(act.was[str(ticket.pk)])), []).append(ticket)
    for names, some in alike.items():
        if names:
            _write([_field(name) for name in names], some, act.was)


def _write(fields: Sequence[Field[Any, Any]], tickets: Sequence[Ticket], was: Mapping[str, Mapping[str, Any]]) -> None:
    rows = []
    for ticket in tickets:
        for each in fields:
            setattr(ticket, each.attname, each.to_python(was[str(ticket.pk)][each.name]))
        rows.append([*(each.get_db_prep_save(getattr(ticket, each.attname), connection) for each in fields), ticket.pk])
    changes = ", ".join(f"{each.column} = %s" for each in fields)
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {Ticket._meta.db_table} SET {changes} WHERE id = %s", rows)  # noqa: S608  # columns alone


def _restore_besides(act: Act, tickets: Sequence[Ticket]) -> None:
    """`added`, `removed`: the number of a tag; `views`: places in views, as rows; `blocked`: numbers of customers; `unblocked`: rows of Block."""
    numbers, customers = {ticket.pk for ticket in tickets}, {ticket.customer_id for ticket in tickets}
    if tag := act.besides.get("added"):
        Ticket.tags.through.objects.filter(tag_id=tag, ticket__in=numbers).delete()
    if tag := Tag.objects.filter(pk=act.besides.get("removed", 0)).first():
        add_rows_of(tag, numbers)
    places = [ViewEntry(**place) for place in act.besides.get("views", []) if place["ticket_id"] in numbers]
    ViewEntry.objects.bulk_create(places, ignore_conflicts=True)
    Block.objects.filter(customer__in=customers.intersection(act.besides.get("blocked", []))).delete()
    blocks = [Block(**block) for block in act.besides.get("unblocked", []) if block["customer_id"] in customers]
    Block.objects.bulk_create(blocks, ignore_conflicts=True)


def add_rows_of(tag: Tag, numbers: Iterable[int]) -> None:
    rows = Ticket.tags.through
    rows.objects.bulk_create([rows(tag_id=tag.pk, ticket_id=number) for number in numbers], ignore_conflicts=True)


def in_short(numbers: Iterable[int]) -> str:
    """“#12, #13”: the first ten."""
    shown = [f"#{number}" for number in numbers]
    return ", ".join(shown[:10]) + (" …" if shown[10:] else "")
