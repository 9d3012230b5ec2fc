"""One mail as it came over the wire → what we need of it.

Pure, and imports no Django: it runs in the killable process of `guard.py`. Everything is linear in the size of the
mail or capped (V9); the standard parser's structured headers are neither, so the old policy is used, with a cap of ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.parser import BytesHeaderParser
from email.policy import Compat32

from helpdesk.transports.email.body import TEXT_LIMIT, Body, Part, read_body
from helpdesk.transports.email.charsets import decode
from helpdesk.transports.email.headers import (
    HEADER_LIMIT,
    Mail,
    is_automatic,
    message_id_in,
    recipients_of,
    references_of,
    reported_by,
    sender_of,
    sent_at,
    text_of,
)
from helpdesk.transports.email.quotes import is_forward, strip_reply

MAIL_LIMIT = 25 * 1024 * 1024  # bytes
SUBJECT_LIMIT = 300
CONTENT_HEADER_LIMIT = 8_000  # the standard library reads their parameters in quadratic time
RAW_TEXT_PROBLEM = "The structure of this mail could not be read, so its raw text is shown."


class UnreadableMail(Exception):
    """A mail that cannot become a message. Its text is a sentence for the person who looks after the quarantine."""


@dataclass(frozen=True, kw_only=True)
class ParsedMail:
    """What one mail says. Addresses of recipients are lower case; ids are `<…>`; "" where the mail says nothing.

    `text` is the person's own words; `html` all of the mail as it was laid out, never to be shown as it is (V1).
    """

    message_id: str
    references: tuple[str, ...]
    sender_name: str
    sender_address: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    sent_at: datetime | None
    is_automatic: bool
    html: str
    attachments: tuple[Part, ...]
    problems: tuple[str, ...]

    @property
    def thread_root(self) -> str:
        """The mail that began the conversation: the first that this one refers to, else itself."""
        return self.references[0] if self.references else self.message_id


def parse_mail(raw: bytes) -> ParsedMail:
    """Raises UnreadableMail and nothing else, whatever the bytes."""
    if len(raw) > MAIL_LIMIT:
        raise UnreadableMail(f"This mail is larger than {MAIL_LIMIT // 1024 // 1024} MB.")
    try:
        mail = message_from_bytes(raw, policy=_CAPPED)
        return _parsed(mail, raw, read_body(mail), problems=[])
    except Exception:  # noqa: BLE001 # whatever a hostile structure breaks in the parser, the words below the header can still be read
        return _parse_as_raw_text(raw)


def _parse_as_raw_text(raw: bytes) -> ParsedMail:
    try:
        mail = BytesHeaderParser(policy=_CAPPED).parsebytes(raw)
        text = str(mail.get_payload())[: TEXT_LIMIT + 1].encode("utf-8", "surrogateescape")
        return _parsed(mail, raw, Body(decode(text)), problems=[RAW_TEXT_PROBLEM])
    except Exception as error:
        raise UnreadableMail(f"This mail could not be read ({type(error).__name__}).") from error


def _parsed(mail: Mail, raw: bytes, body: Body, *, problems: list[str]) -> ParsedMail:
    name, address = sender_of(mail)
    subject = text_of(mail.get("Subject", ""), SUBJECT_LIMIT)
    return ParsedMail(
        message_id=message_id_in(raw),
        references=_all_references(mail),
        sender_name=name,
        sender_address=address,
        recipients=recipients_of(mail),
        subject=subject,
        text=_own_words(body.text[:TEXT_LIMIT], subject),
        sent_at=sent_at(mail),
        is_automatic=is_automatic(mail, address),
        html=body.html,
        attachments=tuple(body.attachments),
        problems=(*problems, *_problems(mail, body)),
    )


def _all_references(mail: Mail) -> tuple[str, ...]:
    """RFC 3464: a bounce encloses the mail that it is about, and often refers to it nowhere else."""
    reported = [reported_by(mail)] if mail.get_content_type() == "multipart/report" else []
    return tuple(dict.fromkeys([*references_of(mail), *filter(None, reported)]))


def _own_words(text: str, subject: str) -> str:
    return text.strip() if is_forward(subject) else strip_reply(text)


def _problems(mail: Mail, body: Body) -> list[str]:
    found = {
        "The mail has no Message-ID.": "Message-ID" not in mail,
        "The mail has no readable date.": sent_at(mail) is None,
        "The mail has no text.": not body.text.strip(),
        f"The text was cut after {TEXT_LIMIT:,} characters.": len(body.text) > TEXT_LIMIT,
        "A part of the mail is broken.": any(part.defects for part in mail.walk()),
    }
    return [sentence for sentence, is_so in found.items() if is_so]


class _CappedPolicy(Compat32):
    """Headers as they stand, each cut to what we are willing to read."""

    def header_source_parse(self, sourcelines: Sequence[str]) -> tuple[str, str]:
        name, _colon, value = "".join(sourcelines).partition(":")
        limit = CONTENT_HEADER_LIMIT if name.lower().startswith("content-") else HEADER_LIMIT
        return name, value.lstrip(" \t")[:limit].rstrip("\r\n")

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value


_CAPPED = _CappedPolicy()
