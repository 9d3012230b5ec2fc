"""What several readers see at once, each in their language."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext

from agents.languages import in_each_language, in_language


@pytest.fixture(autouse=True)
def three_languages(settings: Any) -> None:
    settings.LANGUAGES = [("en", "English"), ("sv", "Svenska"), ("pl", "Polski")]


def test_each_language_says_it_and_the_writers_stays() -> None:
    with translation.override("pl"):
        said = in_each_language(lambda: gettext("Monday"))

        assert (said, translation.get_language()) == ({"en": "Monday", "sv": "måndag", "pl": "Poniedziałek"}, "pl")


@pytest.mark.parametrize(("language", "row"), [("sv", "Rad"), ("en", "Row"), ("pl", "Row")])
def test_reader_gets_their_words_alone(language: str, row: str) -> None:
    """What was kept before a language was offered is read in ours."""
    frame = {"kind": "ticket", "ticket": 7, "words": {"en": {"row": "Row"}, "sv": {"row": "Rad"}}}

    assert in_language(frame, language) == {"kind": "ticket", "ticket": 7, "row": row}


@pytest.mark.parametrize("frame", [{"kind": "ping"}, {"kind": "toast", "count": 6, "words": {}}])
def test_frame_without_words_is_everybodys(frame: dict[str, Any]) -> None:
    assert in_language(frame, "sv") == {name: value for name, value in frame.items() if name != "words"}


@pytest.mark.parametrize(("language", "said"), [("en", "3 May 2026, 3 May"), ("sv", "3 maj 2026, 3 maj"), ("pl", "3 maj 2026, 3 maj")])
def test_short_dates_are_written_as_the_language_does(language: str, said: str) -> None:
    """The day first, and months in small letters where they are."""
    with translation.override(language):
        assert f"{date_format(date(2026, 5, 3), 'SHORT_DATE_FORMAT')}, {date_format(date(2026, 5, 3), 'MONTH_DAY_FORMAT')}" == said
