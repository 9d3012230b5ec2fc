"""The shop of the demo: what is in it, and that its history is true."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.db.models import Count, F
from django.test import RequestFactory
from django.utils import timezone
from django_ox.models import OxTask

from agents.availability import presence_of
from agents.models import Agent, Role, Team
from helpdesk.customers.facts import churn_risk
from helpdesk.customers.models import Event, Membership, Segment
from helpdesk.demo.customers import shoppers
from helpdesk.demo.desk import OF_NO_CASE
from helpdesk.demo.history import DAYS
from helpdesk.demo.staff import ADVICE, ORDERS, PASSWORD, PEOPLE, RETENTION, played
from helpdesk.outbox.models import Delivery
from helpdesk.tickets.conversation.macros import check_seen
from helpdesk.tickets.models import Block, Draft, Inbound, Macro, Mention, Message, SavedView, Ticket, TicketEvent, TicketMerge, ViewEntry
from routing.models import RoutingDecision, Rule

pytestmark = pytest.mark.usefixtures("shop", "db")


def test_shop_has_one_of_each_role_to_sign_in_as() -> None:
    """C4, with the one password that the command prints."""
    request = RequestFactory().post("/account/login/")

    signed_in = {person.email: authenticate(request, email=person.email, password=PASSWORD) for person in PEOPLE}

    assert Counter(agent.role for agent in signed_in.values() if agent) == dict.fromkeys(Role.values, 1)


def test_nobody_signs_in_as_a_played_colleague() -> None:
    assert [agent.has_usable_password() for agent in played()] == [False] * 3


def test_shop_has_three_teams_with_members() -> None:
    assert {team.name: team.members.count() for team in Team.objects.all()} == {RETENTION: 4, ORDERS: 3, ADVICE: 2}


def test_some_teams_have_somebody_online_and_one_has_nobody() -> None:
    online = {team.name: sum(presence_of(agent) == "online" for agent in team.members.all()) for team in Team.objects.all()}

    assert online == {RETENTION: 2, ORDERS: 2, ADVICE: 0}


def test_shop_has_the_ready_made_rules() -> None:
    """R14, R15."""
    rules = [(rule.name, rule.is_active, str(rule.team or rule.view)) for rule in Rule.objects.all()]

    assert rules == [("Churn defence", True, RETENTION), ("Urgent order mod", True, "Urgent modifications")]


def test_shop_has_some_hundred_customers_with_orders() -> None:
    without_order = shoppers().exclude(events__metric="Placed Order")

    assert shoppers().count() >= 100
    assert without_order.count() == 0
    assert set(Event.objects.values_list("metric", flat=True)) == {
        "Placed Order",
        "Fulfilled Order",
        "Refunded Order",
        "Viewed Product",
        "Started Checkout",
        "Opened Email",
        "Ticket Created",
        "Ticket Closed",
    }


def test_shop_has_segments_that_have_grown() -> None:
    """A list and four definitions, asked a week ago and now."""
    sizes = {segment.name: segment.memberships.filter(until=None).count() for segment in Segment.objects.all()}

    assert sizes.pop("Tent testers") == 5
    assert len(sizes) == 4
    assert min(sizes.values()) > 0
    assert Membership.objects.filter(since__gt=timezone.now() - timedelta(days=7)).exists()


def test_orders_are_numbered_once() -> None:
    numbers = list(Event.objects.filter(metric="Placed Order").values_list("properties__order", flat=True))

    assert len(set(numbers)) == len(numbers)


def test_shop_has_some_hundred_tickets_in_three_languages() -> None:
    languages = Counter(Ticket.objects.exclude(messages__inbound__external_id__contains=str(OF_NO_CASE)).values_list("language", flat=True))

    assert (languages.keys(), len(set(languages.values()))) == ({"en", "sv", "pl"}, 1)
    assert Ticket.objects.count() >= 100


def test_reports_have_four_weeks_to_tell_of(shop: datetime) -> None:
    """B12: some in each of them."""
    weeks = Counter((shop - at).days // 7 for at in Ticket.objects.values_list("created_at", flat=True))

    assert (set(range(4)) <= weeks.keys(), min(weeks[week] for week in range(4)) >= 5) == (True, True)


def test_desk_shows_what_people_do_besides_answering(shop: datetime) -> None:
    assert dict(Ticket.objects.exclude(priority="normal").values_list("priority").annotate(Count("pk"))) == {"urgent": 1, "high": 2, "low": 1}
    assert Ticket.objects.filter(snoozed_until__gt=shop).count() == 3
    assert (Ticket.objects.filter(is_spam=True).count(), Block.objects.count()) == (2, 1)
    assert (Macro.objects.filter(owner=None).count(), Draft.objects.count(), TicketMerge.objects.count()) == (6, 1, 1)
    assert list(Mention.objects.values_list("agent__email", flat=True)) == ["manager@example.com"]


def test_shared_macros_are_such_as_the_desk_lets_people_keep() -> None:
    for macro in Macro.objects.all():
        macro.full_clean()
        check_seen(macro.body)


def test_tickets_came_over_all_channels() -> None:
    assert set(Ticket.objects.values_list("channel", flat=True)) == {"email", "webchat", "sms", "social", "api"}


def test_desk_has_open_closed_unassigned_and_answered_tickets() -> None:
    tickets, open_ones = Ticket.objects.count(), Ticket.objects.open().count()

    assert 0.25 < open_ones / tickets < 0.6
    assert Ticket.objects.unassigned().count() > 0
    assert Ticket.objects.open().filter(waiting_since=None).count() > 0
    assert Message.objects.filter(is_internal=True).count() > 0


def test_who_signs_in_has_worked_here_before() -> None:
    assert Ticket.objects.filter(assignee__email="agent@example.com").count() > 0
    assert Ticket.objects.filter(assignee__email="manager@example.com").count() > 0


def test_some_tickets_were_handed_to_a_team_by_hand() -> None:
    by_hand = TicketEvent.objects.filter(kind="team_set", by__isnull=False, data__name=ADVICE)

    assert by_hand.count() > 0
    assert by_hand.filter(ticket__history__kind="unassigned").count() == by_hand.count()


def test_every_ticket_has_its_whole_history() -> None:
    kinds = [list(ticket.history.order_by("pk").values_list("kind", flat=True)) for ticket in Ticket.objects.all()]

    assert {(history[0], history[1], history.count("created"), history.count("routed")) for history in kinds} == {("created", "customer_wrote", 1, 1)}


def test_history_lies_in_the_last_days_and_in_order(shop: datetime) -> None:
    times = list(TicketEvent.objects.order_by("pk").values_list("at", flat=True))

    assert all(earlier <= later for earlier, later in pairwise(times))
    assert shop - timedelta(days=DAYS, hours=8) < times[0] < shop - timedelta(days=DAYS / 2)
    assert times[-1] <= timezone.now()


def test_nothing_is_younger_than_what_it_belongs_to() -> None:
    assert Message.objects.filter(created_at__lt=F("ticket__created_at")).count() == 0
    assert Ticket.objects.filter(created_at__lt=F("customer__created_at")).count() == 0
    assert Delivery.objects.filter(sent_at__lt=F("message__created_at")).count() == 0


def test_nobody_got_a_ticket_automatically_after_going_offline() -> None:
    """A15."""
    offline = Agent.objects.filter(availability__is_online=False).select_related("availability")
    given = [
        (agent.name, event.at)
        for agent in offline
        for event in TicketEvent.objects.filter(kind="assigned", by=None, data__agent=agent.pk, at__gt=agent.availability.changed_at)
    ]

    assert offline.count() == 4
    assert given == []


def test_who_never_works_has_no_ticket() -> None:
    assert set(Ticket.objects.exclude(assignee=None).values_list("assignee__email", flat=True)) <= {person.email for person in PEOPLE if person.teams}


def test_customers_at_high_risk_reached_retention() -> None:
    """R14."""
    by_rule = {ticket.pk for ticket in Ticket.objects.select_related("customer") if churn_risk(ticket.customer.properties.get("churn_probability")) == "High"}

    routed = set(RoutingDecision.objects.filter(team__name=RETENTION).values_list("ticket", flat=True))

    assert routed == by_rule != set()


def test_tickets_after_an_order_are_in_the_view() -> None:
    """R15, C20: as long as they are open."""
    matched = set(RoutingDecision.objects.filter(matched__contains=f",{Rule.objects.get(destination='view').pk},").values_list("ticket", flat=True))
    still_open = set(Ticket.objects.open().filter(pk__in=matched).values_list("pk", flat=True))

    assert set(SavedView.objects.get().entries.values_list("ticket", flat=True)) == still_open != set()
    assert all(entry.matched_at <= timezone.now() for entry in ViewEntry.objects.all())


def test_seeding_leaves_no_work_behind() -> None:
    """The worker that starts next has nothing to catch up with."""
    assert OxTask.objects.count() == 0
    assert Inbound.objects.exclude(status=Inbound.Status.DONE).count() == 0
    assert Delivery.objects.exclude(status=Delivery.Status.SENT).count() == 0


def test_replies_went_nowhere(settings: Any) -> None:
    """SMS and social messages are lines in a file."""
    lines = {kind: len((settings.DATA_DIR / "outgoing" / f"{kind}.jsonl").read_text().splitlines()) for kind in ("sms", "social")}

    assert lines == {kind: Delivery.objects.filter(kind=kind).count() for kind in ("sms", "social")}
