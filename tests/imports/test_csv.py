"""A file of customers or of what they did, from its rows to what the desk knows."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from helpdesk.customers.models import Customer, Event
from helpdesk.imports.models import Chunk, Import
from helpdesk.imports.refusals import as_csv
from tests.factories import make_customer
from tests.imports.files import imported, refusals

pytestmark = pytest.mark.django_db
CUSTOMERS = """E-post;Förnamn;Efternamn;Land;Nyhetsbrev;Poäng;Medlem;Kunde sedan;Taggar
ada@example.com;Ada;Lind;Sweden;ja;12,5;ja;2025-03-01;vip;new
"""


def figures(run: Import) -> tuple[str, int, int, int, int]:
    return run.status, run.done, run.new, run.changed, run.refused


def test_customers_come_in_with_what_is_known_about_them() -> None:
    content = CUSTOMERS.replace("vip;new", '"vip;new"')

    run = imported(content, decimal=",")

    ada = Customer.objects.get()
    assert figures(run) == ("done", 1, 1, 0, 0)
    assert (ada.email, ada.name, ada.country) == ("ada@example.com", "Ada Lind", "Sweden")
    assert ada.properties == {"email_consent": "subscribed", "Poäng": 12.5, "Medlem": True, "Kunde sedan": "2025-03-01", "Taggar": ["vip", "new"]}


def test_known_customers_are_brought_up_to_date_and_empty_cells_change_nothing() -> None:
    make_customer("Ada Lind", email="ada@example.com", country="Sweden", properties={"Tier": "gold"})
    make_customer("Bea Nowak", email="bea@example.com", country="Poland")
    Customer.objects.update(changed_at=None)

    run = imported("Email,Country,Tier\nADA@example.com,,silver\nbea@example.com,Poland,\n")

    ada, bea = Customer.objects.order_by("email")
    assert figures(run) == ("done", 2, 0, 1, 0)
    assert (ada.country, ada.properties, bea.country, bea.properties) == ("Sweden", {"Tier": "silver"}, "Poland", {})


def test_row_that_cannot_be_taken_is_refused_with_its_reason() -> None:
    run = imported(
        "Email,Phone,Points\n"
        "no address,,1\n"
        ",+46701234567,12 kr\n"
        ",,3\n"
        "ada@example.com,,4,5\n"
        "ada@example.com,12345,\n"
        'ada@example.com,"x" y,1\n'
        "\n"
        "bea@example.com,+46 70 123 45 67,7\n",
        mapping=[{"to": "email"}, {"to": "phone"}, {"to": "property", "name": "Points", "type": "number"}],
    )

    assert refusals(run) == [
        (2, "“no address” is no e-mail address."),
        (3, "“12 kr” is no number."),
        (4, "It does not say who the customer is: no e-mail, no phone number, no ID."),
        (5, "It has 4 cells, and the first row has 3."),
        (6, "“12345” is no phone number with its country, as +46701234567."),
        (7, "Its quotation marks do not match."),
    ]
    assert figures(run) == ("done", 7, 1, 0, 6)
    assert Customer.objects.get().phone == "+46701234567"


def test_events_come_in_and_the_same_file_again_doubles_nothing() -> None:
    content = 'Email,Order date,Total,Order ID,Colour\nada@example.com,2026-07-01 12:00,"1,234.50",A1,red\nada@example.com,2026-07-02,10,A2,\n'

    first, again = (imported(content, what="events", metric="Placed Order", zone="Europe/Stockholm") for _time in range(2))

    event, other = Event.objects.order_by("occurred_at")
    assert (figures(first), figures(again)) == (("done", 2, 2, 0, 0), ("done", 2, 0, 0, 0))
    assert (event.metric, event.value, event.external_id, event.properties) == ("Placed Order", Decimal("1234.50"), "A1", {"Colour": "red"})
    assert (event.occurred_at, other.occurred_at) == (datetime(2026, 7, 1, 10, tzinfo=UTC), datetime(2026, 7, 1, 22, tzinfo=UTC))
    assert Customer.objects.count() == 1


def test_events_without_an_id_of_their_own_are_known_again() -> None:
    content = "Email,Event,Time\nada@example.com,Viewed,2026-07-01 12:00\nada@example.com,Viewed,2026-07-01 13:00\n"

    runs = [imported(content, what="events") for _time in range(2)]

    assert ([run.new for run in runs], Event.objects.count()) == ([2, 0], 2)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("ada@example.com,,2026-07-01,1", "It does not say what happened."),
        ("ada@example.com,Viewed,,1", "It does not say when it happened."),
        ("ada@example.com,Viewed,soon,1", "“soon” is no date such as 2026-11-22 or 2026-11-22 13:07."),
        ("ada@example.com,Viewed,2026-07-01,1e30", "“1e30” is too large for a value."),
    ],
)
def test_event_that_cannot_be_taken_is_refused_and_leaves_no_customer(row: str, reason: str) -> None:
    run = imported(f"Email,Event,Time,Value\n{row}\n", what="events")

    assert (refusals(run), Customer.objects.count(), Event.objects.count()) == ([(2, reason)], 0, 0)


@pytest.mark.parametrize("cell", ["\x00", "a" * 100_001, "ą" * 50, '"' * 2, "\u202eabc", "=1+1", "\U0001f600"])
def test_no_cell_ends_in_an_error_of_ours(cell: str) -> None:
    quoted = '"' + cell.replace('"', '""') + '"'
    content = f"Email,Name,Note\nada@example.com,{quoted},{quoted}\nbea@example.com,Bea,x\n"

    run = imported(content.encode("utf-16"))

    assert (run.status, run.error, run.done) == ("done", "", 2)
    assert Customer.objects.filter(email="bea@example.com").count() == 1


def test_file_goes_when_the_import_has_ended() -> None:
    imported("Email\nada@example.com\n")

    assert Chunk.objects.count() == 0


def test_error_file_can_be_mended_and_imported() -> None:
    """V13: the mark that keeps a cell from being a formula is taken off again."""
    refused = imported("Email,Phone,Points\nada@example.com,+46701234567,12 kr\n", mapping=_mapping())
    mended = "".join(as_csv(refused)).replace("12 kr", "12")

    run = imported(mended)

    ada = Customer.objects.get()
    assert (run.status, run.refused, ada.phone, ada.properties) == ("done", 0, "+46701234567", {"Points": 12})


def _mapping() -> list[dict[str, Any]]:
    return [{"to": "email"}, {"to": "phone"}, {"to": "property", "name": "Points", "type": "number"}]
