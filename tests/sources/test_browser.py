"""A real desk: a shop's page in a browser and a shop's server tell it what a customer did."""

from __future__ import annotations

import base64
import gzip
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from pytest_httpserver import HTTPServer

from tests.desk import Desk, running
from tests.sources.shops import SECRET, SHOP, an_order, signed, written

SET_UP = f"""
import json
from helpdesk.sources.models import Source
shop = Source.objects.create(kind="shopify", name="Shop", secret={SECRET!r}, shop_domain={SHOP!r})
print(json.dumps([shop.pk, Source.objects.create(kind="segment", name="Website").new_key()]))
"""
EVENTS = """
import json
from helpdesk.customers.models import Event
print(json.dumps([[event.metric, str(event.customer)] for event in Event.objects.select_related("customer").order_by("pk")]))
"""
SEND = """async ([address, headers, body]) => {
    const answer = await fetch(address, {method: "POST", headers, body: JSON.stringify(body), keepalive: true});
    return [answer.status, await answer.json()];
}"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with running(tmp_path, "serve") as desk:
        yield desk


def post(address: str, body: Any, headers: dict[str, str]) -> int:
    with urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=30) as answer:
        return int(answer.status)


def test_browser_and_servers_of_a_shop_reach_the_desk(desk: Desk, page: Page, httpserver: HTTPServer) -> None:
    """From another origin, as the stock script does it, and after the browser has asked whether it may; in pieces, and gzipped."""
    shop, key = desk.run_python(SET_UP)
    visit = {"anonymousId": "a1", "event": "Product Viewed", "writeKey": key}
    httpserver.expect_request("/shop").respond_with_data("<title>Lamps</title>", content_type="text/html")
    page.goto(httpserver.url_for("/shop"))

    plain = page.evaluate(SEND, [f"{desk.address}/v1/t", {"Content-Type": "text/plain"}, visit])
    asked = page.evaluate(SEND, [f"{desk.address}/v1/t", {"Content-Type": "application/json", "Authorization": "Basic d3Jvbmc6"}, visit])
    batch = gzip.compress(json.dumps({"batch": [{"type": "identify", "userId": "u1", "anonymousId": "a1", "traits": {"name": "Greta"}}]}).encode())
    sdk = {"Authorization": f"Basic {base64.b64encode(f'{key}:'.encode()).decode()}", "Content-Encoding": "gzip"}
    pieces = post(f"{desk.address}/v1/batch", iter([batch[:20], batch[20:]]), sdk)
    hook = post(f"{desk.address}/sources/shopify/{shop}/", written(an_order()), signed(an_order()))

    assert (plain, asked[0], pieces, hook) == ([200, {"success": True}], 401, 200, 200)
    assert desk.run_python(EVENTS) == [["Product Viewed", "Greta"], ["Placed Order", "Greta Lund"]]
