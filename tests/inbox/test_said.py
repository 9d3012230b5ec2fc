"""Plain text as it is shown: paragraphs, lists, quotes and links."""

from __future__ import annotations

import pytest

from helpdesk.inbox.ticket.said import blocks
from helpdesk.tickets.models import Message

LINK = '<a href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a>'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("One\ntwo\n\nThree", [("text", ["One", "two"]), ("text", ["Three"])]),
        ("a\r\n\r\nb", [("text", ["a"]), ("text", ["b"])]),
        ("Bring:\n- a\n* b\n• c\nThanks", [("text", ["Bring:"]), ("list", ["a", "b", "c"]), ("text", ["Thanks"])]),
        ("> old\n>> older\nnew", [("quote", ["old", "older"]), ("text", ["new"])]),
        ("-not a list\n-- nor this", [("text", ["-not a list", "-- nor this"])]),
        ("<b>&amp;</b>", [("text", ["&lt;b&gt;&amp;amp;&lt;/b&gt;"])]),
        ("", []),
    ],
)
def test_text_is_shown_as_it_was_laid_out(text: str, shown: list[tuple[str, list[str]]]) -> None:
    assert [(block.kind, block.lines) for block in blocks(Message(text=text))] == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("(https://example.com/a).", f"({LINK.format('https://example.com/a', 'https://example.com/a')})."),
        ("www.example.com,", f"{LINK.format('https://www.example.com', 'https://www.example.com')},"),
        ("anna@example.com", LINK.format("mailto:anna@example.com", "anna@example.com")),
        ('https://example.com/"onclick=x', f"{LINK.format('https://example.com/', 'https://example.com/')}&quot;onclick=x"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("ftp://example.com", "ftp://example.com"),
        ("version 1.2.3", "version 1.2.3"),
    ],
)
def test_links_lead_to_the_web_or_to_mail(text: str, shown: str) -> None:
    """V1."""
    assert blocks(Message(text=text))[0].lines == [shown]
