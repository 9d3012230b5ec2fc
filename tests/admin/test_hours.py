"""Business hours, as people write them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from agents.admin_forms import BusinessHoursForm, read_periods
from agents.models import BusinessHours
from tests.admin.conftest import list_of, page_of, problems

pytestmark = pytest.mark.django_db

MODEL = "agents_businesshours"


@pytest.fixture
def hours(db: None) -> BusinessHours:
    return BusinessHours.objects.create(pk=1)


def save(client: Client, hours: BusinessHours, **changes: Any) -> Any:
    return client.post(page_of(MODEL, hours), {"day_0": "9-17", **special_days(), **changes})


def special_days(*rows: dict[str, str], first: int = 0) -> dict[str, Any]:
    """As the form sends its rows; the first `first` of them are there already."""
    fields: dict[str, Any] = {"special_days-TOTAL_FORMS": len(rows), "special_days-INITIAL_FORMS": first}
    for number, row in enumerate(rows):
        fields |= {f"special_days-{number}-{name}": value for name, value in ({"id": "", "hours": "1"} | row).items()}
    return fields


def test_hours_are_one_page(as_manager: Client) -> None:
    """Made when they are missing."""
    response = as_manager.get(list_of(MODEL), follow=True)

    assert response.redirect_chain == [("/admin/agents/businesshours/1/change/", 302)]
    assert BusinessHours.objects.count() == 1


def test_hours_are_shown_a_line_a_day(hours: BusinessHours) -> None:
    hours.days = {"0": [["09:00", "12:00"], ["13:00", "17:00"]]}

    initial = BusinessHoursForm(instance=hours).initial

    assert initial == {"country": "", "day_0": "09:00–12:00, 13:00–17:00"}


def test_time_zone_of_the_desk_is_said(as_manager: Client, hours: BusinessHours) -> None:
    """It is that of all pages and reports."""
    assert "Europe/Stockholm" in as_manager.get(page_of(MODEL, hours)).content.decode()


def test_hours_are_saved(as_manager: Client, hours: BusinessHours) -> None:
    """A19. An empty line is a closed day."""
    save(as_manager, hours, day_0="09:00–12:00, 13:00–17:00", day_6="10-14", country="PL")

    hours.refresh_from_db()
    assert hours.days == {"0": [["09:00", "12:00"], ["13:00", "17:00"]], "6": [["10:00", "14:00"]]}
    assert hours.country == "PL"


def test_saving_what_is_shown_changes_nothing(as_manager: Client, hours: BusinessHours) -> None:
    before = (hours.days, hours.country)

    as_manager.post(page_of(MODEL, hours), BusinessHoursForm(instance=hours).initial | special_days())

    hours.refresh_from_db()
    assert (hours.days, hours.country) == before


@pytest.mark.parametrize(
    ("written", "periods"),
    [
        ("", []),
        ("9-17", [["09:00", "17:00"]]),
        ("09:00–12:00, 13:00–17:00", [["09:00", "12:00"], ["13:00", "17:00"]]),
        ("13.00 — 17.30,9:05 - 12", [["09:05", "12:00"], ["13:00", "17:30"]]),
        ("0-24", [["00:00", "24:00"]]),
        ("9-12, 12-17,", [["09:00", "12:00"], ["12:00", "17:00"]]),
    ],
)
def test_periods_are_read(written: str, periods: list[list[str]]) -> None:
    assert read_periods(written) == periods


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("whenever", "“whenever” is not understood. Write hours as 09:00–12:00, 13:00–17:00."),
        ("17-9", "09:00 is not after 17:00."),
        ("9-9", "09:00 is not after 09:00."),
        ("9-25", "25:00 is no time of day."),
        ("9-24:01", "24:01 is no time of day."),
        ("9:75-12", "09:75 is no time of day."),
        ("9-12, 11:30-17", "09:00–12:00 and 11:30–17:00 overlap."),
    ],
)
def test_mistake_in_periods_is_said_in_words(written: str, problem: str) -> None:
    with pytest.raises(ValidationError) as caught:
        read_periods(written)

    assert caught.value.messages == [problem]


def test_mistakes_stand_beside_their_lines(as_manager: Client, hours: BusinessHours) -> None:
    response = save(as_manager, hours, day_1="whenever", country="XX")

    assert problems(response) == {
        "country": ["Select a valid choice. XX is not one of the available choices."],
        "day_1": ["“whenever” is not understood. Write hours as 09:00–12:00, 13:00–17:00."],
    }
    assert BusinessHours.objects.get().days == hours.days


def special(hours: BusinessHours) -> list[tuple[str, str, list[list[str]]]]:
    return [(str(day.date), day.name, day.periods) for day in hours.special_days.all()]


def test_days_of_their_own_are_rows(as_manager: Client, hours: BusinessHours) -> None:
    """One closed, one open with hours; a row left empty is none. Then one is changed and the other taken away."""
    rows = ({"date": "2099-12-23", "name": "Stock-taking"}, {"date": "2099-12-27", "opening": "10-14"}, {})
    save(as_manager, hours, **special_days(*rows))
    written = special(hours)
    first, second = hours.special_days.values_list("pk", flat=True)
    rows = ({"id": str(first), "date": "2099-12-22", "name": "Stock"}, {"id": str(second), "date": "2099-12-27", "opening": "10-14", "DELETE": "on"})
    save(as_manager, hours, **special_days(*rows, first=2))

    assert written == [("2099-12-23", "Stock-taking", []), ("2099-12-27", "", [["10:00", "14:00"]])]
    assert special(hours) == [("2099-12-22", "Stock", [])]


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([{"date": "24 Dec"}], "Enter a valid date."),
        ([{"date": "2099-12-24", "opening": "whenever"}], "“whenever” is not understood. Write hours as 09:00–12:00, 13:00–17:00."),
        ([{"date": "2099-12-24"}, {"date": "2099-12-24"}], "Please correct the duplicate data for date."),
    ],
)
def test_mistakes_in_days_of_their_own_are_said(as_manager: Client, hours: BusinessHours, rows: list[dict[str, str]], problem: str) -> None:
    response = save(as_manager, hours, **special_days(*rows))

    assert (response.status_code, problem in response.content.decode(), special(hours)) == (200, True, [])


def test_coming_holidays_are_listed(as_manager: Client, hours: BusinessHours) -> None:
    BusinessHours.objects.update(country="SE", days={str(day): [["09:00", "17:00"]] for day in range(7)})

    page = as_manager.get(page_of(MODEL, hours)).content.decode()

    assert ["Christmas Day" in page, "Epiphany" in page] == [True, True]
