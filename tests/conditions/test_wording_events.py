"""Dates, events, segments, regions and consent as they read in English, Swedish and Polish."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conditions.builders import ALLTIME, about_them, done, in_the_last, number, some, text
from tests.conditions.every_condition import in_three_languages
from tests.conditions.strategies import consent


def date(operator: str, **arguments: Any) -> dict[str, Any]:
    return {"type": "date", "operator": operator, **arguments}


def region(name: str, *, is_in: bool) -> dict[str, Any]:
    return {"type": "profile-region", "in_region": is_in, "region_id": name}


ONCE = number("greater-than-or-equal", 1)
RED_OR_BLUE = {"property": "colour", "filter": text("not-in", ["red", "blue"])}
NO_HAT = {"property": "Items", "filter": some("not-contains", "Big hat")}
SEGMENTS = {"type": "profile-group-membership", "is_member": False, "group_ids": ["3", "5"]}


@pytest.mark.parametrize(
    ("condition", "english", "swedish", "polish"),
    [
        (
            about_them("seen", date("before", date="2026-11-22")),
            "seen is before 22 Nov 2026",
            "seen ligger före 22 nov. 2026",
            "seen przypada przed 22 lis 2026",
        ),
        (
            about_them("seen", date("after", date="2026-06-01T13:07:00+02:00")),
            "seen is on or after 1 Jun 2026 11:07 UTC",
            "seen är 1 juni 2026 kl. 11.07 UTC eller senare",
            "seen przypada 1 cze 2026 11:07 UTC lub później",
        ),
        (
            about_them("seen", date("between", start=3, end=5, unit="day")),
            "seen is between 3 and 5 days ago",
            "seen ligger mellan 3 och 5 dagar tillbaka i tiden",
            "seen jest sprzed 3–5 dni",
        ),
        (
            about_them("seen", date("at-least", quantity=1, unit="week")),
            "seen is more than a week ago",
            "seen ligger mer än en vecka tillbaka i tiden",
            "seen jest sprzed ponad tygodnia",
        ),
        (about_them("born", date("anniversary")), "born has its anniversary today", "born har årsdag i dag", "born ma dziś rocznicę"),
        (
            about_them("born", date("anniversary-month")),
            "born has its anniversary this month",
            "born har årsdag den här månaden",
            "born ma rocznicę w tym miesiącu",
        ),
        (
            about_them("born", date("anniversary-last", quantity=2, unit="day")),
            "born had its anniversary in the last 2 days",
            "born hade årsdag under de senaste 2 dagarna",
            "born ma rocznicę w ciągu ostatnich 2 dni",
        ),
        (
            about_them("born", date("anniversary-next", quantity=1, unit="day")),
            "born has its anniversary in the next day",
            "born har årsdag under det närmaste dygnet",
            "born ma rocznicę w ciągu najbliższej doby",
        ),
        (
            about_them("born", date("calendar-month", value=9)),
            "born is in September of any year",
            "born infaller i september oavsett år",
            "born przypada we wrześniu dowolnego roku",
        ),
    ],
)
def test_date_in_three_languages(condition: dict[str, Any], english: str, swedish: str, polish: str) -> None:
    assert in_three_languages(condition) == (english, swedish, polish)


@pytest.mark.parametrize(
    ("condition", "english", "swedish", "polish"),
    [
        (
            done("Placed Order", ONCE, in_the_last(2, "hour")),
            "Placed Order at least once in the last 2 hours",
            "Placed Order minst en gång under de senaste 2 timmarna",
            "Placed Order co najmniej raz w ciągu ostatnich 2 godzin",
        ),
        (
            done("Placed Order", number("equals", 0), ALLTIME),
            "Placed Order zero times over all time",
            "Placed Order ingen gång hittills",
            "Placed Order ani razu do tej pory",
        ),
        (
            done("Opened", number("greater-than", 3), in_the_last(1, "day")),
            "Opened more than 3 times in the last day",
            "Opened fler än 3 gånger under det senaste dygnet",
            "Opened więcej niż 3 razy w ciągu ostatniej doby",
        ),
        (
            done("Opened", number("less-than", 1), date("before", date="2026-01-31")),
            "Opened less than once before 31 Jan 2026",
            "Opened mindre än en gång före 31 jan. 2026",
            "Opened mniej niż raz przed 31 sty 2026",
        ),
        (
            done("Opened", number("not-equals", 2), date("after", date="2026-03-01")),
            "Opened not exactly 2 times on or after 1 Mar 2026",
            "Opened inte exakt 2 gånger från och med 1 mars 2026",
            "Opened inną liczbę razy niż 2 od 1 mar 2026",
        ),
        (
            done("Opened", when=date("between-static", start="2026-11-01", end="2026-12-01T06:30:15")),
            "Opened at least once between 1 Nov 2026 and 1 Dec 2026 06:30:15 UTC",
            "Opened minst en gång mellan 1 nov. 2026 och 1 dec. 2026 kl. 06.30.15 UTC",
            "Opened co najmniej raz między 1 lis 2026 a 1 gru 2026 06:30:15 UTC",
        ),
        (
            done("Opened", when=date("between", start=3, end=5, unit="week")),
            "Opened at least once between 3 and 5 weeks ago",
            "Opened minst en gång för mellan 3 och 5 veckor sedan",
            "Opened co najmniej raz od 3 do 5 tygodni temu",
        ),
        (
            done("Placed Order", number("greater-than-or-equal", 500), in_the_last(30, "day"), measurement="sum"),
            "value of Placed Order in the last 30 days is at least 500",
            "värdet av Placed Order under de senaste 30 dagarna är minst 500",
            "wartość Placed Order w ciągu ostatnich 30 dni wynosi co najmniej 500",
        ),
        (
            done("Opened") | {"metric_filters": [RED_OR_BLUE, NO_HAT]},
            "Opened at least once over all time where colour is not red or blue and where Items does not include “Big hat”",
            "Opened minst en gång hittills där colour varken är red eller blue och där Items inte har värdet ”Big hat”",
            "Opened co najmniej raz do tej pory, gdzie colour to nie red ani blue i gdzie Items nie zawiera wartości „Big hat”",
        ),
    ],
)
def test_event_in_three_languages(condition: dict[str, Any], english: str, swedish: str, polish: str) -> None:
    assert in_three_languages(condition) == (english, swedish, polish)


@pytest.mark.parametrize(
    ("condition", "english", "swedish", "polish"),
    [
        (SEGMENTS, "is not in segment 3 or segment 5", "ingår inte i segmentet 3 eller segmentet 5", "nie należy do segmentu 3 ani segmentu 5"),
        (region("european_union", is_in=True), "country is in the European Union", "land ligger i EU", "kraj leży w Unii Europejskiej"),
        (region("united_states", is_in=False), "country is not in the United States", "land ligger inte i USA", "kraj nie leży w Stanach Zjednoczonych"),
        (
            consent("sms", True, "subscribed"),
            "may receive marketing by SMS, having subscribed",
            "får ta emot marknadsföring via sms (har anmält sig)",
            "może otrzymywać marketing przez SMS dzięki zapisaniu się",
        ),
        (
            consent("email", False),
            "may not receive marketing by e-mail",
            "får inte ta emot marknadsföring via e-post",
            "nie może otrzymywać marketingu przez e-mail",
        ),
        (
            consent("push", False, "never_subscribed"),
            "may not receive marketing by push, never having subscribed",
            "får inte ta emot marknadsföring via push (har aldrig anmält sig)",
            "nie może otrzymywać marketingu przez push z powodu braku zapisu",
        ),
    ],
)
def test_person_in_three_languages(condition: dict[str, Any], english: str, swedish: str, polish: str) -> None:
    assert in_three_languages(condition) == (english, swedish, polish)


@pytest.mark.parametrize(
    ("quantity", "polish"),
    [
        (1, "ponad godzinę temu"),
        (2, "ponad 2 godziny temu"),
        (4, "ponad 4 godziny temu"),
        (5, "ponad 5 godzin temu"),
        (12, "ponad 12 godzin temu"),
        (21, "ponad 21 godzin temu"),
        (22, "ponad 22 godziny temu"),
        (112, "ponad 112 godzin temu"),
    ],
)
def test_polish_bends_hours_by_their_number(quantity: int, polish: str) -> None:
    """Three forms: one, few, many."""
    seen = done("Opened", when=date("at-least", quantity=quantity, unit="hour"))

    assert in_three_languages(seen)[2] == f"Opened co najmniej raz {polish}"


@pytest.mark.parametrize(("quantity", "swedish"), [(1, "under den senaste timmen"), (2, "under de senaste 2 timmarna"), (21, "under de senaste 21 timmarna")])
def test_swedish_bends_hours_by_their_number(quantity: int, swedish: str) -> None:
    assert in_three_languages(done("Opened", when=in_the_last(quantity, "hour")))[1] == f"Opened minst en gång {swedish}"


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (2.5, ("at least 2.5 times", "minst 2,5 gånger", "co najmniej 2,5 razy")),
        (1e300, ("at least 1e+300 times", "minst 1e+300 gånger", "co najmniej 1e+300 razy")),
        (-1, ("at least -1 times", "minst -1 gånger", "co najmniej -1 razy")),
    ],
)
def test_numbers_that_nobody_counts_have_words_too(count: float, words: tuple[str, ...]) -> None:
    expected = tuple(f"Opened {each}" for each in words)

    said = in_three_languages(done("Opened", number("greater-than-or-equal", count)))

    assert tuple(sentence.rsplit(" ", when)[0] for sentence, when in zip(said, (3, 1, 3), strict=True)) == expected


@pytest.mark.parametrize(
    ("written", "english", "swedish", "polish"),
    [
        ("2026-11-22", "22 Nov 2026", "22 nov. 2026", "22 lis 2026"),
        ("2026-05-01T00:00:00Z", "1 May 2026", "1 maj 2026", "1 maj 2026"),
        ("2026-05-01T00:00:00+02:00", "30 Apr 2026 22:00 UTC", "30 apr. 2026 kl. 22.00 UTC", "30 kwi 2026 22:00 UTC"),
        ("2026-12-31T23:59:59Z", "31 Dec 2026 23:59:59 UTC", "31 dec. 2026 kl. 23.59.59 UTC", "31 gru 2026 23:59:59 UTC"),
        ("2026-12-31T23:59:59.999Z", "31 Dec 2026 23:59:59.999000 UTC", "31 dec. 2026 kl. 23.59.59.999000 UTC", "31 gru 2026 23:59:59.999000 UTC"),
        ("0001-01-01", "1 Jan 1", "1 jan. 1", "1 sty 1"),
    ],
)
def test_date_is_written_as_in_its_language(written: str, english: str, swedish: str, polish: str) -> None:
    """In UTC, with the time when it is not midnight."""
    before = about_them("seen", date("before", date=written))

    assert in_three_languages(before) == (f"seen is before {english}", f"seen ligger före {swedish}", f"seen przypada przed {polish}")


def test_and_or_are_translated() -> None:
    vip, french, red = (about_them(name, text("equals", "x")) for name in ("vip", "$country", "colour"))

    assert in_three_languages([vip, french], [red]) == (
        "(vip equals x or country equals x) and colour equals x",
        "(vip är x eller land är x) och colour är x",
        "(vip to x lub kraj to x) oraz colour to x",
    )
