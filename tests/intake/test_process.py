"""What a worker does with a message: score, route, give; and the sweep for what a queue lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_ox.testing import run_tasks

from agents.models import Toast
from helpdesk import intake
from helpdesk.customers.profiles import identify, track
from helpdesk.customers.segments import create_segment
from helpdesk.intake import Sender, process_message, quarantine, sweep
from helpdesk.tickets.acts.assignment import assign_agent
from helpdesk.tickets.acts.lifecycle import close, reopen
from helpdesk.tickets.models import Inbound, Message, SavedView, Ticket
from routing.models import RoutingDecision
from routing.reasons import verdicts
from routing.shifts import go_offline
from tests.factories import PLACED_ORDER_IN_2_HOURS, TAGS_CONTAIN_ORDER, all_of, any_of, make_agent, make_rule, make_team, make_ticket, receive
from tests.tickets.reading import again, history

pytestmark = pytest.mark.django_db
ADA = Sender(email="ada@example.com")
CHANNEL_IS_EMAIL = {"type": "ticket-property", "property": "channel", "filter": {"type": "string", "operator": "equals", "value": "email"}}
ANGRY = {"type": "ticket-property", "property": "sentiment_score", "filter": {"type": "numeric", "operator": "less-than", "value": 4}}


def work() -> None:
    """As a worker does, until the queue is empty."""
    run_tasks(raise_failures=True)


def kinds(ticket: Ticket) -> list[str]:
    return [kind for kind, _, _ in history(ticket)]


def make_overdue() -> None:
    Inbound.objects.update(received_at=timezone.now() - timedelta(seconds=61))


def test_message_is_scored_routed_and_given() -> None:
    """S4, S7, R12, A4: the whole story."""
    ida, team = make_agent("Ida", online=True), make_team("Seniors")
    team.members.add(ida)
    make_rule(to=team, when=all_of(ANGRY))

    ticket = make_ticket("2 stars, where is it?")
    work()

    row = again(ticket)
    assert (row.sentiment_score, row.sentiment_label, row.team, row.assignee) == (2, "negative", team, ida)
    assert kinds(ticket) == ["scored", "team_set", "assigned", "routed"]
    assert Inbound.objects.get().status == "done"
    assert Toast.objects.get().agent == ida


def test_same_job_again_changes_nothing() -> None:
    """A worker may die anywhere, and its job is run again."""
    make_agent(online=True)
    ticket = make_ticket()
    work()
    before = history(ticket)

    for status in ("done", "pending"):  # as after the last step, and as just before it
        Inbound.objects.update(status=status)
        process_message.func(Inbound.objects.get().pk)

    assert history(ticket) == before
    assert (RoutingDecision.objects.count(), Toast.objects.count(), Inbound.objects.get().status) == (1, 1, "done")


@pytest.mark.parametrize("scorer", ["Away", "Broken"])
def test_without_a_score_it_is_routed_all_the_same(settings: Any, scorer: str) -> None:
    """C11."""
    settings.SENTIMENT_SCORER = f"tests.intake.scorers.{scorer}"
    ida = make_agent(online=True)

    ticket = make_ticket()
    work()

    assert (again(ticket).sentiment_label, again(ticket).assignee) == ("", ida)
    assert Inbound.objects.get().status == "done"


@pytest.mark.parametrize(("channel", "is_scored"), [("email", True), ("sms", True), ("webchat", True), ("api", True), ("social", False)])
def test_channels_that_are_scored(channel: str, is_scored: bool) -> None:
    """S2, C12."""
    ticket = make_ticket("9 of 10", channel=channel)
    work()

    assert again(ticket).sentiment_label == ("promoter" if is_scored else "")


def test_later_message_is_neither_scored_nor_routed() -> None:
    """S14, S15."""
    ticket = make_ticket("9 of 10", sender=ADA, conversation_id="one")
    work()

    receive("1 of 10", sender=ADA, conversation_id="one")
    work()

    assert (again(ticket).sentiment_score, RoutingDecision.objects.count()) == (9, 1)
    assert set(Inbound.objects.values_list("status", flat=True)) == {"done"}


def test_returning_ticket_is_scored_and_routed_again() -> None:
    """S16, C21: by the message that brought it back, to somebody who is Online."""
    bob = make_agent("Bob", online=True)
    ticket = make_ticket("9 of 10", sender=ADA)
    work()
    close(ticket, by=bob)
    go_offline(bob)
    ida = make_agent("Ida", online=True)

    receive("1 of 10", sender=ADA, reply_to_ticket=ticket.pk)
    work()

    assert (again(ticket).sentiment_score, again(ticket).assignee, RoutingDecision.objects.count()) == (1, ida, 2)
    assert kinds(ticket) == ["scored", "assigned", "routed", "closed", "reopened", "unassigned", "scored", "assigned", "routed"]


def test_ticket_reopened_by_hand_is_scored_and_routed_again() -> None:
    """S16, C21."""
    bob = make_agent("Bob", online=True)
    ticket = make_ticket("2 stars")
    work()
    close(ticket, by=bob)
    go_offline(bob)
    ida = make_agent("Ida", online=True)
    make_overdue()

    reopen(again(ticket), by=ida)
    unscored = again(ticket).sentiment_label
    sweep.func()

    assert (unscored, again(ticket).sentiment_score, again(ticket).assignee) == ("", 2, ida)
    assert RoutingDecision.objects.count() == 2


@pytest.mark.parametrize("is_routing_message", [True, False])
def test_ticket_reopened_by_hand_while_it_is_worked_off_is_routed_again(monkeypatch: pytest.MonkeyPatch, is_routing_message: bool) -> None:
    """C21: whichever of its messages a worker has at that moment."""
    bob, ticket = make_agent("Bob"), make_ticket("2 stars", sender=ADA, conversation_id="one")
    if not is_routing_message:
        work()
        receive(sender=ADA, conversation_id="one")
    row, cause = Inbound.objects.latest("pk"), intake._cause

    def reopen_just_after(read: Ticket) -> str:
        monkeypatch.undo()
        before = cause(read)
        close(again(ticket), by=bob)
        reopen(again(ticket), by=bob)
        return before

    monkeypatch.setattr(intake, "_cause", reopen_just_after)
    process_message.func(row.pk)
    make_overdue()
    sweep.func()

    latest = ticket.history.get(kind="reopened")
    assert ticket.decisions.filter(cause=f"reopened {latest.pk}").count() == 1
    assert set(Inbound.objects.values_list("status", flat=True)) == {"done"}


def test_returning_ticket_of_somebody_online_stays_and_enters_views_anew() -> None:
    """C20, C21."""
    bob, view = make_agent("Bob", online=True), SavedView.objects.create(name="Mail")
    make_rule(to=view, when=all_of(CHANNEL_IS_EMAIL))
    ticket = make_ticket(sender=ADA)
    work()
    close(ticket, by=bob)

    receive(sender=ADA, reply_to_ticket=ticket.pk)
    work()

    assert (again(ticket).assignee, list(view.tickets.all())) == (bob, [ticket])


def test_ticket_closed_before_its_turn_is_scored_and_goes_nowhere() -> None:
    """C20: a closed ticket is in no view. Reopened, it is routed."""
    ida, team, view = make_agent(online=True), make_team(), SavedView.objects.create(name="All")
    team.members.add(ida)
    for destination in (team, view):
        make_rule(to=destination, when=any_of(CHANNEL_IS_EMAIL, TAGS_CONTAIN_ORDER))
    ticket = make_ticket()
    close(ticket, by=ida)

    work()

    row = again(ticket)
    assert (row.sentiment_label, row.assignee, row.team, list(view.tickets.all())) == ("neutral", None, None, [])
    assert Inbound.objects.get().status == "done"
    reopen(row, by=ida)
    make_overdue()
    sweep.func()
    assert (again(ticket).assignee, again(ticket).team, list(view.tickets.all())) == (ida, team, [ticket])


def test_ticket_taken_by_hand_before_its_turn_stays_with_whoever_took_it() -> None:
    """A20: and nobody's turn is used up."""
    ida, bob = make_agent("Ida"), make_agent("Bob", online=True)
    ticket = make_ticket()
    assign_agent(ticket, ida, by=ida)

    work()

    assert (again(ticket).assignee, RoutingDecision.objects.get().agent) == (ida, None)
    assert hasattr(bob, "ledger_entry") is False


