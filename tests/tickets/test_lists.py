"""The lists of the side bar (A6–A9)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.models import Agent, Role
from helpdesk.tickets.assignment import assign_agent, assign_team
from helpdesk.tickets.lifecycle import add_tag, close
from helpdesk.tickets.lists import COUNT_CAP, NoSuchList, counts, team_lists, tickets_in, view_lists
from helpdesk.tickets.models import SavedView, Ticket, ViewEntry
from tests.factories import make_agent, make_team, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def ida() -> Agent:
    return make_agent("Ida")


@pytest.fixture
def desk(ida: Agent) -> dict[str, Any]:
    """One ticket of each kind, two of them closed."""
    bob, team, view = make_agent("Bob"), make_team("Returns"), SavedView.objects.create(name="Fraud", icon="flag")
    tickets = {name: make_ticket(name) for name in ("mine", "bobs", "loose", "in team", "mine in team", "in view", "closed", "my closed")}
    for name in ("mine", "mine in team", "my closed"):
        assign_agent(tickets[name], ida, by=ida)
    assign_agent(tickets["bobs"], bob, by=bob)
    for name in ("in team", "mine in team"):
        assign_team(tickets[name], team, by=ida)
    ViewEntry.objects.create(view=view, ticket=tickets["in view"])
    for name in ("closed", "my closed"):
        close(tickets[name], by=ida)
    return {"tickets": tickets, "team": f"team-{team.pk}", "view": f"view-{view.pk}"}


def in_list(agent: Agent, key: str) -> set[str]:
    return {ticket.preview for ticket in tickets_in(agent, key)}


def test_lists_hold_the_open_tickets_that_belong_there(ida: Agent, desk: dict[str, Any]) -> None:
    """A6–A9, C3: Unassigned is open with neither assignee nor team; a view takes nothing away from it (R13)."""
    keys = ["mine", "unassigned", "all", desk["team"], desk["view"]]

    held = [in_list(ida, key) for key in keys]

    everything = {"mine", "bobs", "loose", "in team", "mine in team", "in view"}
    assert held == [{"mine", "mine in team"}, {"loose", "in view"}, everything, {"in team", "mine in team"}, {"in view"}]
    assert counts(ida) == dict(zip(keys, [2, 2, 6, 2, 1], strict=True))


def test_newest_message_is_first_and_the_later_of_two_at_once(ida: Agent) -> None:
    now = timezone.now()
    old, new, same = make_ticket("old"), make_ticket("new"), make_ticket("same")
    Ticket.objects.filter(pk=old.pk).update(last_message_at=now - timedelta(hours=1))
    Ticket.objects.filter(pk__in=[new.pk, same.pk]).update(last_message_at=now)

    assert [ticket.pk for ticket in tickets_in(ida, "all")] == [same.pk, new.pk, old.pk]


@pytest.mark.parametrize(
    "key", ["", "everything", "mine-1", "unassigned-", "all-all", "team", "team-", "team-x", "team--1", "view-1.5", "view", "segment-1", "team-1-2"]
)
def test_key_that_means_nothing_is_refused(ida: Agent, key: str) -> None:
    with pytest.raises(NoSuchList):
        tickets_in(ida, key)


@pytest.mark.parametrize("key", ["team-99999999999999999999999", "view-99999999999999999999999", "team-4711", "view-4711"])
def test_list_of_what_is_not_there_is_empty(ida: Agent, key: str) -> None:
    make_ticket()

    assert list(tickets_in(ida, key)) == []


@pytest.mark.parametrize("who", [{"role": Role.ANALYST}, {"role": Role.OWNER, "is_active": False}])
def test_whoever_does_not_answer_sees_nothing(desk: dict[str, Any], who: dict[str, Any]) -> None:
    """C4, V3."""
    outsider = make_agent("Outsider", **who)

    assert [in_list(outsider, key) for key in ("all", desk["team"], desk["view"])] == [set(), set(), set()]
    assert set(counts(outsider).values()) == {0}


def test_teams_and_views_are_listed_by_name() -> None:
    returns, billing = make_team("Returns"), make_team("Billing")
    view = SavedView.objects.create(name="Fraud", icon="flag")

    assert [(spec.key, spec.title) for spec in team_lists()] == [(f"team-{billing.pk}", "Billing"), (f"team-{returns.pk}", "Returns")]
    assert [(spec.key, spec.title, spec.icon) for spec in view_lists()] == [(f"view-{view.pk}", "Fraud", "flag")]


def test_counts_stop_just_above_the_cap(ida: Agent) -> None:
    """ "100+" needs no more: counting 100,000 rows takes as long as showing a page."""
    first = make_ticket()
    row = Ticket.objects.values("customer_id", "channel", "inbox", "subject").get(pk=first.pk)
    Ticket.objects.bulk_create([Ticket(**row, thread_key=str(number)) for number in range(COUNT_CAP + 5)])

    assert counts(ida) == {"mine": 0, "unassigned": COUNT_CAP + 1, "all": COUNT_CAP + 1}


@pytest.mark.parametrize("size", [1, 3])
def test_list_takes_two_queries_however_long(ida: Agent, django_assert_num_queries: Any, size: int) -> None:
    """All that a row shows: customer, assignee, team and tags."""
    team = make_team()
    for number in range(size):
        ticket = make_ticket()
        assign_agent(ticket, ida, by=ida)
        assign_team(ticket, team, by=ida)
        add_tag(ticket, f"tag {number}", by=ida)

    with django_assert_num_queries(2):
        shown = [(str(row.customer), str(row.assignee), str(row.team), [str(tag) for tag in row.tags.all()]) for row in tickets_in(ida, "all")]

    assert len(shown) == size
