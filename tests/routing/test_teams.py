"""Tags and segments that bring tickets to teams, after the rules (A3, A10, A12, C13)."""

from __future__ import annotations

from typing import Any

import pytest

from agents.models import Team
from helpdesk.customers.models import Segment
from helpdesk.tickets.acts.tags import add_tag
from helpdesk.tickets.models import Tag, Ticket
from routing.models import RoutingDecision, TeamMatching
from routing.router import route_ticket
from routing.teams import match_teams
from tests.factories import any_of, make_agent, make_rule, make_team, make_ticket
from tests.people import at_once
from tests.tickets.reading import again

pytestmark = pytest.mark.django_db
CHANNEL_IS_EMAIL = {"type": "ticket-property", "property": "channel", "filter": {"type": "string", "operator": "equals", "value": "email"}}


def takes(name: str, *, tags: tuple[str, ...] = (), segments: tuple[Segment, ...] = ()) -> Team:
    team = make_team(name)
    matching = TeamMatching.objects.create(team=team)
    matching.tags.set([Tag.objects.get_or_create(name=tag)[0] for tag in tags])
    matching.segments.set(segments)
    return team


def tagged(*names: str, **fields: Any) -> Ticket:
    ticket = make_ticket(**fields)
    for name in names:
        add_tag(ticket, name, by=None)
    return ticket


def decided(ticket: Ticket) -> RoutingDecision:
    return route_ticket(ticket.pk, cause="created 1")


def test_tag_brings_a_ticket_to_its_team_and_to_a_member() -> None:
    """A12: it is assigned to a member of that team, and to nobody else."""
    returns, ida = takes("Returns", tags=("Returns", "Shipping")), make_agent("Ida", online=True)
    make_agent("Bo", online=True)
    returns.members.add(ida)
    ticket = tagged("Shipping", "Other")

    decision = decided(ticket)

    assert (again(ticket).team, again(ticket).assignee) == (returns, ida)
    assert decision.teams == [{"team": returns.pk, "name": "Returns", "because": [["tag", "Shipping"]]}]


def test_segment_of_the_customer_brings_a_ticket_to_its_team() -> None:
    """A3, A10."""
    vip = Segment.objects.create(name="VIP")
    lounge = takes("Lounge", segments=(vip,))
    member = make_ticket()
    vip.memberships.create(customer=member.customer)

    decision = decided(member)

    assert again(member).team == lounge
    assert decision.teams[0]["because"] == [["segment", "VIP"]]


def test_former_member_is_no_member() -> None:
    vip = Segment.objects.create(name="VIP")
    takes("Lounge", segments=(vip,))
    ticket = make_ticket()
    vip.memberships.create(customer=ticket.customer, until=ticket.created_at)

    assert (decided(ticket).teams, again(ticket).team) == ([], None)


def test_rule_goes_before_tags_and_segments() -> None:
    """C13."""
    takes("Returns", tags=("Returns",))
    orders = make_team("Orders")
    make_rule(to=orders, when=any_of(CHANNEL_IS_EMAIL))
    ticket = tagged("Returns")

    assert (decided(ticket).teams, again(ticket).team) == ([], orders)


def test_ticket_of_no_team_goes_to_everybody() -> None:
    takes("Returns", tags=("Returns",))
    ida = make_agent("Ida", online=True)
    ticket = tagged("Chit-chat")

    decision = decided(ticket)

    assert (decision.teams, again(ticket).team, again(ticket).assignee) == ([], None, ida)


def test_teams_that_match_alike_alternate() -> None:
    """C13: also when tickets of one of them alone come in between."""
    one, two = takes("One", tags=("Returns",)), takes("Two", tags=("Returns", "Loud"))

    teams = [again(ticket).team for ticket in _routed(["Returns"], ["Returns"], ["Loud"], ["Returns"], ["Returns"])]

    assert teams == [one, two, two, one, two]


def _routed(*all_tags: list[str]) -> list[Ticket]:
    tickets = [tagged(*tags, external_id=str(i), conversation_id=str(i)) for i, tags in enumerate(all_tags)]
    for ticket in tickets:
        decided(ticket)
    return tickets


@pytest.mark.django_db(transaction=True)
def test_alternation_holds_for_tickets_at_once() -> None:
    one, two = takes("One", tags=("Returns",)), takes("Two", tags=("Returns",))
    tickets = [tagged("Returns", external_id=str(i), conversation_id=str(i)) for i in range(8)]

    at_once(*[lambda ticket=ticket: decided(ticket) for ticket in tickets])

    teams = [again(ticket).team for ticket in tickets]
    assert (teams.count(one), teams.count(two)) == (4, 4)


def test_queries_do_not_grow_with_teams(django_assert_max_num_queries: Any) -> None:
    for i in range(5):
        takes(f"Team {i}", tags=("Returns",))
    ticket = Ticket.objects.select_related("customer").get(pk=tagged("Returns").pk)

    with django_assert_max_num_queries(5):
        assert len(match_teams(ticket)) == 5
