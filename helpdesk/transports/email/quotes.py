"""What a person wrote in a reply: without the mail that they answered, and without their signature.

English, Swedish and Polish, as Outlook, Gmail, Apple Mail and Thunderbird write it. Every pattern looks at a line
of at most LINE_LIMIT characters, so the time is linear in the text (V9).
"""

from __future__ import annotations

import re

LINE_LIMIT = 400
MOST_SIGNATURE_LINES = 15
MOST_DEVICE_LINES = 3

_ATTRIBUTION = re.compile(
    r"On\b.* wrote:"
    r"|(Den|\d).*\bskrev\b.*:"
    r"|(W dniu|Dnia|\d|pon\.|wt\.|śr\.|czw\.|pt\.|sob\.|niedz\.|ndz\.).*\b(pisze|napisał(\(a\)|a)?):"
    r"|Wiadomość napisana przez .*:",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\d[:.]\d\d")
_FROM = re.compile(r"\*?(From|Från|Od):", re.IGNORECASE)
_SENT = re.compile(r"\*?(Sent|Date|Skickat|Datum|Wysłano|Wysłane|Data):", re.IGNORECASE)
_SUBJECT = re.compile(r"\*?(Subject|Ämne|Temat):", re.IGNORECASE)
_SEPARATOR = re.compile(r"[-_]{3,}[\w ]{0,40}[-_]*")
_DEVICE = re.compile(r"(Sent from my|Get Outlook for|Skickat från min|Hämta Outlook för|Wysłane z|Wysłano z|Pobierz (program )?Outlook)\b", re.IGNORECASE)
_FORWARD = re.compile(r"\s*(fwd?|fw|vb|pd|wg)\s*:", re.IGNORECASE)


def is_forward(subject: str) -> bool:
    """A forwarded mail is what the person wants read, not what they answer."""
    return _FORWARD.match(subject) is not None


def strip_reply(text: str) -> str:
    """The person's own words. Quotes that they answered between are kept; if nothing would be left, the whole text."""
    lines = text.split("\n")
    lines = lines[: _begin_of_old_mail(lines)]
    lines = lines[: _begin_of_signature(lines)]
    return "\n".join(_without_quotes(lines)).strip() or text.strip()


def _begin_of_old_mail(lines: list[str]) -> int:
    """The line from which everything is the mail that was answered, where it is not marked with `>`."""
    for index in range(len(lines)):
        if _is_header_block(lines, index) or _is_unmarked_quote(lines, index):
            return _before_separators(lines, index)
    return len(lines)


def _is_header_block(lines: list[str], index: int) -> bool:
    """Outlook's From, Sent, To, Subject. Both a date and a subject: a customer may well write "From: Oslo, To: Rome"."""
    if not _FROM.match(_bare(lines[index])):
        return False
    following = [_bare(line) for line in lines[index + 1 : index + 9]]
    return any(map(_SENT.match, following)) and any(map(_SUBJECT.match, following))


def _is_unmarked_quote(lines: list[str], index: int) -> bool:
    length = _attribution_length(lines, index)
    return bool(length) and not _next_is_quoted(lines, index + length)


def _attribution_length(lines: list[str], index: int) -> int:
    """How many lines "On … wrote:" takes from here: 1 to 3, 0 for none."""
    for length in (1, 2, 3):
        wrapped = [_bare(line) for line in lines[index : index + length]]
        joined = " ".join(wrapped)
        if all(wrapped) and joined.endswith(":") and _CLOCK.search(joined) and _ATTRIBUTION.fullmatch(joined):
            return length
    return 0


def _next_is_quoted(lines: list[str], index: int) -> bool:
    """A quote follows, blank lines apart. Three lines are enough to see it."""
    return next((_is_quoted(line) for line in lines[index : index + 3] if line.strip()), False)


def _before_separators(lines: list[str], index: int) -> int:
    while index and (not lines[index - 1].strip() or _SEPARATOR.fullmatch(_bare(lines[index - 1]))):
        index -= 1
    return index


def _begin_of_signature(lines: list[str]) -> int:
    """The highest line that opens a signature with few enough lines of the person's own below it."""
    begin, below = len(lines), 0
    for index in reversed(range(len(lines))):
        if below > MOST_SIGNATURE_LINES:
            break
        bare = _bare(lines[index])
        if bare == "--" or (below <= MOST_DEVICE_LINES and _DEVICE.match(bare)):
            begin = index
        below += bool(bare) and not _is_quoted(bare)
    return begin


def _without_quotes(lines: list[str]) -> list[str]:
    """Drops the quote below the answer, or the one quote above it."""
    quoted = _quoted_lines(lines)
    own = [index for index, line in enumerate(lines) if line.strip() and not quoted[index]]
    if not own:
        return []
    first, last = own[0], own[-1]
    is_interleaved = any(quoted[first:last])
    return lines[: last + 1] if is_interleaved else lines[first : last + 1]


def _quoted_lines(lines: list[str]) -> list[bool]:
    """For each line whether it belongs to a quote: marked with `>`, or the attribution right above."""
    quoted = [_is_quoted(line) for line in lines]
    for index in range(len(lines)):
        length = _attribution_length(lines, index)
        if length and _next_is_quoted(lines, index + length):
            quoted[index : index + length] = [True] * length
    return quoted


def _is_quoted(line: str) -> bool:
    return line.startswith((">", " >"))


def _bare(line: str) -> str:
    return line[:LINE_LIMIT].strip()
