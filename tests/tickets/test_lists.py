"""The lists of the side bar (A6–A9)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.models import Agent, Role
from helpdesk.tickets.acts.assignment import assign_agent, assign_team
from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.acts.tags import add_tag
from helpdesk.tickets.lists.finding import COUNT_CAP, ORDERS, NoSuchList, as_rows, counts
from helpdesk.tickets.lists.saved_views import create_view
from helpdesk.tickets.models import SavedView, Ticket, ViewEntry
from tests.factories import CHANNEL_IS_SMS, all_of, make_agent, make_team, make_ticket
from tests.tickets.reading import tickets_in

pytestmark = pytest.mark.django_db
NOT_THERE = ("team-4711", "view-4711", "team-99999999999999999999999", "view-99999999999999999999999")


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
    "key",
    [
        "",
        "everything",
        "mine-1",
        "unassigned-",
        "all-all",
        "team",
        "team-",
        "team-x",
        "team--1",
        "view-1.5",
        "view",
        "segment-1",
        "team-1-2",
        "team-4711",
        "view-4711",
        "team-99999999999999999999999",
        "view-99999999999999999999999",
    ],
)
def test_key_that_means_nothing_is_refused(ida: Agent, key: str) -> None:
    with pytest.raises(NoSuchList):
        tickets_in(ida, key)


@pytest.mark.parametrize("who", [{"role": Role.ANALYST}, {"role": Role.OWNER, "is_active": False}])
def test_whoever_does_not_answer_sees_nothing(desk: dict[str, Any], who: dict[str, Any]) -> None:
    """C4, V3."""
    outsider = make_agent("Outsider", **who)

    assert [in_list(outsider, key) for key in ("all", desk["team"], desk["view"])] == [set(), set(), set()]
    assert set(counts(outsider).values()) == {0}


def test_view_of_somebody_else_is_not_there(ida: Agent) -> None:
    """V3: a personal view is its owner's alone, and everybody's is everybody's."""
    sms, bob, manager = all_of(CHANNEL_IS_SMS), make_agent("Bob"), make_agent(role=Role.MANAGER)
    his, shared = create_view("His", sms, by=bob), create_view("Shared", sms, by=manager, is_shared=True)
    ticket = make_ticket(channel="sms")

    with pytest.raises(NoSuchList):
        tickets_in(ida, f"view-{his.pk}")
    assert [list(tickets_in(ida, f"view-{shared.pk}")), list(tickets_in(bob, f"view-{his.pk}"))] == [[ticket], [ticket]]
    assert counts(ida) == {"mine": 0, "unassigned": 1, "all": 1, f"view-{shared.pk}": 1}


def test_snoozed_ticket_is_in_no_list_until_it_wakes(ida: Agent, desk: dict[str, Any]) -> None:
    Ticket.objects.filter(preview="mine in team").update(snoozed_until=timezone.now() + timedelta(hours=1))

    assert [in_list(ida, key) for key in ("mine", desk["team"])] == [{"mine"}, {"in team"}]
    assert (counts(ida)["mine"], counts(ida)[desk["team"]]) == (1, 1)


@pytest.mark.parametrize("order", ["newest", "waiting", "upset"])
@given(data=st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_of_every_order_give_each_ticket_once(ida: Agent, order: str, data: st.DataObject) -> None:
    """S6: by any column, ties and missing values included; reading on from any row loses and doubles nothing."""
    now = timezone.now()
    times = st.sampled_from([now, now - timedelta(hours=1), now - timedelta(days=1)])
    Ticket.objects.all().delete()
    for _ in range(data.draw(st.integers(0, 7))):
        score = data.draw(st.sampled_from([None, 0, 5, 5, 9]))
        wanted = {"last_message_at": data.draw(times), "waiting_since": data.draw(st.none() | times), "sentiment_score": score}
        Ticket.objects.filter(pk=make_ticket().pk).update(**wanted, sentiment_label="" if score is None else "neutral")
    everything = [*ORDERS[order].sort(Ticket.objects.all())]

    read, page = [], [*ORDERS[order].sort(Ticket.objects.all())[:2]]
    while page:
        read += page
        page = [*ORDERS[order].after(ORDERS[order].sort(Ticket.objects.all()), ORDERS[order].cursor_of(page[-1]))[:2]]

    assert read == everything
    assert everything == sorted(everything, key=KEYS[order])


KEYS: dict[str, Any] = {
    "newest": lambda ticket: (-ticket.last_message_at.timestamp(), -ticket.pk),
    "waiting": lambda ticket: (ticket.waiting_since is None, ticket.waiting_since or 0, ticket.pk),
    "upset": lambda ticket: (11 if ticket.sentiment_score is None else ticket.sentiment_score, ticket.pk),
}


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
        shown = [(str(row.customer), str(row.assignee), str(row.team), [str(tag) for tag in row.shown_tags]) for row in as_rows(tickets_in(ida, "all"))]

    assert len(shown) == size
