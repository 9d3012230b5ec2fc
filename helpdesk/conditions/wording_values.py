"""Values in words: quoted where a reader could take them for words of ours, numbers and lists as the language writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

_ONE_WORD = re.compile(r"[^\W\d_](?:[\w.@+-]*\w)?")
_SOME_WORDS = re.compile(r"[\w$](?:[\w $.#/&'’:+-]*\w)?")
_JOINING = frozenset(("and", "or", "where", "och", "eller", "där", "i", "oraz", "lub", "gdzie"))
_OURS = _JOINING | {"is", "not", "of", "to", "true", "false", "är", "inte", "av", "sant", "falskt", "ani", "nie", "z", "jest", "prawdą", "fałszem"}
_LISTS = {  # what stands before the last entry
    "or": pgettext_lazy("list of values", "%(others)s or %(last)s"),
    "nor": pgettext_lazy("list of values after a negation", "%(others)s or %(last)s"),
    "and": pgettext_lazy("list of values", "%(others)s and %(last)s"),
}


def value(text: str) -> str:
    """sms as it is; “or”, “Order tracking” and “1” in quotation marks."""
    return text if _ONE_WORD.fullmatch(text) and text.casefold() not in _OURS else quoted(text)


def name(text: str) -> str:
    """What others have named, as they wrote it: Placed Order, but “Placed or returned”."""
    return text if _SOME_WORDS.fullmatch(text) and _JOINING.isdisjoint(text.casefold().split()) else quoted(text)


def quoted(text: str) -> str:
    """A closing mark within is doubled: no value can end its own quotation."""
    marks = _("“%(text)s”")
    return marks % {"text": text.replace(marks[-1], marks[-1] * 2)}


def number(given: float) -> str:
    """As it was given, not rounded: 1234567, 0.1, 2; with the language's decimal mark."""
    return repr(given).removesuffix(".0").replace(".", get_format("DECIMAL_SEPARATOR"))


def listed(texts: Sequence[str], joined_by: str = "or") -> str:
    """“a, b or c”. `joined_by`: or, nor, and."""
    *others, last = texts
    return _LISTS[joined_by] % {"others": ", ".join(others), "last": last} if others else last


def spoken(moment_part: str) -> str:
    """Hours, minutes and seconds with the mark that the language puts between them."""
    return moment_part.replace(":", pgettext("between hours and minutes", ":"))
