"""Is the desk open? (A19, A21)"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from agents.hours import check_days, coming_closed_days, desk_hours, has_been_open, is_open, opens_next
from agents.models import BusinessHours, SpecialDay

OFFICE = {str(day): [["09:00", "17:00"]] for day in range(5)}


pytestmark = pytest.mark.django_db


def hours_of(days: dict[str, Any], *, country: str = "", special: dict[str, Any] | None = None) -> BusinessHours:
    """`special`: the periods of single dates."""
    hours, _is_new = BusinessHours.objects.update_or_create(pk=1, defaults={"days": days, "country": country})
    SpecialDay.objects.all().delete()
    SpecialDay.objects.bulk_create([SpecialDay(hours=hours, date=day, periods=periods) for day, periods in (special or {}).items()])
    return desk_hours()


def utc(at: str) -> datetime:
    return datetime.fromisoformat(at).replace(tzinfo=UTC)


def opened(at: str, days: dict[str, Any], **others: Any) -> bool:
    return is_open(hours_of(days, **others), utc(at))


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
def test_hours_are_those_of_the_time_zone(zone: str, expected: bool, settings: Any) -> None:
    """09:30 in Stockholm is 03:30 in New York and 17:30 in Tokyo."""
    settings.TIME_ZONE = zone

    assert opened("2026-11-20T08:30", {"4": [["08:00", "17:00"]]}) is expected


@pytest.mark.parametrize(("zone", "expected"), [("Pacific/Auckland", True), ("UTC", False)])
def test_day_is_that_of_the_time_zone(zone: str, expected: bool, settings: Any) -> None:
    """Friday 23:30 UTC is Saturday in Auckland."""
    settings.TIME_ZONE = zone

    assert opened("2026-11-20T23:30", {"5": [["09:00", "17:00"]]}) is expected


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

    assert [opened(time, always, special={"2026-12-24": []}) for time in at] == [True, False, False, True]


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
    ("fields", "wrong"),
    [({}, set()), ({"days": {"9": []}}, {"days"})],
)
def test_form_says_which_field_is_wrong(fields: dict[str, Any], wrong: set[str]) -> None:
    hours = BusinessHours(pk=1, **fields)

    try:
        hours.full_clean(validate_constraints=False, validate_unique=False)
        found: set[str] = set()
    except ValidationError as error:
        found = set(error.message_dict)

    assert found == wrong


def test_desk_has_office_hours_until_somebody_chooses() -> None:
    before = desk_hours()
    BusinessHours.objects.create(pk=1, days={})

    assert (before.days, desk_hours().days) == (OFFICE, {})


def test_database_holds_one_set_of_hours() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        BusinessHours.objects.create(pk=2)


def test_own_open_day_is_open_whatever_else_says_so() -> None:
    """A Saturday with hours of its own; the first of May, which would be closed."""
    own = {"2026-05-01": [["10:00", "14:00"]], "2026-11-21": [["10:00", "14:00"]]}

    found = [opened(at, OFFICE, country="SE", special=own) for at in ("2026-05-01T07:30", "2026-05-01T08:30", "2026-11-21T09:00", "2026-11-21T13:00")]

    assert found == [False, True, True, False]


@pytest.mark.parametrize(("country", "expected"), [("", [True, True]), ("SE", [False, True]), ("PL", [True, False])])
def test_public_holidays_are_those_of_the_country(country: str, expected: list[bool]) -> None:
    """Epiphany is one in both; Ascension Day in Sweden alone, Corpus Christi in Poland alone."""
    days = ("2026-05-14T10:00", "2026-06-04T10:00")

    assert [opened(at, OFFICE, country=country) for at in days] == expected
    assert opened("2026-01-06T10:00", OFFICE, country=country) is (country == "")


def test_open_over_midnight_is_one_stretch() -> None:
    """As 22:00–24:00 and 00:00–02:00 of the next day."""
    days = {"4": [["22:00", "24:00"]], "5": [["00:00", "02:00"]]}
    at = ("2026-11-20T20:59", "2026-11-20T21:00", "2026-11-20T22:59", "2026-11-20T23:00", "2026-11-21T00:59", "2026-11-21T01:00")

    assert [opened(each, days) for each in at] == [False, True, True, True, True, False]
    assert opens_next(hours_of(days), utc("2026-11-20T23:00")) == utc("2026-11-20T23:00")


@pytest.mark.parametrize(
    ("at", "days", "expected"),
    [
        ("2026-11-20T10:00", OFFICE, "2026-11-20T10:00"),  # open: now
        ("2026-11-20T07:59:30", OFFICE, "2026-11-20T08:00"),
        ("2026-11-20T16:00", OFFICE, "2026-11-23T08:00"),  # Friday evening: Monday
        ("2026-11-20T11:30", {"4": [["09:00", "12:00"], ["13:00", "17:00"]]}, "2026-11-20T12:00"),
        ("2026-12-24T10:00", OFFICE, "2026-12-28T08:00"),  # Christmas, then a weekend
        ("2026-10-23T15:00", OFFICE, "2026-10-26T08:00"),  # over the end of summer time
        ("2026-03-27T16:00", OFFICE, "2026-03-30T07:00"),  # and over its beginning
        ("2026-03-29T00:00", {"6": [["02:30", "10:00"]]}, "2026-03-29T01:00"),  # 02:30 never comes
        ("2026-10-25T01:05", {"6": [["02:30", "10:00"]]}, "2026-10-25T01:30"),  # 02:30 once more
        ("2026-10-25T00:50", {"6": [["01:30", "02:45"]]}, "2026-10-25T01:00"),  # the clock is put back into a period
        ("2026-11-20T10:00", {}, None),
    ],
)
def test_desk_opens_next(at: str, days: dict[str, Any], expected: str | None) -> None:
    hours = hours_of(days, country="SE", special={"2026-12-24": []})

    assert opens_next(hours, utc(at)) == (utc(expected) if expected else None)


@pytest.mark.parametrize("zone", ["Europe/Stockholm", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"])
@pytest.mark.parametrize("start", ["2026-03-07T12:00", "2026-03-28T12:00", "2026-10-03T12:00", "2026-10-24T12:00", "2026-10-31T18:00"])
def test_desk_opens_next_as_a_search_minute_by_minute_finds(zone: str, start: str, settings: Any) -> None:
    """Over the changes of the clock in each of them."""
    settings.TIME_ZONE = zone
    hours = hours_of({"6": [["01:40", "02:20"], ["02:30", "03:15"]], "0": [["00:00", "24:00"]]})
    minutes = [utc(start) + timedelta(minutes=number) for number in range(48 * 60)]

    coming = None
    for at in reversed(minutes):
        coming = at if is_open(hours, at) else coming
        if at.minute % 7 == 0 and coming:
            assert opens_next(hours, at) == coming


@pytest.mark.parametrize(
    ("since", "minutes", "expected"),
    [
        ("2026-11-20T15:00", 60, True),  # the last hour of Friday
        ("2026-11-20T15:01", 60, False),  # and not all of it, over the whole weekend
        ("2026-11-20T15:01", 59, True),
        ("2026-11-21T10:00", 1, False),
        ("1971-01-01T00:00", 10**6, False),  # nobody waits longer than what is looked through
    ],
)
def test_only_open_hours_count(since: str, minutes: int, expected: bool) -> None:
    """I8."""
    monday = utc("2026-11-23T08:00")

    assert has_been_open(hours_of(OFFICE), timedelta(minutes=minutes), since=utc(since), until=monday) is expected


def test_coming_closed_days_have_names() -> None:
    """Those that are closed every week are not among them, nor is what is open all the same."""
    hours = hours_of(OFFICE, country="SE", special={"2026-12-23": [], "2026-12-25": [["09:00", "12:00"]], "2026-12-27": []})
    hours.special_days.filter(date="2026-12-23").update(name="Stock-taking")
    with time_machine.travel(datetime(2026, 12, 20, 12, tzinfo=UTC), tick=False):
        found = coming_closed_days(desk_hours(), days=20)

    assert found == [(date(2026, 12, 23), "Stock-taking"), (date(2027, 1, 1), "New Year's Day"), (date(2027, 1, 6), "Epiphany")]
