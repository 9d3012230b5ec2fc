"""V12: who may listen, for how long, and how loudly."""

from __future__ import annotations

from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer

from agents.models import Agent, Role
from agents.streams import DESK, agent_stream, as_carried
from helpdesk.inbox import consumers
from helpdesk.tickets.live import ticket_frame
from tests.factories import make_agent, make_ticket
from tests.inbox.sockets import Page, open_page, sign_in, sign_out

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def in_memory(settings: Any) -> None:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}


@pytest.fixture
def checks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "CHECK_EVERY", 0.01)


@pytest.fixture
def checks_never_on_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "CHECK_EVERY", 3600.0)


async def agent_with(role: Role = Role.AGENT) -> Agent:
    return await database_sync_to_async(make_agent)(role=role)


async def publish(stream: str, **frame: Any) -> None:
    await get_channel_layer().group_send(stream, as_carried(frame))


async def closing_of(session_key: str) -> tuple[list[dict[str, Any]], int]:
    page = Page(session_key)
    await page.answer()
    end = await page.until_closed()
    await page.leave()
    return end


@pytest.mark.parametrize("session_key", ["", "nonsense"])
async def test_nobody_listens_without_signing_in(session_key: str) -> None:
    assert await closing_of(session_key) == ([], consumers.SIGNED_OUT)


async def test_analyst_does_not_listen() -> None:
    analyst = await agent_with(Role.ANALYST)

    assert await closing_of(await sign_in(analyst)) == ([], consumers.NOT_ALLOWED)


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost.evil.example", "null", ""])
async def test_page_of_another_site_is_refused(origin: str) -> None:
    """Cross-site websocket hijacking: the cookie comes along, the origin gives it away."""
    page = Page(await sign_in(await agent_with()), origin=origin)

    answer = await page.answer()

    assert answer["type"] == "websocket.close"


async def sign_out_everywhere(agent: Agent, session_key: str) -> int:
    await sign_out(session_key)
    return consumers.SIGNED_OUT


async def deactivate(agent: Agent, _session_key: str) -> int:
    await Agent.objects.filter(pk=agent.pk).aupdate(is_active=False)
    return consumers.SIGNED_OUT


async def change_password(agent: Agent, _session_key: str) -> int:
    agent.set_password("another password")
    await agent.asave()
    return consumers.SIGNED_OUT


async def take_role(agent: Agent, _session_key: str) -> int:
    await Agent.objects.filter(pk=agent.pk).aupdate(role=Role.ANALYST)
    return consumers.NOT_ALLOWED


ENDINGS = pytest.mark.parametrize("end", [sign_out_everywhere, deactivate, change_password, take_role])


@ENDINGS
async def test_socket_closes_soon_after_the_right_ends(end: Any, checks_often: None) -> None:
    agent = await agent_with()
    session_key = await sign_in(agent)

    async with open_page(session_key) as page:
        expected = await end(agent, session_key)
        closing = await page.until_closed()

    assert closing == ([], expected)
    assert consumers.CHECK_EVERY <= 5


@ENDINGS
async def test_no_frame_reaches_a_page_whose_right_has_ended(end: Any, checks_never_on_its_own: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checked before each frame, at most every five seconds: here the last check is just that long ago."""
    agent = await agent_with()
    session_key = await sign_in(agent)

    async with open_page(session_key) as page:
        expected = await end(agent, session_key)
        monkeypatch.setattr(consumers, "CHECK_EVERY", 0.0)
        await publish(DESK, kind="ticket", ticket=1, row="a secret")
        closing = await page.until_closed()

    assert closing == ([], expected)


async def test_sign_out_is_heard_at_once(checks_never_on_its_own: None) -> None:
    agent = await agent_with()
    session_key = await sign_in(agent)

    async with open_page(session_key) as page:
        await sign_out(session_key)
        await publish(agent_stream(agent.pk), kind="signed_out")
        closing = await page.until_closed()

    assert closing == ([], consumers.SIGNED_OUT)


async def test_sign_out_in_one_browser_leaves_the_other(checks_never_on_its_own: None) -> None:
    agent = await agent_with()
    here, there = await sign_in(agent), await sign_in(agent)

    async with open_page(here) as page:
        await sign_out(there)
        await publish(agent_stream(agent.pk), kind="signed_out")
        await publish(DESK, kind="ticket", ticket=1)
        frame = await page.frame()

    assert frame == {"kind": "ticket", "ticket": 1}


async def test_huge_message_closes_the_socket() -> None:
    async with open_page(await sign_in(await agent_with())) as page:
        await page.say("x" * (consumers.LARGEST + 1))
        closing = await page.until_closed()

    assert closing == ([], consumers.TOO_LARGE)


async def test_flood_closes_the_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "monotonic", lambda: 1000.0)
    async with open_page(await sign_in(await agent_with())) as page:
        for _ in range(consumers.BUSIEST + 1):
            await page.say("{}")
        closing = await page.until_closed()

    assert closing == ([], consumers.TOO_MANY)


async def test_watch_that_fails_closes_the_socket(checks_often: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody stays connected unwatched."""
    async with open_page(await sign_in(await agent_with())) as page:

        async def fail(_self: Any) -> bool:
            raise OSError("the database is away")

        monkeypatch.setattr(consumers.InboxConsumer, "_is_allowed", fail)
        closing = await page.until_closed()

    assert closing == ([], consumers.WATCH_FAILED)


@pytest.mark.parametrize("text", ["not json", '{"kind": "join", "stream": "agent.1"}', '{"type": "frame"}'])
async def test_what_a_page_says_has_no_meaning(text: str) -> None:
    """Group names never come from the client."""
    agent = await agent_with()

    async with open_page(await sign_in(agent)) as page:
        await page.say(text)
        await publish(agent_stream(agent.pk + 1), kind="toast", id=1)
        await publish(DESK, kind="ticket", ticket=1)
        frame = await page.frame()

    assert frame == {"kind": "ticket", "ticket": 1}


@database_sync_to_async
def frame_of_new_ticket() -> dict[str, Any]:
    return ticket_frame(make_ticket().pk) or {}


async def test_broadcast_holds_nothing_per_viewer() -> None:
    row = (await frame_of_new_ticket())["words"]["en"]["row"]

    assert ("data-open" in row, "aria-current" in row, "?in=" in row) == (False, False, False)


@pytest.mark.parametrize("origin", ["http://localhost:9", "https://localhost:8443", "http://evil.example", "null", ""])
async def test_page_of_another_port_or_host_gets_no_socket(origin: str) -> None:
    """V12: cookies are the same on every port of a machine; what else listens there must not listen here."""
    session = await sign_in(await agent_with())

    answer = await Page(session, origin=origin).answer()

    assert answer["type"] == "websocket.close"
