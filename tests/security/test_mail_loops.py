"""V7: no two machines write to each other for ever."""

from __future__ import annotations

from typing import Any

import pytest

from helpdesk.tickets.models import Inbound, Ticket
from helpdesk.transports.email.message_ids import make_message_id
from helpdesk.transports.email.parse import parse_mail
from helpdesk.transports.email.receive import receive_mail
from tests.transports.mails import make_mail, sample

MACHINES: list[dict[str, str]] = [
    {"auto_submitted": "auto-replied; owner-email=anna@example.com"},
    {"auto_submitted": "auto-generated"},
    {"precedence": "Bulk"},
    {"precedence": "junk"},
    {"precedence": "list"},
    {"precedence": "auto_reply"},
    {"x_auto_response_suppress": "DR, OOF, AutoReply"},
    {"x_auto_response_suppress": "All"},
    {"x_autoreply": "yes"},
    {"return_path": "<>"},
    {"from": "MAILER-DAEMON@mx.example.com"},
    {"from": "Shop <no-reply@shop.example>"},
    {"from": "noreply+17@shop.example"},
]
PEOPLE: list[dict[str, str]] = [
    {},
    {"auto_submitted": "no"},
    {"auto_submitted": "No (a person)"},
    {"precedence": "normal"},
    {"x_auto_response_suppress": "DR, RN, NRN"},
    {"return_path": "<anna@example.com>"},
    {"from": "Noreen Playfair <noreen@example.com>"},
]


@pytest.mark.parametrize("headers", MACHINES)
def test_machine_is_known_by_its_header(headers: dict[str, str]) -> None:
    """RFC 3834, RFC 5230."""
    assert parse_mail(make_mail(**headers)).is_automatic is True


@pytest.mark.parametrize("headers", PEOPLE)
def test_person_is_not_taken_for_a_machine(headers: dict[str, str]) -> None:
    assert parse_mail(make_mail(**headers)).is_automatic is False


@pytest.mark.parametrize("name", ["bounce", "auto_reply_sv"])
def test_automatic_mail_is_marked(name: str) -> None:
    assert parse_mail(sample(name)).is_automatic is True


@pytest.mark.django_db
def test_mail_from_our_own_address_is_quarantined(settings: Any) -> None:
    settings.EMAIL_INBOXES = ["support@desk.example", "sales@desk.example"]

    receipts = [
        receive_mail(make_mail(message_id=f"<{sender}>", **{"from": sender}))
        for sender in ("SUPPORT@desk.example", "sales@desk.example", "support+order@desk.example", "Support <support@desk.example>")
    ]

    assert [receipt.status for receipt in receipts] == ["quarantined"] * 4
    assert receipts[0].reason.startswith("This mail comes from one of our own addresses.")
    assert Ticket.objects.count() == 0


@pytest.mark.django_db
def test_mail_to_its_own_sender_is_quarantined_without_known_inboxes(settings: Any) -> None:
    settings.EMAIL_INBOXES = []

    receipt = receive_mail(make_mail(to="anna@example.com"))

    assert receipt.status == "quarantined"


@pytest.mark.django_db
def test_our_own_mail_returned_by_another_name_is_quarantined() -> None:
    """A forwarding rule that sends our answers back to us under its own name."""
    receipt = receive_mail(make_mail(message_id=make_message_id(12, 345)))

    assert receipt.status == "quarantined"
    assert Inbound.objects.get().reason == "This is a mail that we sent ourselves; some server has returned it."
