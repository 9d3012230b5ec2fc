"""What a browser sees of the inbox."""

from __future__ import annotations

import re
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agents.models import Agent


def browser_of(agent: Agent) -> Client:
    """Signed in."""
    client = Client()
    client.force_login(agent, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def rows(response: Any) -> list[int]:
    """The numbers of the tickets that are listed, in order."""
    return [int(number) for number in re.findall(r'<li class="ticket" id="ticket_(\d+)"', response.content.decode())]


def counts(response: Any) -> dict[str, str]:
    """{list key: count} of the side bar."""
    return dict(re.findall(r'id="nav-([\w-]+)".*?<span class="count">([^<]+)</span></a>', response.content.decode(), re.DOTALL))


def history(response: Any) -> list[str]:
    """The lines between the messages, as text."""
    lines = re.findall(r'<div class="system">.*?<p>(.*?)</p>', response.content.decode(), re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", "", line).split()) for line in lines]


def messages(response: Any) -> list[tuple[str, str]]:
    """(kind, text) of each message."""
    pattern = r'<article class="message" id="\w+" data-author="(\w+)".*?<div class="message-body"[^>]*>(.*?)</div>'
    found = re.findall(pattern, response.content.decode(), re.DOTALL)
    return [(kind, re.sub(r"<[^>]+>", "", text).strip()) for kind, text in found]


def chosen(response: Any, name: str) -> str:
    """The text of the option that is selected in a select."""
    select = re.search(rf'<select[^>]* id="{name}"[^>]*>(.*?)</select>', response.content.decode(), re.DOTALL)
    assert select is not None
    return " ".join(re.findall(r"<option[^>]* selected>([^<]+)</option>", select[1]))


def queries(browser: Client, address: str) -> int:
    """How many queries a page takes."""
    with CaptureQueriesContext(connection) as captured:
        response: HttpResponse = browser.get(address)
    assert response.status_code == 200
    return len(captured)


def composer(response: Any) -> dict[str, Any]:
    """What stands in the composer of a page."""
    form = re.search(r'<form class="composer".*?</form>', response.content.decode(), re.DOTALL)
    assert form is not None
    kind = re.search(r'value="(\w+)"[^>]* checked', form[0])
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", form[0], re.DOTALL)
    problem = re.search(r'id="reply-error".*?</svg>(.*?)</p>', form[0], re.DOTALL)
    assert kind is not None
    assert text is not None
    return {"kind": kind[1], "body": text[1], "files": re.findall(r"<bdi>(.*?)</bdi>", form[0]), "problem": problem[1] if problem else ""}
