"""V1: a mail as it was laid out holds nothing that runs, and fetches nothing unasked."""

from __future__ import annotations

import re
from typing import Any

import pytest

from agents.models import Role
from helpdesk.tickets.conversation.attachments import File
from helpdesk.tickets.conversation.messages import add_customer_message
from helpdesk.tickets.models import Message, Ticket
from tests.factories import make_agent, make_ticket
from tests.inbox.browsing import browser_of
from tests.transports.mails import PNG

pytestmark = pytest.mark.django_db

EVIL = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    "<iframe src=//evil.example></iframe>",
    "<svg onload=alert(1)><style>@import '//evil.example'</style></svg>",
    '<form action="//evil.example"><input name=password><button>x</button></form>',
    '<p style="background:url(//evil.example/x)">x</p>',
    '<meta http-equiv="refresh" content="0;url=//evil.example"><base href="//evil.example">',
    '<link rel=stylesheet href="//evil.example/x.css">',
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    '<object data="x.swf"></object><embed src="x.swf">',
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><script>alert(1)</script></template>",
]


def mail(html: str, *files: File) -> Message:
    ticket = make_ticket()
    return add_customer_message(ticket, "See", at=ticket.created_at, files=files, html=html)


def shown(message: Message, query: str = "") -> Any:
    return browser_of(make_agent()).get(f"/messages/{message.pk}/original/{query}")


@pytest.mark.parametrize("html", EVIL)
def test_nothing_that_runs_or_fetches_is_left(html: str) -> None:
    page = shown(mail(f"<p>Hello</p>{html}")).content.decode().partition("<body>")[2]

    assert page.startswith("<p>Hello</p>")
    assert re.findall(r"<(?!/?(?:p|a|img|table|tbody)\b)\w+", page) == []
    assert re.findall(r"""\son\w+=|javascript:|data:|style=|evil\.example""", page) == []


def test_frame_runs_nothing_and_fetches_no_picture_unasked() -> None:
    message = mail('<img src="https://tracker.example/x.png">')

    plain, with_pictures = shown(message), shown(message, "?pictures")

    policy = (
        "default-src 'none'; img-src data:{}; style-src 'self'; frame-ancestors 'self'; form-action 'none'; base-uri 'none'; "
        "sandbox allow-popups allow-popups-to-escape-sandbox"
    )
    assert plain["Content-Security-Policy"] == policy.format("")
    assert with_pictures["Content-Security-Policy"] == policy.format(" https: http:")
    assert (plain["X-Frame-Options"], plain["Referrer-Policy"], plain["Cache-Control"]) == ("SAMEORIGIN", "no-referrer", "private, no-store")


def test_page_puts_it_into_a_frame_without_scripts() -> None:
    message = mail("<p>Hello</p>")

    page = browser_of(make_agent()).get(f"/tickets/{message.ticket_id}/").content.decode()

    frames = re.findall(r"<iframe[^>]*>", page)
    assert [re.findall(r' (src|sandbox)="([^"]*)"', frame) for frame in frames] == [
        [("src", f"/messages/{message.pk}/original/"), ("sandbox", "allow-popups allow-popups-to-escape-sandbox")]
    ]


def test_links_say_nothing_of_where_they_were_clicked() -> None:
    page = shown(mail('<a href="https://example.com" target="_top">x</a>')).content.decode()

    assert '<a href="https://example.com" target="_blank" rel="noopener noreferrer nofollow">x</a>' in page


def test_own_pictures_stand_within_it_and_only_pictures_do() -> None:
    files = [
        File(name="lamp.png", content=PNG, content_type="image/png", content_id="<lamp@x>"),
        File(name="x.svg", content=b"<svg onload=alert(1)>", content_type="image/svg+xml", content_id="<evil@x>"),
    ]

    page = shown(mail('<img src="cid:lamp@x"><img src="cid:evil@x"><img src="cid:none@x">', *files)).content.decode()

    assert re.findall(r'src="([^"]{0,30})', page) == ["data:image/png;base64,iVBORw0K", "", ""]


def test_mail_nested_too_deep_shows_nothing() -> None:
    page = shown(mail("<div>" * 5_000)).content.decode()

    assert page.endswith("<body>")


def test_message_without_html_has_no_original() -> None:
    assert shown(Ticket.objects.get(pk=make_ticket().pk).messages.get()).status_code == 404


def test_original_of_a_ticket_that_is_not_theirs_is_not_there() -> None:
    """V3."""
    message = mail("<p>secret</p>")

    assert browser_of(make_agent(role=Role.ANALYST)).get(f"/messages/{message.pk}/original/").status_code == 404
