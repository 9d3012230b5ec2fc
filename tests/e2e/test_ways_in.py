"""Data comes in by three doors, each used by a real client, and changes which segment a customer is in: seen in a manager's browser."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_httpserver import HTTPServer
from segment.analytics import request as library
from segment.analytics.client import Client

from tests.desk import Desk, running
from tests.e2e.browsing import PASSWORD, sign_in
from tests.imports.klaviyo_server import KEY, Klaviyo, a_metric, a_profile, an_event
from tests.sources.shops import SECRET, SHOP, an_order, signed, written

SET_UP = f"""
import json
from agents.models import Agent
from helpdesk.customers.profiles import identify
from helpdesk.customers.segments import create_segment
from helpdesk.sources.models import Source
owner = Agent.objects.create_user("owner@desk.example", {PASSWORD!r}, name="Olga Wiśniewska", role="Owner")
def bought(metric):
    timeframe = {{"type": "date", "operator": "alltime"}}
    measured = {{"type": "numeric", "operator": "greater-than-or-equal", "value": 1}}
    done = {{"type": "profile-metric", "metric": metric, "measurement": "count", "measurement_filter": measured, "timeframe_filter": timeframe}}
    return {{"condition_groups": [{{"conditions": [done]}}]}}
gold = {{"type": "profile-property", "property": "properties['plan']", "filter": {{"type": "string", "operator": "equals", "value": "gold"}}}}
create_segment("Gold plan", {{"condition_groups": [{{"conditions": [gold]}}]}}, by=owner)
create_segment("Buyers", bought("Placed Order"), by=owner)
create_segment("Readers", bought("Opened Email"), by=owner)
greta = identify(external_id="u1", email="greta@example.com", name="Greta Lund")
website = Source.objects.create(kind="segment", name="Website")
shop = Source.objects.create(kind="shopify", name="Shop", secret={SECRET!r}, shop_domain={SHOP!r})
print(json.dumps({{"customer": greta.pk, "key": website.new_key(), "shop": shop.pk}}))
"""


@pytest.fixture
def klaviyo(httpserver: HTTPServer) -> Klaviyo:
    """An account where Greta opened a mail."""
    account = Klaviyo(httpserver)
    account.data["metrics"] = [a_metric("M1", "Opened Email")]
    account.data["profiles"] = [a_profile("P1", email="greta@example.com")]
    account.data["events"] = [an_event("E1", metric="M1", profile="P1", at="2026-11-10T09:30:00+00:00", Subject="Winter")]
    return account


@pytest.fixture
def desk(tmp_path: Path, klaviyo: Klaviyo) -> Iterator[Desk]:
    with running(tmp_path, "serve", KLAVIYO_HOST=klaviyo.host) as desk:
        yield desk


@pytest.fixture
def made(desk: Desk) -> dict[str, Any]:
    made: dict[str, Any] = desk.run_python(SET_UP)
    return made


@pytest.fixture
def profile(desk: Desk, made: dict[str, Any], page: Page) -> Page:
    """Greta's profile in the Owner's browser; she is in no segment."""
    sign_in(page, f"{desk.address}/customers/{made['customer']}/", "owner@desk.example")
    expect(segments(page)).to_contain_text("In no segment")
    return page


def segments(page: Page) -> Any:
    return page.get_by_role("region", name="Segments")


def shows(page: Page, segment: str) -> None:
    """Soon after: the page is loaded again until it says so, as its reader would."""

    def looked() -> bool:
        page.reload()
        return segment in segments(page).inner_text()

    Desk.wait_for(looked)


def test_stock_client_of_the_segment_protocol_changes_a_segment(desk: Desk, made: dict[str, Any], profile: Page) -> None:
    problems: list[Any] = []
    client = Client(made["key"], host=desk.address, on_error=lambda error, _batch: problems.append(error), upload_interval=0.05)

    client.identify("u1", {"plan": "gold"})
    client.flush()
    client.shutdown()
    library._session.close()

    assert problems == []
    shows(profile, "Gold plan")


def test_signed_order_of_a_shop_changes_a_segment(desk: Desk, made: dict[str, Any], profile: Page) -> None:
    order = an_order()
    request = urllib.request.Request(f"{desk.address}/sources/shopify/{made['shop']}/", written(order), signed(order))

    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200

    shows(profile, "Buyers")


def test_import_from_klaviyo_changes_a_segment(desk: Desk, made: dict[str, Any], profile: Page) -> None:
    """The manager pastes the key and starts it by hand."""
    address = profile.url
    profile.goto(f"{desk.address}/imports/")
    profile.get_by_label("Private API key").fill(KEY)
    profile.get_by_role("button", name="Try the key and import").click()
    expect(profile.get_by_text("Done", exact=False).first).to_be_visible()

    profile.goto(address)
    shows(profile, "Readers")
