"""Received messages, deliveries, customers, API keys, and the page where a manager begins."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import Agent, Role
from helpdesk.admin import SHOWN
from helpdesk.api.models import ApiKey, digest_of
from helpdesk.customers.models import Customer, Event
from helpdesk.customers.profiles import track
from helpdesk.intake import quarantine
from helpdesk.outbox.models import Delivery
from helpdesk.sources.models import Received
from helpdesk.tickets.acts.assignment import assign_agent
from helpdesk.tickets.models import Inbound, Ticket
from tests.admin.conftest import list_of, page_of, press, problems, run_action, said
from tests.factories import CHANNEL_IS_SMS, all_of, make_agent, make_customer, make_rule, make_team, make_ticket, reply
from tests.sources.shops import shopify_source

pytestmark = pytest.mark.django_db

INBOUND, DELIVERY, KEY = "tickets_inbound", "outbox_delivery", "api_apikey"
READABLE = b"From: Greta <greta@example.com>\r\nTo: support@desk.example\r\nSubject: Lamp\r\nMessage-ID: <1@example.com>\r\n\r\nIt is broken.\r\n"


def held_back(raw: bytes = READABLE, **fields: Any) -> Inbound:
    """A quarantined message."""
    quarantine(**{"channel": "email", "inbox": "support@desk.example", "external_id": "<1@example.com>", "raw": raw, "reason": "The reader was ill.", **fields})
    return Inbound.objects.latest("pk")


def failed_delivery(manager: Agent, **fields: Any) -> Delivery:
    delivery = reply(make_ticket(), "On its way.", by=manager).sent_to
    Delivery.objects.filter(pk=delivery.pk).update(status="failed", attempts=6, error="Refused", **fields)
    return Delivery.objects.get(pk=delivery.pk)


# Received messages


@pytest.mark.parametrize("way", ["ticked", "button"])
def test_mail_that_can_be_read_after_all_becomes_a_ticket(as_manager: Client, way: str) -> None:
    row = held_back()

    response = run_action(as_manager, INBOUND, "read_once_more", row) if way == "ticked" else press(as_manager, INBOUND, "read_once_more", row)

    assert said(response) == ["1 message is a ticket now."]
    assert Ticket.objects.get().subject == "Lamp"
    assert Inbound.objects.get().status == "pending"


def test_mail_that_still_cannot_be_read_says_why(as_manager: Client) -> None:
    row = held_back(b"Subject: Who am I\r\n\r\nHello")

    response = run_action(as_manager, INBOUND, "read_once_more", row)

    assert said(response) == [f"{row}: This mail does not say who sent it."]
    assert Ticket.objects.count() == 0


def test_what_was_read_is_not_read_again(as_manager: Client) -> None:
    """It would be a second ticket."""
    make_ticket()
    row = Inbound.objects.get()

    response = run_action(as_manager, INBOUND, "read_once_more", row)

    assert said(response) == [f"{row}: Only mail that could not be read can be tried again."]
    assert as_manager.get(page_of(INBOUND, row)).context["offered"] == []


def test_raw_message_is_shown_as_text(as_manager: Client) -> None:
    """V1, V2, V9: escaped, whatever bytes it has, and not all of it."""
    row = held_back(b"<script>alert(1)</script>\xff\xfe" + b"x" * 200_000)

    text = as_manager.get(page_of(INBOUND, row)).text

    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert text.count("x" * 100) <= SHOWN / 100


def test_raw_message_is_downloaded_as_a_file(as_manager: Client) -> None:
    """V1: never shown as a page."""
    row = held_back(b"<script>alert(1)</script>\xff")

    response = as_manager.get(reverse("admin:tickets_inbound_raw", args=[row.pk]))

    headers = {name: response.headers[name] for name in ("Content-Type", "Content-Disposition", "X-Content-Type-Options", "Content-Security-Policy")}
    assert response.content == b"<script>alert(1)</script>\xff"
    assert headers == {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": f'attachment; filename="message-{row.pk}.eml"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }


@pytest.mark.parametrize("role", [Role.AGENT, Role.ANALYST])
def test_raw_message_is_for_managers(client: Client, role: Role) -> None:
    """V4."""
    client.force_login(make_agent(role=role), backend="allauth.account.auth_backends.AuthenticationBackend")
    address = reverse("admin:tickets_inbound_raw", args=[held_back().pk])

    assert client.get(address).headers["Location"] == f"/admin/login/?next={address}"


def test_received_messages_are_filtered_by_status(as_manager: Client) -> None:
    make_ticket()
    row = held_back()

    listed = as_manager.get(list_of(INBOUND), {"status__exact": "quarantined"}).context["cl"].result_list

    assert [(row.pk, row.reason) for row in listed] == [(row.pk, "The reader was ill.")]


# Deliveries


def test_failed_deliveries_come_first(as_manager: Client, manager: Agent) -> None:
    statuses = ["sent", "failed", "pending", "failed"]
    for status in statuses:
        delivery = reply(make_ticket(), "Hello", by=manager).sent_to
        Delivery.objects.filter(pk=delivery.pk).update(status=status)

    listed = as_manager.get(list_of(DELIVERY)).context["cl"].result_list

    assert [delivery.status for delivery in listed] == ["failed", "failed", "pending", "sent"]


def test_failed_delivery_is_tried_again(as_manager: Client, manager: Agent) -> None:
    delivery = failed_delivery(manager)

    response = press(as_manager, DELIVERY, "send_again", delivery)

    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts) == ("pending", 0)
    assert said(response) == ["1 delivery is tried again."]


def test_delivery_that_has_not_failed_is_left_alone(as_manager: Client, manager: Agent) -> None:
    """Sent twice is worse than late."""
    delivery = failed_delivery(manager)
    Delivery.objects.filter(pk=delivery.pk).update(status="sent")

    response = run_action(as_manager, DELIVERY, "send_again", delivery)

    assert Delivery.objects.get(pk=delivery.pk).status == "sent"
    assert said(response) == [f"{delivery}: Only what has failed can be tried again."]


# Customers


def test_customers_are_found(as_manager: Client) -> None:
    greta = make_customer("Greta Holm", email="greta@shop.example", phone="+46701234567", external_id="c-17")
    make_customer("Jan Kowalski")

    found = [list(as_manager.get(list_of("customers_customer"), {"q": text}).context["cl"].result_list) for text in ("holm", "greta@", "4670123", "c-17")]

    assert found == [[greta]] * 4


def test_customer_shows_the_latest_20_events(as_manager: Client) -> None:
    greta = make_customer("Greta")
    for number in range(25):
        track(greta, f"Event {number}")

    inline = as_manager.get(page_of("customers_customer", greta)).context["inline_admin_formsets"][0]

    assert [form.instance.metric for form in inline.formset.forms] == [f"Event {number}" for number in range(24, 4, -1)]


def test_keys_and_events_of_a_customer_are_not_changed(as_manager: Client) -> None:
    """V14: they come from the channels and the API."""
    greta = make_customer("Greta", email="greta@example.com", properties={"plan": "gold"})
    event = track(greta, "Placed Order")
    others = {f"{rows}-{which}_FORMS": "0" for rows in ("external_ids", "memberships", "merges") for which in ("TOTAL", "INITIAL")}
    inline = {"events-TOTAL_FORMS": "1", "events-INITIAL_FORMS": "1", "events-0-id": event.pk, "events-0-metric": "Refund", "events-0-DELETE": "on"} | others

    as_manager.post(page_of("customers_customer", greta), {"name": "Greta Holm", "email": "other@example.com", "properties": "{}", **inline})

    saved = Customer.objects.get()
    assert (saved.name, saved.email, saved.properties) == ("Greta Holm", "greta@example.com", {"plan": "gold"})
    assert Event.objects.get().metric == "Placed Order"


# API keys


def test_key_is_shown_once(as_owner: Client) -> None:
    """V16: on the page after it was made, and only its digest is kept."""
    ida = make_agent("Ida")

    made = as_owner.post("/admin/api/apikey/add/", {"name": "Shop", "agent": ida.pk}, follow=True)
    secret = made.text.partition('<code class="secret">')[2].partition("</code>")[0]

    key = ApiKey.objects.get()
    assert (key.name, key.agent, key.digest) == ("Shop", ida, digest_of(secret))
    assert made.headers["Cache-Control"] == "private, no-store"
    assert [secret in as_owner.get(address).text for address in (list_of(KEY), page_of(KEY, key))] == [False, False]


def test_key_is_not_changed(as_owner: Client) -> None:
    """V14: it would act for somebody else from now on."""
    key, _secret = ApiKey.make("Shop", make_agent("Ida"))

    response = as_owner.post(page_of(KEY, key), {"name": "Shop", "agent": make_agent("Bo").pk})

    assert (response.status_code, ApiKey.objects.get().agent.name) == (403, "Ida")


def test_key_is_revoked(as_admin: Client) -> None:
    key, _secret = ApiKey.make("Shop", make_agent("Ida"))

    as_admin.post(f"{list_of(KEY)}{key.pk}/delete/", {"post": "yes"})

    assert ApiKey.objects.count() == 0


def test_key_that_acts_for_the_owner_is_made_by_the_owner(owner: Agent, as_owner: Client, as_admin: Client) -> None:
    refused = as_admin.post("/admin/api/apikey/add/", {"name": "Shop", "agent": owner.pk})
    as_owner.post("/admin/api/apikey/add/", {"name": "Mine", "agent": owner.pk})

    assert list(problems(refused)) == ["agent"]
    assert [key.name for key in ApiKey.objects.all()] == ["Mine"]


# The first page


def test_first_page_says_what_needs_somebody(as_manager: Client, manager: Agent) -> None:
    """I8, A11."""
    held_back()
    failed_delivery(manager)
    gone, ticket = make_agent("Gone"), make_ticket()
    assign_agent(ticket, gone, by=manager)
    Agent.objects.filter(pk=gone.pk).update(is_active=False)
    make_rule("Rule", to=make_team("Returns"), when=all_of(CHANNEL_IS_SMS))
    Received.objects.create(source=shopify_source(), external_id="1", topic="shop/redact", status=Received.Status.FAILED)

    notices = as_manager.get("/admin/").context["notices"]

    assert [notice.text for notice in notices] == [
        "1 message could not be read.",
        "1 piece of received data needs a person.",
        "1 reply could not be sent.",
        "1 open ticket belongs to Gone, who cannot sign in.",
        "“Rule”: Nobody in the team Returns can be given tickets.",
    ]
    assert [len(as_manager.get(notice.url).context["cl"].result_list) for notice in notices[:4]] == [1, 1, 1, 1]


def test_first_page_is_quiet_when_nothing_waits(as_manager: Client) -> None:
    make_ticket()

    assert as_manager.get("/admin/").context["notices"] == []
