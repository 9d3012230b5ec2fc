"""Is the desk open? (A19, A21)"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from agents.hours import check_closed_days, check_days, desk_hours, is_open
from agents.models import BusinessHours

OFFICE = {str(day): [["09:00", "17:00"]] for day in range(5)}


def opened(at: str, days: dict[str, Any], *, zone: str = "Europe/Stockholm", closed_days: list[str] | None = None) -> bool:
    hours = BusinessHours(time_zone=zone, days=days, closed_days=closed_days or [])
    return is_open(hours, datetime.fromisoformat(at).replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-20T07:59:59", False),  # Friday 08:59:59 in Stockholm
        ("2026-11-20T08:00:00", True),
        ("2026-11-20T15:59:59", True),
        ("2026-11-20T16:00:00", False),
        ("2026-11-21T10:00:00", False),  # Saturday
        ("2026-11-23T08:00:00", True),  # Monday
    ],
)
def test_desk_is_open_from_the_opening_to_just_before_the_closing(at: str, expected: bool) -> None:
    assert opened(at, OFFICE) is expected


@pytest.mark.parametrize(("at", "expected"), [("2026-11-20T08:59", True), ("2026-11-20T11:00", False), ("2026-11-20T11:59", False), ("2026-11-20T12:00", True)])
def test_desk_closes_for_lunch(at: str, expected: bool) -> None:
    """Several periods in one day."""
    assert opened(at, {"4": [["09:00", "12:00"], ["13:00", "17:00"]]}) is expected


@pytest.mark.parametrize(("zone", "expected"), [("Europe/Stockholm", True), ("America/New_York", False), ("Asia/Tokyo", False), ("UTC", True)])
def test_hours_are_those_of_the_time_zone(zone: str, expected: bool) -> None:
    """09:30 in Stockholm is 03:30 in New York and 17:30 in Tokyo."""
    assert opened("2026-11-20T08:30", {"4": [["08:00", "17:00"]]}, zone=zone) is expected


def test_day_is_that_of_the_time_zone() -> None:
    """Friday 23:30 UTC is Saturday in Auckland."""
    saturday = {"5": [["09:00", "17:00"]]}

    assert opened("2026-11-20T23:30", saturday, zone="Pacific/Auckland") is True
    assert opened("2026-11-20T23:30", saturday, zone="UTC") is False


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-27T08:30", True),  # the Friday before the clocks go forward: 09:30
        ("2026-03-27T07:30", False),
        ("2026-03-30T07:30", True),  # the Monday after: 09:30
        ("2026-10-23T07:30", True),  # the Friday before they go back
        ("2026-10-26T07:30", False),  # the Monday after: 08:30
        ("2026-10-26T08:30", True),
    ],
)
def test_hours_follow_daylight_saving(at: str, expected: bool) -> None:
    assert opened(at, OFFICE) is expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-29T00:59", False),  # 01:59, the last minute before 03:00
        ("2026-03-29T01:00", True),  # 03:00: 02:30 never comes, the period begins with what follows it
        ("2026-10-25T00:29", False),  # 02:29 in summer time
        ("2026-10-25T00:30", True),  # 02:30 in summer time
        ("2026-10-25T01:00", False),  # 02:00 once more, in winter time
        ("2026-10-25T01:30", True),  # 02:30 once more
    ],
)
def test_hours_follow_the_clock_on_the_days_it_changes(at: str, expected: bool) -> None:
    assert opened(at, {"6": [["02:30", "10:00"]]}) is expected


def test_round_the_clock_includes_the_last_minute_before_midnight() -> None:
    always = {str(day): [["00:00", "24:00"]] for day in range(7)}

    assert [opened(at, always) for at in ("2026-11-20T22:59:59", "2026-11-20T23:00")] == [True, True]


def test_closed_day_is_a_whole_local_day() -> None:
    always = {str(day): [["00:00", "24:00"]] for day in range(7)}
    at = ("2026-12-23T22:59", "2026-12-23T23:00", "2026-12-24T22:59", "2026-12-24T23:00")

    assert [opened(time, always, closed_days=["2026-12-24"]) for time in at] == [True, False, False, True]


def test_day_without_an_entry_is_closed() -> None:
    assert opened("2026-11-20T10:00", {}) is False


@pytest.mark.parametrize(
    ("days", "problem"),
    [
        ({}, ""),
        ({"0": []}, ""),
        ({"6": [["00:00", "24:00"]]}, ""),
        ({"0": [["09:00", "12:00"], ["13:00", "17:00"]]}, ""),
        ([], "weekday"),
        ({"7": []}, "weekday"),
        ({"monday": []}, "weekday"),
        ({"0": "09:00-17:00"}, "Day 0"),
        ({"0": ["09:00", "17:00"]}, "Day 0"),
        ({"1": [["9:00", "17:00"]]}, "Day 1"),
        ({"1": [["09:00", "25:00"]]}, "Day 1"),
        ({"1": [["٠٩:٠٠", "17:00"]]}, "Day 1"),
        ({"2": [["17:00", "09:00"]]}, "Day 2"),
        ({"2": [["09:00", "09:00"]]}, "Day 2"),
        ({"3": [["09:00", "17:00", "18:00"]]}, "Day 3"),
        ({"4": [[9, 17]]}, "Day 4"),
        ({"4": None}, "Day 4"),
    ],
)
def test_days_are_checked(days: Any, problem: str) -> None:
    found = check_days(days)

    assert (problem in found) if problem else found == ""


@pytest.mark.parametrize(
    ("days", "is_right"),
    [
        ([], True),
        (["2026-12-24"], True),
        (["24/12/2026"], False),
        (["2026-02-30"], False),
        (["20261224"], False),
        (["2026-W52-4"], False),
        ([20261224], False),
        ("2026-12-24", False),
        (None, False),
    ],
)
def test_closed_days_are_checked(days: Any, is_right: bool) -> None:
    """Only as `is_open` compares them: a date written otherwise would never close the desk."""
    assert (check_closed_days(days) == "") is is_right


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [({}, set()), ({"time_zone": "Europe/Atlantis"}, {"time_zone"}), ({"days": {"9": []}, "closed_days": ["never"]}, {"days", "closed_days"})],
)
def test_form_says_which_field_is_wrong(fields: dict[str, Any], wrong: set[str]) -> None:
    hours = BusinessHours(pk=1, **fields)

    try:
        hours.full_clean(validate_constraints=False, validate_unique=False)
        found: set[str] = set()
    except ValidationError as error:
        found = set(error.message_dict)

    assert found == wrong


@pytest.mark.django_db
def test_desk_has_office_hours_until_somebody_chooses() -> None:
    before = desk_hours()
    BusinessHours.objects.create(pk=1, time_zone="UTC", days={})

    assert (before.time_zone, before.days) == ("Europe/Stockholm", OFFICE)
    assert (desk_hours().time_zone, desk_hours().days) == ("UTC", {})


@pytest.mark.django_db
def test_database_holds_one_set_of_hours() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        BusinessHours.objects.create(pk=2)
