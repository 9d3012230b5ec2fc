"""What several readers see at once, each in their language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils import translation


def in_each_language[T](say: Callable[[], T]) -> dict[str, T]:
    """{code: what `say` makes}, for each language of the screens."""
    said = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            said[code] = say()
    return said


def in_language(frame: dict[str, Any], language: str) -> dict[str, Any]:
    """The frame as one reader gets it: of its `words`, {code: {name: text}}, those of their language."""
    words: dict[str, dict[str, str]] = frame.get("words", {})
    rest = {name: value for name, value in frame.items() if name != "words"}
    return rest | words.get(language, words.get(settings.LANGUAGE_CODE, {}))
