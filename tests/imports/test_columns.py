"""What columns mean, and cells as values."""

from __future__ import annotations

from typing import Any

import pytest

from helpdesk.imports.files.columns import guess_mapping, guess_type, problems
from helpdesk.imports.files.table import BadRow
from helpdesk.imports.files.values import Reading, as_value, consent, moment, phone

HEADERS = {
    "en": ["Email", "Phone number", "Customer ID", "First name", "Last name", "Country", "City", "Language", "Accepts marketing", "Tier"],
    "sv": ["E-post", "Mobilnummer", "Kundnummer", "Förnamn", "Efternamn", "Land", "Ort", "Språk", "Nyhetsbrev", "Nivå"],
    "pl": ["Adres e-mail", "Numer telefonu", "ID klienta", "Imię", "Nazwisko", "Kraj", "Miasto", "Język", "Zgoda e-mail", "Poziom"],
}
MEANT = ["email", "phone", "external_id", "first_name", "last_name", "country", "city", "language", "consent_email", "property"]


@pytest.mark.parametrize("language", HEADERS)
def test_columns_are_known_by_their_names(language: str) -> None:
    mapping = guess_mapping(HEADERS[language], [], "customers", Reading())

    assert [column["to"] for column in mapping] == MEANT
    assert mapping[-1] == {"to": "property", "name": HEADERS[language][-1], "type": "text"}


@pytest.mark.parametrize(
    "header",
    [
        ["Email", "Event", "Order date", "Total", "Order ID"],
        ["E-post", "Händelse", "Orderdatum", "Belopp", "Ordernummer"],
        ["E-mail", "Zdarzenie", "Data", "Kwota", "Numer zamówienia"],
    ],
)
def test_columns_of_events_are_known(header: list[str]) -> None:
    mapping = guess_mapping(header, [], "events", Reading())

    assert [column["to"] for column in mapping] == ["email", "metric", "time", "value", "event_id"]


def test_no_meaning_is_given_twice() -> None:
    mapping = guess_mapping(["Email", "E-mail address", "Row"], [], "customers", Reading())

    assert [column["to"] for column in mapping] == ["email", "property", "ignore"]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["12", "3,5"], "number"),
        (["007", "12"], "text"),
        (["+46701234567"], "text"),
        (["ja", "nej"], "yes-no"),
        (["1", "0"], "number"),
        (["2026-11-22", "22.11.2026 13:07"], "date"),
        (["20261122"], "number"),
        (["a;b", "c"], "list"),
        ([], "text"),
    ],
)
def test_type_is_the_narrowest_that_all_cells_have(cells: list[str], kind: str) -> None:
    assert guess_type(cells, Reading(decimal=",")) == kind


@pytest.mark.parametrize(
    ("cell", "kind", "reading", "value"),
    [
        ("1 234,50", "number", Reading(decimal=","), 1234.5),
        ("1\u00a0234,50", "number", Reading(decimal=","), 1234.5),
        ("1.234,50", "number", Reading(decimal=","), 1234.5),
        ("1,234.50", "number", Reading(), 1234.5),
        ("-7", "number", Reading(), -7),
        ("Tak", "yes-no", Reading(), True),
        ("NEJ", "yes-no", Reading(), False),
        ("2026-11-22", "date", Reading(zone="Europe/Stockholm"), "2026-11-22"),
        ("22.11.2026 13:07", "date", Reading(zone="Europe/Stockholm"), "2026-11-22T13:07:00+01:00"),
        ("7/4/2026", "date", Reading(month_first=True), "2026-07-04"),
        ("7/4/2026", "date", Reading(), "2026-04-07"),
        ("2026-07-04T12:00:00Z", "date", Reading(zone="Europe/Stockholm"), "2026-07-04T12:00:00+00:00"),
        ("a; b;;c", "list", Reading(), ["a", "b", "c"]),
    ],
)
def test_cell_is_read_as_its_type(cell: str, kind: str, reading: Reading, value: Any) -> None:
    assert as_value(cell, kind, reading) == value


@pytest.mark.parametrize(
    ("cell", "kind", "problem"),
    [
        ("12 kr", "number", "“12 kr” is no number."),
        ("1.2.3", "number", "“1.2.3” is no number."),
        ("12,5", "number", "“12,5” is no number."),
        ("NaN", "number", "“NaN” is no number."),
        ("1e999", "number", "“1e999” is no number."),
        ("kanske", "yes-no", "“kanske” is neither yes nor no."),
        ("31/31/2026", "date", "“31/31/2026” is no date such as 2026-11-22 or 2026-11-22 13:07."),
        ("9999-12-31T23:59:59-23:00", "date", "“9999-12-31T23:59:59-23:00” is no date such as 2026-11-22 or 2026-11-22 13:07."),
    ],
)
def test_cell_that_is_not_of_its_type_says_so(cell: str, kind: str, problem: str) -> None:
    with pytest.raises(BadRow) as refused:
        as_value(cell, kind, Reading())

    assert str(refused.value) == problem


def test_time_without_a_zone_is_in_the_one_that_was_chosen() -> None:
    assert moment("2026-07-01 12:00", Reading(zone="Europe/Warsaw")).isoformat() == "2026-07-01T12:00:00+02:00"
    assert moment("1782900000", Reading(zone="Europe/Warsaw")).isoformat() == "2026-07-01T10:00:00+00:00"


def test_phone_number_gets_its_country() -> None:
    assert phone("070-123 45 67", Reading(country="SE")) == phone("+46 70 123 45 67", Reading()) == "+46701234567"
    with pytest.raises(BadRow, match="is no phone number with its country"):
        phone("070-123 45 67", Reading())


@pytest.mark.parametrize(("cell", "status"), [("Yes", "subscribed"), ("never_subscribed", ""), ("UNSUBSCRIBED", "unsubscribed"), ("nie", "unsubscribed")])
def test_consent_is_understood(cell: str, status: str) -> None:
    assert consent(cell) == status


def test_problems_of_a_mapping_are_said() -> None:
    tier = {"to": "property", "name": "Tier", "type": "text"}

    assert problems([{"to": "name"}], "customers", metric="") == ["Choose a column that says who the customer is: an e-mail, a phone number or an ID."]
    assert problems([{"to": "email"}, {"to": "email"}], "customers", metric="") == ["Two columns are said to be “E-mail”. Choose one."]
    assert problems([{"to": "email"}, tier, tier], "customers", metric="") == ["Two columns go to the property “Tier”. Choose one."]
    assert problems([{"to": "email"}, {"to": "time"}], "events", metric=" ") == ["Say what happened: choose a column for the event, or write its name."]
    assert problems([{"to": "email"}, {"to": "time"}], "events", metric="Placed Order") == []
