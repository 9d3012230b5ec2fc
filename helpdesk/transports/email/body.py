"""What a mail says: the text of its readable parts, and the names of the parts that are not text."""

from __future__ import annotations

from dataclasses import dataclass, field

from helpdesk.transports.email.charsets import decode
from helpdesk.transports.email.headers import NAME_LIMIT, Mail, text_of
from helpdesk.transports.email.html_text import HTML_LIMIT, text_of_html

TEXT_LIMIT = 200_000  # characters
MOST_ATTACHMENTS = 50
_BYTES_READ = HTML_LIMIT  # of one part; four times TEXT_LIMIT, and more


@dataclass
class Body:
    text: str = ""
    attachments: list[str] = field(default_factory=list)


def read_body(mail: Mail) -> Body:
    """Plain text where there is any, else the text of the HTML. `text` may be longer than TEXT_LIMIT by one character."""
    body = Body()
    body.text = _readable(mail, body.attachments)[: TEXT_LIMIT + 1]
    return body


def _readable(part: Mail, attachments: list[str]) -> str:
    kind = part.get_content_type()
    if kind.startswith("multipart/"):
        return _of_parts(part, kind, attachments) if part.is_multipart() else _text(part, kind)  # its boundary is missing
    if kind in ("text/plain", "text/html") and part.get_content_disposition() != "attachment":
        return _text(part, kind)
    if len(attachments) < MOST_ATTACHMENTS:
        attachments.append(_name(part) or text_of(kind, NAME_LIMIT))
    return ""


def _of_parts(part: Mail, kind: str, attachments: list[str]) -> str:
    parts = [inner for inner in part.get_payload() if not isinstance(inner, str)]
    if kind == "multipart/report":
        parts = parts[:1]  # the rest is for machines (RFC 6522)
    if kind == "multipart/alternative":
        parts.sort(key=lambda inner: inner.get_content_type() != "text/plain")
    texts = [text for inner in parts if (text := _readable(inner, attachments)).strip()]
    return "\n\n".join(texts[:1] if kind == "multipart/alternative" else texts)[: TEXT_LIMIT + 1]


def _text(part: Mail, kind: str) -> str:
    payload = part.get_payload(decode=True)
    data = payload[:_BYTES_READ] if isinstance(payload, bytes) else b""
    text = decode(data, _parameter(part, "charset"))
    return text_of_html(text) if kind == "text/html" else text[: TEXT_LIMIT + 1]


def _name(part: Mail) -> str:
    try:
        return text_of(part.get_filename() or "", NAME_LIMIT)
    except (ValueError, TypeError, LookupError):  # RFC 2231 written wrongly
        return ""


def _parameter(part: Mail, name: str) -> str:
    try:
        value = part.get_param(name, "")
    except (ValueError, TypeError, LookupError):  # RFC 2231 written wrongly
        return ""
    return value if isinstance(value, str) else ""
