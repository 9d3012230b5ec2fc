"""Each statement of the help page about advanced routing rules, R1 to R15, by its number. The browser does the same by hand in tests/e2e."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from agents.models import Agent, Role, Team
from agents.people import NotForYou
from helpdesk.customers.models import Customer
from helpdesk.customers.profiles import identify, track
from helpdesk.tickets.acts.tags import add_tag
from helpdesk.tickets.models import SavedView, Ticket
from routing.examples import add_example
from routing.models import Destination
from routing.publication import publish
from routing.router import route_ticket
from routing.rules import RuleError, To, create_rule, switch_rule
from tests.conditions.builders import about_them, done, in_the_last, text
from tests.factories import CHANNEL_IS_SMS, CHURN_RISK_HIGH, PLACED_ORDER_IN_2_HOURS, TAGS_CONTAIN_ORDER, all_of, make_agent, make_rule, make_team, make_ticket
from tests.tickets.reading import tickets_in

pytestmark = pytest.mark.django_db
FRENCH = about_them("$country", text("equals", "France"))


@pytest.fixture
def manager() -> Agent:
    return make_agent("Cleo", role=Role.MANAGER)


def routed(customer: Customer | None = None, *, tags: tuple[str, ...] = (), **fields: Any) -> Ticket:
    ticket = make_ticket(customer=customer, **fields)
    for tag in tags:
        add_tag(ticket, tag, by=None)
    route_ticket(ticket.pk, cause="created")
    return Ticket.objects.get(pk=ticket.pk)


def customer(**facts: Any) -> Customer:
    return identify(email="ada@example.com", **facts)


def test_r1_rules_distribute_tickets_to_a_team_or_a_view() -> None:
    team, view = make_team(), SavedView.objects.create(name="Watch")
    make_rule(to=team, when=all_of(CHANNEL_IS_SMS))
    make_rule(to=view, when=all_of(FRENCH))

    ticket = routed(customer(country="France"), channel="sms")

    assert (ticket.team, list(view.tickets.all())) == (team, [ticket])


def test_r2_rules_go_beyond_tags() -> None:
    """Predictive analytics, purchase history and real-time events."""
    team = make_team()
    bought = done("Placed Order", {"type": "numeric", "operator": "greater-than-or-equal", "value": 2}, in_the_last(30, "day"))
    make_rule(to=team, when=all_of(CHURN_RISK_HIGH, bought, PLACED_ORDER_IN_2_HOURS))
    ada = customer(properties={"churn_probability": 0.9})
    track(ada, "Placed Order", external_id="1")

    before = routed(ada, conversation_id="first")
    track(ada, "Placed Order", external_id="2")
    after = routed(ada, conversation_id="second")

    assert (before.team, after.team) == (None, team)


@pytest.mark.parametrize(("role", "may"), [(role, role in (Role.OWNER, Role.ADMIN, Role.MANAGER)) for role in Role])
def test_r3_only_owner_administrator_and_manager_make_rules_that_route(role: Role, may: bool) -> None:
    """An Agent may draft one (C2), which routes nothing."""
    by, rule = make_agent(role=role), create_rule("Texts", all_of(CHANNEL_IS_SMS), to=To(team=make_team()), by=None)

    def make() -> None:
        switch_rule(rule, is_active=True, by=by)
        publish(by=by)

    if may:
        make()
    else:
        with pytest.raises(NotForYou):
            make()

    assert (routed(channel="sms").team is not None) is may


def test_r4_team_exists_before_a_rule_can_route_to_it(manager: Agent) -> None:
    with pytest.raises(RuleError, match="Choose where the tickets go"):
        create_rule("Texts", all_of(CHANNEL_IS_SMS), to=To(), by=manager)


def test_r5_rule_uses_any_data_of_the_profile() -> None:
    """Custom properties by third parties, predictive analytics."""
    team = make_team()
    make_rule(to=team, when=all_of(about_them("properties['recharge_plan']", text("equals", "gold")), CHURN_RISK_HIGH))

    ticket = routed(customer(properties={"recharge_plan": "gold", "churn_probability": 0.8}))

    assert ticket.team == team


def test_r6_routing_in_the_side_bar_leads_to_add_rule(manager: Agent) -> None:
    tab = Client()
    tab.force_login(manager)

    home, rules, builder = (tab.get(address).content.decode() for address in ("/inbox/all/", "/routing/", "/routing/new/"))

    assert ('href="/routing/"' in home, 'href="/routing/new/"' in rules, 'id="builder"' in builder) == (True, True, True)


def test_r7_builder_offers_the_three_categories_in_any_combination(manager: Agent) -> None:
    tab = Client()
    tab.force_login(manager)

    page = tab.get("/routing/new/").content.decode()

    assert [name in page for name in ("What someone has done", "Properties about someone", "Ticket properties")] == [True] * 3
    make_rule(to=make_team(), when=all_of(PLACED_ORDER_IN_2_HOURS, FRENCH, CHANNEL_IS_SMS))


def test_r8_rule_by_what_someone_has_done() -> None:
    team, ada = make_team(), customer()
    make_rule(to=team, when=all_of(PLACED_ORDER_IN_2_HOURS))
    before = routed(ada, conversation_id="first")
    track(ada, "Placed Order")

    assert (before.team, routed(ada, conversation_id="second").team) == (None, team)


@pytest.mark.parametrize(("country", "matches"), [("France", True), ("Spain", False), ("", False)])
def test_r9_rule_by_a_property_of_someone(country: str, matches: bool) -> None:
    team = make_team("France")
    make_rule(to=team, when=all_of(FRENCH))

    assert routed(customer(country=country)).team == (team if matches else None)


@pytest.mark.parametrize(("channel", "tag", "matches"), [("sms", "Order", True), ("sms", "Size", False), ("email", "Order", False)])
def test_r10_rule_by_channel_and_tags(channel: str, tag: str, matches: bool) -> None:
    team = make_team("Team A")
    make_rule(to=team, when=all_of(CHANNEL_IS_SMS, TAGS_CONTAIN_ORDER))

    assert routed(channel=channel, tags=(tag,)).team == (team if matches else None)


def test_r11_there_are_two_destinations() -> None:
    assert [str(label) for label in Destination.labels] == ["Assign to team", "Save as view"]


def test_r12_team_takes_the_ticket_out_of_unassigned(manager: Agent) -> None:
    team = make_team()
    make_rule(to=team, when=all_of(CHANNEL_IS_SMS))

    ticket = routed(channel="sms")

    assert [list(tickets_in(manager, key)) for key in ("unassigned", f"team-{team.pk}")] == [[], [ticket]]


def test_r13_view_leaves_the_ticket_to_every_agent(manager: Agent) -> None:
    view = SavedView.objects.create(name="Fraud")
    make_rule(to=view, when=all_of(CHANNEL_IS_SMS))

    ticket = routed(channel="sms")

    assert [list(tickets_in(reader, key)) for reader in (manager, make_agent()) for key in ("unassigned", f"view-{view.pk}")] == [[ticket]] * 4


@pytest.mark.parametrize(("probability", "matches"), [(0.9, True), (0.5, False)])
def test_r14_churn_defence(probability: float, matches: bool) -> None:
    rule = add_example("churn-defence", by=None)
    publish(by=None)

    assert routed(customer(properties={"churn_probability": probability})).team == (Team.objects.get(pk=rule.team_id) if matches else None)


@pytest.mark.parametrize("has_ordered", [True, False])
def test_r15_urgent_order_mod(has_ordered: bool) -> None:
    add_example("urgent-modifications", by=None)
    publish(by=None)
    ada = customer()
    if has_ordered:
        track(ada, "Placed Order")

    ticket = routed(ada)

    assert list(SavedView.objects.get(name="Urgent modifications").tickets.all()) == ([ticket] if has_ordered else [])
