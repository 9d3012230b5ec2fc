"""What a customer did, in a line."""

from __future__ import annotations

from typing import Any

import pytest

from helpdesk.customers.profiles import track
from helpdesk.inbox.customers.events import event_lines
from tests.factories import make_customer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("properties", "detail"),
    [({"ticket": 7, "channel": "webchat", "team": "Returns"}, "#7 · Web chat"), ({"ticket": 7, "channel": "fax"}, "7 · fax"), ({"channel": "sms"}, "sms")],
)
def test_event_of_a_ticket_is_said_as_the_desk_says_it(properties: dict[str, Any], detail: str) -> None:
    """Another system may have events of the same name."""
    event = track(make_customer(), "Ticket Created", properties=properties)

    assert [line.detail for line in event_lines([event])] == [detail]
