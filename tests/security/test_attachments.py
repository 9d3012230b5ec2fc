"""V1, V3, V4: whose file it is, what it is called, and that nothing in it runs."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from agents.models import Role
from helpdesk.tickets.conversation.attachments import File, attach, keep_files, safe_name
from helpdesk.tickets.models import Attachment
from tests.factories import make_agent, make_ticket
from tests.inbox.browsing import browser_of
from tests.transports.mails import PNG

pytestmark = pytest.mark.django_db


def received(name: str = "a.html", content: bytes = b"<script>alert(1)</script>", content_type: str = "text/html") -> Attachment:
    """A file that a customer has sent."""
    keep_files(make_ticket().messages.get(), [File(name=name, content=content, content_type=content_type)])
    return Attachment.objects.latest("pk")


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"<script>alert(1)</script>", "text/html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/svg+xml"),
        (b"%PDF-1.4", "application/pdf"),
        (b"<script>", "image/png"),
        (b"<?xml version='1.0'?>", "text/xml"),
    ],
)
def test_file_is_downloaded_and_never_shown(content: bytes, content_type: str) -> None:
    response = browser_of(make_agent()).get(f"/attachments/{received(content=content, content_type=content_type).pk}/")

    assert (response.status_code, response.content, response["Content-Type"]) == (200, content, "application/octet-stream")
    assert response["Content-Disposition"] == 'attachment; filename="a.html"'
    assert (response["X-Content-Type-Options"], response["Cache-Control"]) == ("nosniff", "private, no-store")
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"


def test_small_picture_is_shown_under_the_same_policy() -> None:
    response = browser_of(make_agent()).get(f"/attachments/{received('lamp.png', PNG, 'image/png').pk}/")

    assert (response["Content-Type"], response["Content-Disposition"]) == ("image/png", 'inline; filename="lamp.png"')
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"


def test_large_picture_is_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpdesk.tickets.models.attachments.SMALL", 10)

    assert browser_of(make_agent()).get(f"/attachments/{received('lamp.png', PNG, 'image/png').pk}/")["Content-Type"] == "application/octet-stream"


def test_file_of_nothing_is_downloaded() -> None:
    response = browser_of(make_agent()).get(f"/attachments/{received(content=b'').pk}/")

    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_file_of_a_ticket_that_is_not_theirs_is_not_there(method: str) -> None:
    """V3."""
    response = getattr(browser_of(make_agent(role=Role.ANALYST)), method)(f"/attachments/{received().pk}/")

    assert (response.status_code, Attachment.objects.count()) == (404, 1)


@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_file_beside_the_draft_of_another_is_not_there(method: str) -> None:
    file = attach(make_ticket(), File(name="a", content=b"secret"), by=make_agent("Ada"))

    response = getattr(browser_of(make_agent(role=Role.OWNER)), method)(f"/attachments/{file.pk}/")

    assert (response.status_code, Attachment.objects.count()) == (404, 1)


def test_file_that_was_sent_is_not_taken_away() -> None:
    file = received()

    response = browser_of(make_agent()).post(f"/attachments/{file.pk}/", {"_method": "DELETE"})

    assert (response.status_code, Attachment.objects.count()) == (404, 1)


@pytest.mark.parametrize("number", ["0", "9" * 18, "9" * 30])
def test_number_that_no_file_has_is_404(number: str) -> None:
    assert browser_of(make_agent()).get(f"/attachments/{number}/").status_code == 404


def test_stranger_gets_no_file(client: Any) -> None:
    response = client.get(f"/attachments/{received().pk}/")

    assert (response.status_code, response["Location"].partition("?")[0]) == (302, "/account/login/")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\evil.exe", "evil.exe"),
        ("a\0b\r\nSet-Cookie: x.txt", "abSet-Cookie: x.txt"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("  ", "attachment"),
        ("..", "attachment"),
        (".htaccess", "htaccess"),
        ("Räksmörgås żółć 日本.pdf", "Räksmörgås żółć 日本.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("\ud800.txt", "txt"),
    ],
)
def test_name_leads_nowhere_and_looks_like_what_it_is(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text(st.characters(codec=None), max_size=400))
def test_any_name_becomes_one_that_can_be_stored_and_sent(name: str) -> None:
    safe = safe_name(name)

    assert 0 < len(safe) <= 200
    assert safe.isprintable() or not any(ord(character) < 32 for character in safe)
    assert "/" not in safe
    assert "\\" not in safe
    safe.encode()


def test_name_with_any_character_stands_in_the_header() -> None:
    response = browser_of(make_agent()).get(f"/attachments/{received('a"b; żółć\u202e.pdf').pk}/")

    assert response["Content-Disposition"] == "attachment; filename*=utf-8''a%22b%3B%20%C5%BC%C3%B3%C5%82%C4%87.pdf"


def test_name_is_text_on_the_page() -> None:
    """V2."""
    file = received("<img src=x onerror=alert(1)>.txt")

    page = browser_of(make_agent()).get(f"/tickets/{file.message.ticket_id}/").content.decode()

    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;.txt" in page


def test_upload_beyond_the_limit_is_refused_before_it_is_read(settings: Any) -> None:
    settings.ATTACHMENT_LIMIT = 10
    ticket = make_ticket()

    response = browser_of(make_agent()).post(f"/tickets/{ticket.pk}/attachments/", {"files": SimpleUploadedFile("a.txt", b"x" * 11)})

    assert (response.status_code, Attachment.objects.count()) == (422, 0)
    assert "“a.txt” is larger than 10\xa0bytes." in response.content.decode()