def test_quarantined_message_is_not_processed() -> None:
    quarantine(channel="email", inbox="i", external_id="1", raw=b"", reason="No sender.")

    process_message.func(Inbound.objects.get().pk)

    assert Inbound.objects.get().status == "quarantined"


def test_sweep_finds_what_the_queue_lost() -> None:
    """The rule above all: the row is enough."""
    ida = make_agent(online=True)
    ticket = make_ticket()
    make_overdue()

    swept = sweep.func()

    assert (swept, again(ticket).assignee, Inbound.objects.get().status) == (1, ida, "done")
    assert sweep.func() == 0


def test_sweep_leaves_what_a_worker_may_have() -> None:
    """Younger than a minute, done, or not readable."""
    quarantine(channel="email", inbox="i", external_id="1", raw=b"", reason="No sender.")
    make_ticket()
    Inbound.objects.filter(status="pending").update(status="done")
    make_overdue()
    young = make_ticket()

    swept = sweep.func()

    assert (swept, again(young).history.filter(kind="routed").exists()) == (0, False)


def test_sweep_reaches_every_message() -> None:
    """However many older ones fail each time."""
    ticket = make_ticket()
    messages = Message.objects.bulk_create(Message(ticket=ticket, author="customer", text="Hello?") for _ in range(500))
    Inbound.objects.bulk_create(Inbound(inbox="i", external_id=f"bulk-{message.pk}", channel="email", raw=b"", message=message) for message in messages)
    make_overdue()

    swept = sweep.func()

    assert (swept, set(Inbound.objects.values_list("status", flat=True))) == (501, {"done"})


def test_sweep_goes_on_after_a_message_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that fails each time must not keep all others waiting for ever."""
    first, second = make_ticket(), make_ticket()
    make_overdue()
    route = intake.route_ticket

    def fail_for_the_first(ticket_id: int, *, cause: str) -> Any:
        if ticket_id == first.pk:
            raise RuntimeError("This one fails.")
        return route(ticket_id, cause=cause)

    monkeypatch.setattr(intake, "route_ticket", fail_for_the_first)
    sweep.func()

    assert [row.status for row in Inbound.objects.order_by("message__ticket")] == ["pending", "done"]
    assert second.decisions.count() == 1


def test_segments_are_as_they_are_when_a_ticket_is_routed() -> None:
    """A3: who placed an order a moment ago is in the segment of those who did, though no job has looked yet."""
    team, buyers = make_team("Buyers"), create_segment("Buyers", all_of(PLACED_ORDER_IN_2_HOURS), by=None)
    in_segment = {"type": "profile-group-membership", "is_member": True, "group_ids": [str(buyers.pk)]}
    make_rule(to=team, when=all_of(in_segment))
    track(identify(email="ada@example.com"), "Placed Order")

    ticket = make_ticket(sender=ADA)
    process_message.func(Inbound.objects.get().pk)

    assert again(ticket).team == team
    assert verdicts(ticket.decisions.get())[0].groups[0][0].text == "is in segment Buyers"
