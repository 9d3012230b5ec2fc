"""Routing in the admin: what was published, how tickets were routed, whose turn it was, and the settings."""

from __future__ import annotations

import pytest
from django.test import Client

from agents.models import Agent, Team
from helpdesk.customers.segments import create_segment, delete_segment
from routing.models import LedgerEntry, RoundRobinSettings, RoutingDecision, RuleSet
from routing.router import route_ticket
from tests.admin.conftest import list_of, page_of
from tests.factories import CHANNEL_IS_SMS, all_of, make_agent, make_rule, make_team, make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def returns(db: None) -> Team:
    return make_team("Returns", make_agent("Ida"))


def test_published_rules_are_shown_in_words_and_not_changed(as_manager: Client, returns: Team) -> None:
    make_rule("Text messages", to=returns, when=all_of(CHANNEL_IS_SMS))
    version = RuleSet.objects.get()

    page = as_manager.get(page_of("routing_ruleset", version))

    assert "1. <strong>Text messages</strong>: ticket channel equals sms → Returns" in page.text
    assert as_manager.post(page_of("routing_ruleset", version), {"note": "other"}).status_code == 403


def test_decision_is_shown_and_not_changed(as_manager: Client, returns: Team) -> None:
    """I2: reached from its ticket."""
    make_rule("Text messages", to=returns, when=all_of(CHANNEL_IS_SMS))
    ticket = make_ticket(channel="sms")
    decision = route_ticket(ticket.pk, cause="test")
    make_rule("Later", to=returns, when=all_of(CHANNEL_IS_SMS))

    listed = as_manager.get(list_of("routing_routingdecision"), {"ticket__id__exact": ticket.pk}).context["cl"].result_list
    page = as_manager.get(page_of("routing_routingdecision", decision))

    assert list(listed) == [decision]
    assert "ticket channel equals sms" in page.text
    assert "Later" not in page.text
    assert as_manager.post(page_of("routing_routingdecision", decision), {"cause": "other"}).status_code == 403
    assert RoutingDecision.objects.get().cause == "test"


def test_turns_are_shown_and_not_changed(as_owner: Client) -> None:
    """B12."""
    entry = LedgerEntry.objects.create(agent=make_agent("Ida"), received=3, last_turn=9)

    listed = as_owner.get(list_of("routing_ledgerentry")).context["cl"].result_list
    changed = as_owner.post(page_of("routing_ledgerentry", entry), {"received": "0"})

    assert list(listed) == [entry]
    assert (changed.status_code, LedgerEntry.objects.get().received) == (403, 3)


def test_round_robin_settings_are_one_page(as_manager: Client) -> None:
    """A13, B4: made when they are missing."""
    response = as_manager.get(list_of("routing_roundrobinsettings"), follow=True)

    assert response.redirect_chain == [("/admin/routing/roundrobinsettings/1/change/", 302)]
    assert response.status_code == 200


def test_round_robin_is_switched_off(as_manager: Client) -> None:
    """A22."""
    settings = RoundRobinSettings.objects.create(pk=1)

    as_manager.post(page_of("routing_roundrobinsettings", settings), {"capacity": "5", "handing_out_limit": "0", "backlog_after": "30", "hours_sms": "on"})

    settings.refresh_from_db()
    assert (settings.is_on, settings.capacity, settings.hours_sms, settings.hours_webchat) == (False, 5, True, False)
    assert (settings.handing_out_limit, settings.backlog_after, settings.handing_out) == (0, 30, 5)


@pytest.mark.parametrize(("capacity", "handing_out", "limit"), [(0, 0, 0), (0, 20, 20), (5, 20, 5), (30, 20, 20), (5, 0, 5)])
def test_pace_is_told_in_words(as_manager: Client, capacity: int, handing_out: int, limit: int) -> None:
    """C8: new tickets by the one limit, those that have waited by the lower of the two."""
    settings = RoundRobinSettings.objects.create(pk=1, capacity=capacity, handing_out_limit=handing_out)

    page = as_manager.get(page_of("routing_roundrobinsettings", settings)).content.decode()

    assert ("however many they have" in page, f"fewer than {capacity} open" in page) == (not capacity, bool(capacity))
    assert (f"until everybody Online has {limit};" in page) is bool(limit)


def test_every_channel_in_hours_is_one_button(as_manager: Client) -> None:
    """C1."""
    settings = RoundRobinSettings.objects.create(pk=1)
    address = page_of("routing_roundrobinsettings", settings)

    as_manager.post(address, {"CHANGE_FORM-action": "all_in_hours", "_selected_action": 1})

    settings.refresh_from_db()
    assert [settings.only_in_hours(channel) for channel in ("email", "webchat", "sms", "social", "api")] == [True] * 5


def test_rule_that_asks_about_a_deleted_segment_is_on_the_first_page(as_manager: Client, manager: Agent, returns: Team) -> None:
    """For as long as it is live."""
    club = create_segment("Club", by=manager)
    make_rule("Members", to=returns, when=all_of({"type": "profile-group-membership", "is_member": True, "group_ids": [str(club.pk)]}))
    delete_segment(club, by=manager)

    notices = as_manager.get("/admin/").context["notices"]

    assert [(notice.text, notice.url) for notice in notices] == [("“Members”: The segment “Club” was deleted: nobody is in it.", "/routing/")]
