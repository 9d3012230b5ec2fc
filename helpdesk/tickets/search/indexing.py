"""The words of each ticket, kept true by the verbs that say something in it; customers who are called otherwise are caught up with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import batched

import phonenumbers
from django.db import transaction
from django.db.models.functions import Left
from django.tasks import task

from helpdesk.customers.models import Customer
from helpdesk.tickets.models.messages import Message
from helpdesk.tickets.models.search import Document, SearchText
from helpdesk.tickets.models.tickets import Ticket
from helpdesk.tickets.search.queries import FROM
from helpdesk.tickets.search.words import words

AT_ONCE = 200
MOST = 50 * AT_ONCE  # of one job: then others have their turn
MOST_WORDS = 16_000  # of a ticket: PostgreSQL knows no further places; the oldest messages are left out
MOST_LETTERS = 200_000  # of a ticket, and of one message


def index_tickets(numbers: Iterable[int]) -> int:
    """Writes down what these tickets are found by, from now on. Three queries for each AT_ONCE of them and one for each ticket's messages.

    Returns how many there are.
    """
    return sum(_index(batch) for batch in batched(numbers, AT_ONCE, strict=False))


@transaction.atomic
def _index(numbers: Sequence[int]) -> int:
    """Of two who say something at the same moment, the second waits for the ticket, and then sees what the first has said."""
    tickets = Ticket.objects.filter(pk__in=numbers).order_by("pk").select_related("customer").only("subject", *(f"customer__{name}" for name in CALLED))
    tickets = tickets.select_for_update(no_key=True, of=("self",))
    rows = [SearchText(ticket=ticket, document=document(ticket)) for ticket in tickets]
    SearchText.objects.bulk_create(rows, update_conflicts=True, unique_fields=["ticket"], update_fields=["document"])
    return len(rows)


CALLED = ("name", "email", "phone", "external_id")  # what a customer is found by; a change of these sets `Customer.renamed_at`


def document(ticket: Ticket) -> Document:
    """The newest messages first: a loop of two machines may fill it."""
    who = [words(name) for name in _names(ticket.customer)]
    head = [[str(ticket.pk)], words(ticket.subject), *who, *([FROM + word for word in name] for name in who)]
    return Document(head, list(_as_many_as_fit(_texts(ticket), sum(map(len, head)) + len(head))))


def _names(customer: Customer) -> Iterator[str]:
    """A phone as its digits, with and without its country."""
    yield from filter(None, (customer.name, customer.email, customer.external_id))
    if customer.phone:
        yield customer.phone
        yield str(_national(customer.phone))


def _national(phone: str) -> str:
    try:
        number = phonenumbers.format_number(phonenumbers.parse(phone), phonenumbers.PhoneNumberFormat.NATIONAL)
    except phonenumbers.NumberParseException:
        return ""
    return "".join(filter(str.isdigit, number))


def _texts(ticket: Ticket) -> Iterator[str]:
    newest = Message.objects.filter(ticket=ticket).order_by("-created_at", "-id")
    return newest.values_list(Left("text", MOST_LETTERS), flat=True).iterator(chunk_size=50)


def _as_many_as_fit(texts: Iterable[str], taken: int) -> Iterator[list[str]]:
    letters = MOST_LETTERS
    for text in texts:
        piece = words(text[:letters])[: MOST_WORDS - taken]
        taken, letters = taken + len(piece) + 1, letters - len(text)
        yield piece
        if taken >= MOST_WORDS or letters <= 0:
            return


@task
def index_renamed() -> int:
    """Tickets of customers whose name or key has changed. Locked, so that whoever changes again meanwhile is marked again.

    Returns how many tickets.
    """
    done = 0
    marked = Customer.objects.filter(renamed_at__isnull=False)
    for numbers in batched(list(marked.order_by("renamed_at").values_list("pk", flat=True)[:MOST]), AT_ONCE, strict=False):
        with transaction.atomic():
            customers = list(Customer.objects.filter(pk__in=numbers).order_by("pk").select_for_update(no_key=True))
            done += index_tickets(Ticket.objects.filter(customer__in=customers).values_list("pk", flat=True))
            marked.filter(pk__in=numbers).update(renamed_at=None)
    return done


@task
def index_missing() -> int:
    """What no verb has indexed: tickets from before there was a search, or written by other means. Returns how many."""
    return index_tickets(list(Ticket.objects.filter(search_text=None).order_by("-pk").values_list("pk", flat=True)[:MOST]))


def reindex() -> Iterator[int]:
    """All tickets, the newest first; yields how many are done."""
    done = 0
    numbers = Ticket.objects.order_by("-pk").values_list("pk", flat=True).iterator()
    for batch in batched(numbers, AT_ONCE, strict=False):
        done += _index(batch)
        yield done
