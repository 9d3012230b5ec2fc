"""Bytes of any declared charset to text that a database takes. Never raises."""

from __future__ import annotations

import codecs
import re

# Codecs that Python calls text encodings, but whose time is quadratic or whose result is not what a mail means.
_REFUSED = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"}
# What mail programs write, and what they mean by it.
_MEANT = {
    "ascii": "utf-8",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "utf8mb4": "utf-8",
    "iso-8859-8-i": "iso8859-8",
    "unicode-1-1-utf-7": "utf-7",
    "ansi": "cp1252",
}
# PostgreSQL takes neither NUL nor lone surrogates; the other controls have no picture.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff]")


def decode(data: bytes, charset: str = "") -> str:
    """The text of `data`: by its declared charset, else as UTF-8 in which a stray byte is Windows-1252."""
    try:
        return printable(data.decode(_codec(charset)))
    except (UnicodeError, LookupError):
        return printable(data.decode("utf-8", "stray_bytes"))


def printable(text: str) -> str:
    """`text` with LF line ends, and without what cannot be stored or seen."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " "))


def _codec(charset: str) -> str:
    """Python's name of the declared charset; LookupError when there is none that we trust."""
    wanted = charset.strip().strip("\"'").lower().split("*")[0]
    wanted = _MEANT.get(wanted, wanted)
    if not wanted or len(wanted) > 40 or "\0" in wanted:
        raise LookupError(charset)
    name = codecs.lookup(wanted).name
    if name in _REFUSED:
        raise LookupError(charset)
    return _MEANT.get(name, name)


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("stray_bytes", _as_windows_1252)
