"""“Anna is replying”: who hears it, and how often (V12)."""

from __future__ import annotations

from typing import Any

import pytest
from channels.db import database_sync_to_async

from agents.models import Role
from helpdesk.inbox.ticket.replying import typing_frame
from tests.factories import make_agent, make_ticket
from tests.inbox.sockets import open_page, sign_in


@pytest.mark.django_db
def test_hint_names_the_ticket_and_who_writes() -> None:
    ada, ticket = make_agent("Ada"), make_ticket()

    assert typing_frame(f'{{"typing": {ticket.pk}}}', ada) == {"kind": "typing", "ticket": ticket.pk, "agent": ada.pk, "name": "Ada"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "x", "null", '{"typing": "1"}', '{"typing": true}', '{"typing": 999}', '{"typing": 1e400}', f'{{"typing": {"9" * 60}}}']
)
def test_what_is_no_hint_is_not_passed_on(text: str) -> None:
    make_ticket()

    assert typing_frame(text, make_agent()) is None


@pytest.mark.django_db
def test_whoever_may_not_see_the_ticket_says_nothing_of_it() -> None:
    """V3."""
    assert typing_frame(f'{{"typing": {make_ticket().pk}}}', make_agent(role=Role.ANALYST)) is None


async def heard(page: Any) -> list[int]:
    """The tickets of the hints that come before the next answer to the page."""
    found = []
    while not await page.receive_nothing(timeout=0.5):
        frame = await page.frame()
        if frame["kind"] == "typing":
            found.append(frame["ticket"])
    return found


@pytest.mark.django_db(transaction=True)
async def test_others_hear_it_once_in_a_while(settings: Any) -> None:
    """Whoever floods the desk with it is heard once."""
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    ada, bea, ticket = [await database_sync_to_async(make)() for make in (make_agent, make_agent, make_ticket)]
    async with open_page(await sign_in(ada)) as writer, open_page(await sign_in(bea)) as reader:
        for _ in range(5):
            await writer.say(f'{{"typing": {ticket.pk}}}')

        assert await heard(reader) == [ticket.pk]


@pytest.mark.django_db(transaction=True)
async def test_long_message_is_only_a_sign_of_life(settings: Any) -> None:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    ada, ticket = await database_sync_to_async(make_agent)(), await database_sync_to_async(make_ticket)()
    async with open_page(await sign_in(ada)) as page:
        await page.say(f'{{"typing": {ticket.pk}, "x": "{"y" * 200}"}}')

        assert await heard(page) == []
