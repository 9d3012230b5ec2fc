"""What a mail says: the text of its readable parts, the first HTML as it stands, and the parts that are files."""

from __future__ import annotations

from dataclasses import dataclass, field

from helpdesk.transports.email.charsets import decode
from helpdesk.transports.email.headers import NAME_LIMIT, Mail, text_of
from helpdesk.transports.email.html_text import HTML_LIMIT, text_of_html

TEXT_LIMIT = 200_000  # characters
MOST_ATTACHMENTS = 50
_BYTES_READ = HTML_LIMIT  # of one part; four times TEXT_LIMIT, and more


@dataclass(frozen=True, kw_only=True)
class Part:
    """A file: its name and type as the mail claims them, and the ID by which the HTML shows it."""

    name: str
    content_type: str
    content_id: str
    content: bytes


@dataclass
class Body:
    text: str = ""
    html: str = ""
    attachments: list[Part] = field(default_factory=list)


def read_body(mail: Mail) -> Body:
    """Plain text where there is any, else the text of the HTML. `text` may be longer than TEXT_LIMIT by one character."""
    body = Body()
    body.text = _readable(mail, body)[: TEXT_LIMIT + 1]
    return body


def _readable(part: Mail, body: Body) -> str:
    kind = part.get_content_type()
    if kind.startswith("multipart/"):
        return _of_parts(part, kind, body) if part.is_multipart() else _text(part, kind, body)  # its boundary is missing
    if kind in ("text/plain", "text/html") and part.get_content_disposition() != "attachment":
        return _text(part, kind, body)
    if len(body.attachments) < MOST_ATTACHMENTS:
        body.attachments.append(_file(part, kind))
    return ""


def _of_parts(part: Mail, kind: str, body: Body) -> str:
    parts = [inner for inner in part.get_payload() if not isinstance(inner, str)]
    if kind == "multipart/report":
        parts = parts[:1]  # the rest is for machines (RFC 6522)
    if kind == "multipart/alternative":
        parts.sort(key=lambda inner: inner.get_content_type() != "text/plain")
    texts = [text for inner in parts if (text := _readable(inner, body)).strip()]
    return "\n\n".join(texts[:1] if kind == "multipart/alternative" else texts)[: TEXT_LIMIT + 1]


def _text(part: Mail, kind: str, body: Body) -> str:
    payload = part.get_payload(decode=True)
    data = payload[:_BYTES_READ] if isinstance(payload, bytes) else b""
    text = decode(data, _parameter(part, "charset"))
    if kind != "text/html":
        return text[: TEXT_LIMIT + 1]
    body.html = body.html or text[:HTML_LIMIT]
    return text_of_html(text)


def _file(part: Mail, kind: str) -> Part:
    shown = text_of(kind, NAME_LIMIT)
    name = _name(part) or (f"{_subject(part)}.eml" if kind == "message/rfc822" else shown)
    return Part(name=name, content_type=shown, content_id=text_of(part.get("Content-ID", ""), NAME_LIMIT), content=_content(part))


def _content(part: Mail) -> bytes:
    """A mail within the mail is the mail, whole."""
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload
    inner = part.get_payload()
    return b"".join(mail.as_bytes() for mail in inner if not isinstance(mail, str)) if isinstance(inner, list) else b""


def _subject(part: Mail) -> str:
    inner = part.get_payload()
    mail = inner[0] if isinstance(inner, list) and inner else None
    return text_of(mail.get("Subject", ""), 80) or "mail" if mail is not None and not isinstance(mail, str) else "mail"


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
