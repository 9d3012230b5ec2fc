"""POST /api/v1/messages/"""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import OperationalError
from rest_framework.test import APIClient

from helpdesk import intake
from helpdesk.customers.models import Customer
from helpdesk.tickets.models import Inbound, Message, Ticket

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/messages/"


def message(**fields: Any) -> dict[str, Any]:
    return {"external_id": "m-1", "text": "Where is it?", "sender": {"email": "ada@example.com"}} | fields


def post(api: APIClient, data: Any) -> tuple[int, Any]:
    response = api.post(ADDRESS, data, format="json")
    return response.status_code, response.json()


def test_message_is_created_then_appended_then_a_duplicate(api: APIClient) -> None:
    """THREATS: 201 only after the commit; the same one again is 200 and changes nothing."""
    answers = [post(api, message(external_id=name)) for name in ("m-1", "m-2", "m-1")]

    ticket, (first, second) = Ticket.objects.get(), Message.objects.order_by("pk")
    assert answers == [
        (201, {"status": "created", "ticket": ticket.pk, "message": first.pk}),
        (201, {"status": "appended", "ticket": ticket.pk, "message": second.pk}),
        (200, {"status": "duplicate", "ticket": ticket.pk, "message": first.pk}),
    ]


def test_everything_that_was_sent_is_kept(api: APIClient) -> None:
    sender = {"email": "Ada@Example.com", "phone": "+46 70 123 45 67", "external_id": "u-1", "name": "Ada", "language": "sv"}
    sent = message(channel="sms", inbox="+46700000000", conversation_id="c-1", subject="Order", sender=sender)

    post(api, sent)

    row = Inbound.objects.select_related("message__ticket").get()
    assert json.loads(bytes(row.raw)) == sent
    assert (row.channel, row.inbox, row.external_id) == ("sms", "+46700000000", "m-1")
    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.subject, ticket.language) == ("sms", "Order", "sv")
    assert list(Customer.objects.values_list("email", "phone", "external_id", "name")) == [("ada@example.com", "+46701234567", "u-1", "Ada")]


def test_what_is_left_out_has_a_default(api: APIClient) -> None:
    post(api, message())

    row = Ticket.objects.get()
    assert (row.channel, row.inbox, row.subject, row.language) == ("api", "api", "Where is it?", "")


def test_conversation_separates_the_tickets_of_one_sender(api: APIClient) -> None:
    tickets = [
        post(api, message(external_id=str(number), **conversation))[1]["ticket"]
        for number, conversation in enumerate([{}, {"conversation_id": "a"}, {"conversation_id": "b"}, {"conversation_id": "a"}, {}])
    ]

    assert (tickets[0] == tickets[4], tickets[1] == tickets[3], len(set(tickets))) == (True, True, 3)


REQUIRED, BLANK, NO_FIELD = ["This field is required."], ["This field may not be blank."], ["There is no such field."]
LONG = "Ensure this field has no more than {} characters."


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({}, {"external_id": REQUIRED, "text": REQUIRED, "sender": REQUIRED}),
        (message(text=""), {"text": BLANK}),
        (message(text=None), {"text": ["This field may not be null."]}),
        (message(text=["a"]), {"text": ["Not a valid string."]}),
        (message(text="x" * 200_001), {"text": [LONG.format(200000)]}),
        (message(text="a\x00b"), {"text": ["Null characters are not allowed."]}),
        (message(external_id="x" * 201), {"external_id": [LONG.format(200)]}),
        (message(channel="fax"), {"channel": ['"fax" is not a valid choice.']}),
        (message(sender="ada"), {"sender": {"non_field_errors": ["Invalid data. Expected a dictionary, but got str."]}}),
        (message(sender={}), {"sender": {"non_field_errors": ["Give an e-mail, a phone or an external_id, so that we know who it is."]}}),
        (message(sender={"name": "Ada"}), {"sender": {"non_field_errors": ["Give an e-mail, a phone or an external_id, so that we know who it is."]}}),
        (message(sender={"email": "ada"}), {"sender": {"email": ["Enter a valid email address."]}}),
        (message(sender={"phone": "070-1"}), {"sender": {"phone": ["Write the number with its country, as +46701234567."]}}),
        (message(sender={"external_id": " "}), {"sender": {"external_id": BLANK}}),
    ],
)
def test_wrong_field_is_named(api: APIClient, data: Any, problem: Any) -> None:
    answer = post(api, data)

    assert answer == (400, problem)
    assert (Inbound.objects.count(), Customer.objects.count()) == (0, 0)


@pytest.mark.parametrize("inbox", [{}, {"inbox": "api"}, {"inbox": "support@"}, {"inbox": "+46701234567"}])
def test_email_names_the_address_that_was_written_to(api: APIClient, inbox: dict[str, str]) -> None:
    """Replies are sent from it: without one, nobody could answer."""
    answer = post(api, message(channel="email") | inbox)

    assert answer == (400, {"inbox": ["Give the e-mail address of yours that was written to: replies are sent from it."]})
    assert Inbound.objects.count() == 0


def test_email_to_an_address_of_ours_comes_in(api: APIClient) -> None:
    post(api, message(channel="email", inbox="support@desk.example"))

    assert list(Ticket.objects.values_list("channel", "inbox")) == [("email", "support@desk.example")]


@pytest.mark.parametrize("name", ["sentiment", "sentiment_label", "author", "is_internal", "assignee", "status", "reply_to_ticket", "raw", "id"])
def test_unknown_field_is_refused(api: APIClient, name: str) -> None:
    """V14: nothing is set that nobody may set, and a misspelled field is not passed over."""
    assert post(api, message(**{name: 1})) == (400, {name: NO_FIELD})


def test_unknown_field_of_the_sender_is_refused(api: APIClient) -> None:
    """V14."""
    assert post(api, message(sender={"email": "ada@example.com", "role": "Owner"})) == (400, {"sender": {"role": NO_FIELD}})


def test_trouble_with_the_database_is_503_and_the_message_can_be_sent_again(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule above all."""

    def fail(_row: Any) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(intake, "_claim", fail)
    answer = post(api, message())
    monkeypatch.undo()

    assert answer == (503, {"detail": "It could not be stored. Send it again."})
    assert (Inbound.objects.count(), post(api, message())[0]) == (0, 201)


@pytest.mark.parametrize("text", ["żółć 😀", "<script>alert(1)</script>", "\u200b", "=1+1", "x" * 200_000])
def test_text_is_kept_as_it_was_sent(api: APIClient, text: str) -> None:
    post(api, message(text=text))

    assert Message.objects.get().text == text
