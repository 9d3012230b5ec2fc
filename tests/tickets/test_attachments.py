"""Files beside a draft and with a message: their limits, in words."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from agents.models import Role
from helpdesk.tickets.conversation.attachments import File, RefusedFile, attach, detach, media_type
from helpdesk.tickets.conversation.drafts import draft_of
from helpdesk.tickets.conversation.messages import add_note
from helpdesk.tickets.models import Attachment
from helpdesk.tickets.permissions import NotAllowed
from tests.factories import make_agent, make_ticket
from tests.transports.mails import PNG

pytestmark = pytest.mark.django_db


def test_file_goes_with_the_note_that_is_sent() -> None:
    ida, ticket = make_agent("Ida"), make_ticket()
    attach(ticket, File(name="label.pdf", content=b"%PDF", content_type="application/pdf"), by=ida)

    note = add_note(ticket, "See", by=ida, draft=draft_of(ticket, ida))

    assert list(note.attachments.values_list("name", "content_type", "size")) == [("label.pdf", "application/pdf", 4)]
    assert draft_of(ticket, ida) is None


def test_bytes_are_not_read_with_the_row() -> None:
    ida = make_agent("Ida")
    attach(make_ticket(), File(name="a", content=b"x" * 1000), by=ida)

    with CaptureQueriesContext(connection) as queries:
        file = Attachment.objects.get()

    assert [" content," in query["sql"] or '"content"' in query["sql"] for query in queries] == [False]
    assert bytes(file.content) == b"x" * 1000


@pytest.mark.parametrize(
    ("sizes", "sentence"),
    [
        ([0], "“a.txt” is empty."),
        ([1025], "“a.txt” is larger than 1.0\xa0KB."),
        ([600, 600], "With “a.txt” the files of this message would be larger than 1.0\xa0KB together."),
        ([1] * 51, "A message can have 50 files."),
    ],
)
def test_file_that_does_not_fit_is_refused_in_words(sizes: list[int], sentence: str, settings: Any) -> None:
    settings.ATTACHMENT_LIMIT = 1024
    ida, ticket = make_agent("Ida"), make_ticket()
    for size in sizes[:-1]:
        attach(ticket, File(name="a.txt", content=b"x" * size), by=ida)

    with pytest.raises(RefusedFile) as refusal:
        attach(ticket, File(name="a.txt", content=b"x" * sizes[-1]), by=ida)

    assert (str(refusal.value), Attachment.objects.count()) == (sentence, len(sizes) - 1)


def test_file_is_taken_away_from_ones_own_draft_alone() -> None:
    ida, bea, ticket = make_agent("Ida"), make_agent("Bea"), make_ticket()
    file, sent = attach(ticket, File(name="a", content=b"a"), by=ida), attach(make_ticket(), File(name="b", content=b"b"), by=ida)
    Attachment.objects.filter(pk=sent.pk).update(draft=None, message=ticket.messages.get())

    detach(file, by=bea)
    detach(sent, by=ida)
    kept = Attachment.objects.count()
    detach(file, by=ida)

    assert (kept, Attachment.objects.count()) == (2, 1)


def test_file_belongs_to_a_message_or_to_a_draft() -> None:
    with pytest.raises(IntegrityError):
        Attachment.objects.create(name="a", content_type="text/plain", size=1, content=b"a")


def test_whoever_does_not_answer_attaches_nothing() -> None:
    """A1."""
    with pytest.raises(NotAllowed):
        attach(make_ticket(), File(name="a", content=b"a"), by=make_agent(role=Role.ANALYST))


@pytest.mark.parametrize(
    ("claimed", "content", "found"),
    [
        ("image/png", PNG, "image/png"),
        ("application/pdf", PNG, "image/png"),
        ("image/png", b"<script>", "application/octet-stream"),
        ("image/svg+xml", b"<svg>", "image/svg+xml"),
        ("Text/HTML; charset=utf-8", b"<b>", "text/html"),
        ("text/html\r\nX: y", b"<b>", "application/octet-stream"),
        ("", b"RIFF1234WEBPVP8", "image/webp"),
        ("image/jpeg", b"", "application/octet-stream"),
    ],
)
def test_picture_is_known_by_its_bytes(claimed: str, content: bytes, found: str) -> None:
    """V1: what only says that it is a picture is not shown as one."""
    assert media_type(File(name="a", content=content, content_type=claimed)) == found
