"""The tickets above and below one, in the list that it is looked at from."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from agents.models import Agent
from helpdesk.inbox.lists.neighbours import Neighbours, neighbours
from helpdesk.inbox.lists.shown import ShownList
from helpdesk.tickets.acts.lifecycle import close, set_sentiment
from helpdesk.tickets.models import Ticket
from tests.factories import make_ticket

pytestmark = pytest.mark.django_db


def shown(reader: Agent, asked: str = "") -> ShownList:
    return ShownList.at(reader, "all", QueryDict(asked))


def test_neighbours_are_as_the_list_has_them(ada: Agent) -> None:
    first, second, third = (Ticket.objects.get(pk=make_ticket("Hello").pk) for _ in range(3))

    assert [neighbours(shown(ada), ticket) for ticket in (third, second, first)] == [
        Neighbours(None, second.pk),
        Neighbours(third.pk, first.pk),
        Neighbours(second.pk, None),
    ]


def test_neighbours_follow_the_order_and_the_filters(ada: Agent) -> None:
    calm, upset, found = make_ticket("Lamp"), make_ticket("Lamp"), make_ticket("Table")
    for ticket, score in ((calm, 9), (upset, 1), (found, 5)):
        set_sentiment(ticket, score=score, label="neutral")
    tickets = {ticket.pk: Ticket.objects.get(pk=ticket.pk) for ticket in (calm, upset, found)}

    assert neighbours(shown(ada, "sort=upset"), tickets[found.pk]) == Neighbours(upset.pk, calm.pk)
    assert neighbours(shown(ada, "sort=upset&q=lamp"), tickets[found.pk]) == Neighbours(upset.pk, calm.pk)
    assert neighbours(shown(ada, "q=table"), tickets[found.pk]) == Neighbours(None, None)


def test_ticket_that_left_the_list_has_neighbours_still(ada: Agent) -> None:
    first, second, third = (make_ticket("Hello") for _ in range(3))
    close(second, by=ada)

    assert neighbours(shown(ada), Ticket.objects.get(pk=second.pk)) == Neighbours(third.pk, first.pk)
