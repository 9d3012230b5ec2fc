"""What counts as the same word: łódź, Lodz and LÓDŹ; Größe and grosse; Ørsted and orsted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

LONGEST = 60  # letters of a word that count
_WORD = re.compile(r"[^\W_]+")
_OWN = {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}  # letters that Unicode does not take apart


class _Folding(dict[int, str]):
    """For `str.translate`: each character for itself, so that a place in the folded text is one in the text as it was written."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", chr(code).casefold()).casefold())
        self[code] = "".join(_OWN.get(each, each) for each in plain if unicodedata.category(each) != "Mn")
        return self[code]


_folding = _Folding()


def fold(text: str) -> str:
    return text.translate(_folding)


def words(text: str) -> list[str]:
    """Folded, in order. Letters and digits alone are words; everything else stands between them."""
    return [word[:LONGEST] for word in _WORD.findall(fold(text))]


def starts_at(found: Sequence[str], wanted: Sequence[str], *, is_prefix: bool) -> list[int]:
    """Where a phrase begins in a text's words. With `is_prefix` its last word may be the beginning of one."""
    return [at for at in range(len(found) - len(wanted) + 1) if _is_here(found[at : at + len(wanted)], wanted, is_prefix=is_prefix)]


def _is_here(found: Sequence[str], wanted: Sequence[str], *, is_prefix: bool) -> bool:
    last = found[-1].startswith(wanted[-1]) if is_prefix else found[-1] == wanted[-1]
    return last and list(found[:-1]) == list(wanted[:-1])
