"""Our own Message-IDs."""

from __future__ import annotations

from typing import Any

from helpdesk.transports.email.message_ids import make_message_id, ticket_of


def test_message_id_names_its_ticket(settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "Support <support@desk.example>"

    made = make_message_id(12, 345)

    assert made.startswith("<desk.12.345.")
    assert made.endswith("@desk.example>")
    assert len(made) < 78  # a line of a mail: it is never folded
    assert ticket_of(made) == 12


def test_message_id_is_the_same_for_the_same_message() -> None:
    """A delivery that is tried again is the same mail to whoever receives it twice."""
    assert make_message_id(12, 345) == make_message_id(12, 345)


def test_message_id_outlives_a_change_of_the_secret(settings: Any) -> None:
    made = make_message_id(12, 345)

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret"

    assert ticket_of(made) == 12
