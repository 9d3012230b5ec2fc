"""The socket of an open page: what it is told, and what it tells about presence (C18)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.utils import timezone
from django.utils.translation import gettext

from agents.models import Agent, Availability, Toast
from agents.streams import DESK, agent_stream, as_carried
from agents.toasts import dismiss_toasts, show_toast
from helpdesk.inbox import consumers
from tests.factories import make_agent, make_ticket
from tests.inbox.sockets import Page, open_page, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def in_memory(settings: Any) -> None:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}


@database_sync_to_async
def online_agent() -> Agent:
    return make_agent(online=True)


async def publish(stream: str, **frame: Any) -> None:
    await get_channel_layer().group_send(stream, as_carried(frame))


@database_sync_to_async
def seen_ago(agent: Agent) -> timedelta:
    return timezone.now() - Availability.objects.get(agent=agent).seen_at


async def test_page_hears_the_desk_and_its_agent_and_nobody_else() -> None:
    agent = await online_agent()

    async with open_page(await sign_in(agent)) as page:
        await publish(agent_stream(agent.pk + 1), kind="toast", id=1)
        await publish(DESK, kind="ticket", ticket=7)
        await publish(agent_stream(agent.pk), kind="toast", id=2)
        heard = [await page.frame(), await page.frame()]

    assert heard == [{"kind": "ticket", "ticket": 7}, {"kind": "toast", "id": 2}]


async def test_page_gets_the_toasts_it_has_missed() -> None:
    """B17: oldest first, and not those that were dismissed."""
    agent = await online_agent()

    @database_sync_to_async
    def miss_three() -> None:
        for number in range(3):
            toast = show_toast(agent, Toast.Kind.ASSIGNED, lambda number=number: (f"Toast {number}", ""), url="/")
            if number == 1:
                dismiss_toasts(agent, [toast.pk])

    await miss_three()
    async with open_page(await sign_in(agent)) as page:
        titles = [(await page.frame())["title"], (await page.frame())["title"]]

    assert titles == ["Toast 0", "Toast 2"]


@pytest.fixture
def three_languages(settings: Any) -> None:
    settings.LANGUAGES = [("en", "English"), ("sv", "Svenska"), ("pl", "Polski")]


@pytest.mark.usefixtures("three_languages")
async def test_pages_hear_the_same_in_their_own_language() -> None:
    """V12: one frame for all; each page gets its row alone. The page says its language, whatever else its reader has chosen."""
    agent = await online_agent()
    key = await sign_in(agent)
    words = {"en": {"row": "Waits"}, "sv": {"row": "Väntar"}, "pl": {"row": "Czeka"}}

    async with open_page(key, "language=sv") as swedish, open_page(key, "language=pl") as polish:
        await publish(DESK, kind="ticket", ticket=7, words=words)
        heard = [await swedish.frame(), await polish.frame()]

    assert heard == [{"kind": "ticket", "ticket": 7, "row": "Väntar"}, {"kind": "ticket", "ticket": 7, "row": "Czeka"}]


@pytest.mark.usefixtures("three_languages")
@pytest.mark.parametrize("query", ["", "language=", "language=xx", "language=%00", "language=sv-FI&language=pl", "%ff"])
async def test_page_in_no_language_of_ours_hears_our_own(query: str) -> None:
    agent = await online_agent()

    async with open_page(await sign_in(agent), query) as page:
        await publish(DESK, kind="ticket", words={"en": {"row": "Waits"}, "sv": {"row": "Väntar"}})
        heard = await page.frame()

    assert heard == {"kind": "ticket", "row": "Waits"}


@pytest.mark.usefixtures("three_languages")
async def test_b17_missed_toast_is_read_in_the_pages_language() -> None:
    """B17: whatever language it happened in."""
    agent = await online_agent()
    await database_sync_to_async(show_toast)(agent, Toast.Kind.ASSIGNED, lambda: (gettext("Monday"), ""), url="/")

    async with open_page(await sign_in(agent), "language=pl") as page:
        frame = await page.frame()

    assert (frame["title"], "words" in frame) == ("Poniedziałek", False)


async def test_greeting_tells_how_far_the_desk_is() -> None:
    """A page that has seen less reads again: what happened before its socket was open was sent to nobody."""
    agent = await online_agent()
    page = Page(await sign_in(agent))
    ticket = await database_sync_to_async(make_ticket)()
    latest = await ticket.history.alast()

    await page.answer()
    greeting = await page.frame()
    await page.leave()

    assert greeting == {"kind": "hello", "latest": latest.pk}


async def test_open_page_is_a_sign_of_life(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(consumers, "CHECK_EVERY", 0.01)
    settings.PRESENCE_HEARTBEAT = 0.01
    agent = await online_agent()
    await Availability.objects.aupdate(seen_at=timezone.now() - timedelta(hours=2))
    page = Page(await sign_in(agent))

    await page.answer()
    await page.frame()
    at_once = await seen_ago(agent)
    await Availability.objects.aupdate(seen_at=timezone.now() - timedelta(hours=2))
    while (await page.frame())["kind"] != "ping":
        pass
    while_open = await seen_ago(agent)
    await page.leave()

    assert (at_once < timedelta(hours=1), while_open < timedelta(hours=1)) == (True, True)


async def test_page_that_answers_no_ping_is_closed(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """A sleeping laptop keeps its connection open: that is no presence."""
    monkeypatch.setattr(consumers, "CHECK_EVERY", 0.01)
    settings.PRESENCE_HEARTBEAT = 0.01
    agent = await online_agent()

    async with open_page(await sign_in(agent)) as page:
        assert await page.frame() == {"kind": "ping"}
        await page.say("{}")
        assert await page.frame() == {"kind": "ping"}
        frames, code = await page.until_closed()

    assert (frames, code) == ([], consumers.NO_SIGN_OF_LIFE)


async def test_opening_a_page_switches_nobody_online() -> None:
    """B18, C18."""
    agent = await online_agent()
    await Availability.objects.aupdate(is_online=False)

    async with open_page(await sign_in(agent)):
        availability = await Availability.objects.aget(agent=agent)

    assert availability.is_online is False
