"""What the header of a mail says, read in linear time (V9). Pure: knows no Django, it runs in the killable process.

Header values come in as the parser left them: ASCII, with 8-bit bytes as surrogates.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from hashlib import sha256

from helpdesk.transports.email.charsets import decode, printable

HEADER_LIMIT = 65_536  # characters of one header that are read at all
TEXT_LIMIT = 4_000  # characters of a header that is shown
NAME_LIMIT = 200
ID_LIMIT = 200
MOST_ADDRESSES = 500
MOST_REFERENCES = 100
RECIPIENT_HEADERS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Delivered-To", "To", "Cc")

_ENCODED_WORD = r"=\?[^?\s]+\?[bBqQ]\?[^?]*\?="
_ENCODED_RUN = re.compile(rf"{_ENCODED_WORD}(?:\s*{_ENCODED_WORD})*")
_ADDRESS_CHARACTER = r"[^\s@<>()\[\]\\,;:\"]"
_ADDRESS = re.compile(rf"{_ADDRESS_CHARACTER}{{1,64}}@{_ADDRESS_CHARACTER}{{1,250}}")
_ANGLED_ADDRESS = re.compile(rf"<\s*({_ADDRESS.pattern})\s*>")
_DIRECTION_MARKS = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ANGLED = re.compile(r"<([^<>]{1,2000})>")
_MESSAGE_ID = re.compile(rb"^message-id[ \t]*:([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.IGNORECASE | re.MULTILINE)
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")
_MACHINE_NAMES = re.compile(r"(mailer-daemon|postmaster|(do-?)?no-?t?-?reply)[@+]", re.IGNORECASE)

type Mail = Message[str, str]


def text_of(value: str, limit: int = TEXT_LIMIT) -> str:
    """A header value as one line of text: 8-bit bytes and encoded words decoded, at most `limit` characters."""
    return _one_line(_decode_words(_decode_bytes(value[:TEXT_LIMIT])))[:limit].rstrip()


def sender_of(mail: Mail) -> tuple[str, str]:
    """Name and address of who wrote: From, else Sender, else the envelope's sender. ("", "") when nobody says."""
    for name in ("From", "Sender", "Return-Path"):
        for value in mail.get_all(name, []):
            if found := _addresses(value):
                return found[0]
    return "", ""


def recipients_of(mail: Mail) -> tuple[str, ...]:
    """Every address that the mail says it is for, lower case: those that the delivery added first, then To and Cc."""
    values = [value for name in RECIPIENT_HEADERS for value in mail.get_all(name, [])[:50]]
    found = [address.lower() for value in values for _name, address in _addresses(value)]
    return tuple(dict.fromkeys(found[:MOST_ADDRESSES]))


def message_id_in(raw: bytes) -> str:
    """The Message-ID as `<…>`, "" when there is none.

    Reads raw bytes with one pattern, so that a mail that cannot be parsed has the same key as one that can.
    """
    end = _END_OF_HEADER.search(raw)
    found = _MESSAGE_ID.search(raw, 0, end.start() + 1 if end else len(raw))
    if found is None:
        return ""
    return _first_id(decode(found[1][:HEADER_LIMIT]))


def references_of(mail: Mail) -> tuple[str, ...]:
    """The Message-IDs that this mail answers, oldest first: References, then In-Reply-To."""
    values = [*mail.get_all("References", [])[:1], *mail.get_all("In-Reply-To", [])[:1]]
    found = [_normal_id(angled) for value in values for angled in _ANGLED.findall(_decode_words(_decode_bytes(value)))]
    known = [reference for reference in dict.fromkeys(found) if reference]
    # The first names the thread and the last ones the mail that is answered: a hostile middle may go.
    return tuple(known if len(known) <= MOST_REFERENCES else [known[0], *known[1 - MOST_REFERENCES :]])


def reported_by(bounce: Mail) -> str:
    """The Message-ID of the mail that a delivery report encloses, whole or its header alone; "" when it does not."""
    for part in bounce.walk():
        if part.get_content_type() == "text/rfc822-headers":
            return message_id_in(str(part.get_payload()).encode("utf-8", "surrogateescape"))
        if part is not bounce and "Message-ID" in part:
            return _first_id(_decode_bytes(part["Message-ID"]))
    return ""


def sent_at(mail: Mail) -> datetime | None:
    """The Date in UTC; None when it is missing or nonsense."""
    try:
        date = parsedate_to_datetime(str(mail.get("Date", ""))[:200])
        date = date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return date if 1990 <= date.year <= 2100 else None


def is_automatic(mail: Mail, sender: str) -> bool:
    """Sent by a machine, so never to be answered by one (V7; RFC 3834, RFC 5230, RFC 3464)."""
    return (
        _word(mail, "Auto-Submitted") not in ("", "no")
        or _word(mail, "Precedence") in ("bulk", "junk", "list", "auto_reply")
        or not {"all", "oof", "autoreply"}.isdisjoint(re.split(r"[\s,;]+", text_of(mail.get("X-Auto-Response-Suppress", "")).lower()))
        or any(name in mail for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder"))
        or text_of(mail.get("Return-Path", "")) == "<>"
        or mail.get_content_type() == "multipart/report"
        or _MACHINE_NAMES.match(sender) is not None
    )


def _decode_bytes(value: str) -> str:
    return decode(value.encode("utf-8", "surrogateescape"))


def _decode_words(text: str) -> str:
    return _ENCODED_RUN.sub(_decode_run, text)


def _decode_run(run: re.Match[str]) -> str:
    # Neighbours are decoded together: some programs cut a character in two.
    try:
        return "".join(part if isinstance(part, str) else decode(part, charset or "") for part, charset in decode_header(run[0]))
    except (HeaderParseError, ValueError):
        return run[0]


def _one_line(text: str) -> str:
    # A mark of writing direction can make one address look like another.
    return " ".join(_DIRECTION_MARKS.sub("", printable(text)).split())


def _addresses(value: str) -> list[tuple[str, str]]:
    """(name, address) of each address; what the strict reader refuses is searched for anything like an address."""
    text = _decode_bytes(value[:HEADER_LIMIT])
    try:
        pairs = getaddresses([text])[:MOST_ADDRESSES]
    except (RecursionError, ValueError, IndexError):
        pairs = []
    found = [(text_of(name, NAME_LIMIT), address) for name, address in pairs if _ADDRESS.fullmatch(address)]
    return found or [("", address) for address in _address_within(_one_line(_decode_words(text)))]


def _address_within(text: str) -> list[str]:
    """What stands in the last angle brackets, for a name can hold any address; else the first that looks like one."""
    return _ANGLED_ADDRESS.findall(text)[-1:] or _ADDRESS.findall(text)[:1]


def _first_id(value: str) -> str:
    angled = _ANGLED.search(value)
    return _normal_id(angled[1] if angled else value)


def _normal_id(inner: str) -> str:
    """`<…>` without blanks, short enough for its column: a longer one is replaced by its hash."""
    bare = "".join(printable(inner).split()).strip("<>")
    if len(bare) <= ID_LIMIT - 2:
        return f"<{bare}>" if bare else ""
    return f"<{sha256(bare.encode()).hexdigest()}@long.invalid>"


def _word(mail: Mail, name: str) -> str:
    """The first word of a header, lower case: `auto-replied; owner-email=…` is `auto-replied`."""
    words = re.split(r"[\s;(]+", text_of(mail.get(name, "")).lower(), maxsplit=1)
    return words[0]
