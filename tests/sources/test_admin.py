"""Sources as managers see them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agents.models import Role
from helpdesk.sources.models import Received, Source, digest_of
from tests.admin.conftest import browser_of, list_of, page_of, press, problems, run_action, said, send
from tests.factories import make_agent
from tests.sources.shops import SECRET, a_person, address_of, an_order, push, segment_source, shopify_source

pytestmark = pytest.mark.django_db
SOURCE, RECEIVED = "sources_source", "sources_received"
ADD = reverse("admin:sources_source_add")
SHOPIFY = {"kind": "shopify", "name": "Lamps", "shop_domain": "https://Lamps.myshopify.com/", "secret": SECRET}


@pytest.fixture
def as_manager() -> Client:
    return browser_of(make_agent("Mona Manager", role=Role.MANAGER))


def test_write_key_is_shown_once(as_manager: Client) -> None:
    """V16."""
    response = send(as_manager, ADD, {"kind": "segment", "name": "Website"})

    source = Source.objects.get()
    key = re.search(r'class="secret">([^<]+)<', said(response)[0])
    assert key is not None
    assert (source.key_hash, source.created_by.name) == (digest_of(key[1]), "Mona Manager")
    as_manager.get(list_of(SOURCE))
    assert [key[1] in as_manager.get(address).text for address in (list_of(SOURCE), page_of(SOURCE, source))] == [False, False]


def test_shop_gets_an_address_and_its_secret_stays_hidden(as_manager: Client) -> None:
    response = send(as_manager, ADD, SHOPIFY)

    source = Source.objects.get()
    assert f"http://testserver{address_of(source)}" in said(response)[0]
    assert (source.shop_domain, source.secret, source.key_hash) == ("lamps.myshopify.com", SECRET, None)
    assert SECRET not in as_manager.get(page_of(SOURCE, source)).text


@pytest.mark.parametrize(
    ("left_out", "problem"), [("secret", "Without the secret nothing from the shop can be believed."), ("shop_domain", "Say which shop it is.")]
)
def test_shop_without_what_proves_it_is_not_added(as_manager: Client, left_out: str, problem: str) -> None:
    response = send(as_manager, ADD, SHOPIFY | {left_out: ""})

    assert (problems(response), Source.objects.count()) == ({left_out: [problem]}, 0)


def test_secret_that_is_left_empty_stays(as_manager: Client) -> None:
    source = shopify_source()

    send(as_manager, page_of(SOURCE, source), {"name": "Shop", "shop_domain": source.shop_domain, "secret": ""})

    source.refresh_from_db()
    assert (source.name, source.secret, source.is_active) == ("Shop", SECRET, False)


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        ('{"Order Completed": 1}', 'Write names beside names, as {"Order Completed": "Placed Order"}.'),
        (r'{"Order Completed": "\u0000"}', 'Write names beside names, as {"Order Completed": "Placed Order"}.'),
        (r'{"\ud800": "Placed Order"}', 'Write names beside names, as {"Order Completed": "Placed Order"}.'),
        ("[]", 'This must be an object, as {"tier": "gold"}.'),
        ("{", "Enter a valid JSON."),
    ],
)
def test_names_of_events_are_names(as_manager: Client, names: str, problem: str) -> None:
    source, _key = segment_source()

    response = send(as_manager, page_of(SOURCE, source), {"name": "Website", "event_names": names})

    assert problems(response) == {"event_names": [problem]}


@pytest.mark.parametrize("make", [lambda: segment_source()[0], shopify_source])
def test_page_of_a_source_says_what_went_wrong(as_manager: Client, make: Any) -> None:
    """V2."""
    source = make()
    Received.objects.create(source=source, external_id="w1", topic="<b>", status="failed", reason="<script>alert(1)</script>")

    text = as_manager.get(page_of(SOURCE, source)).text

    assert ("&lt;script&gt;alert(1)&lt;/script&gt;" in text, "<script>alert(1)" in text) == (True, False)


def test_page_for_a_new_source_tells_what_to_set(as_manager: Client) -> None:
    text = as_manager.get(ADD).text

    assert [part in text for part in ("<code>http://testserver</code>", "<code>testserver/v1</code>", "orders/create")] == [True] * 3


@pytest.mark.parametrize("role", [Role.AGENT, Role.ANALYST])
def test_sources_are_for_managers(role: Role) -> None:
    """C4."""
    browser, row = browser_of(make_agent(role=role)), Received.objects.create(source=shopify_source(), external_id="w1", topic="x")

    for address in (list_of(SOURCE), ADD, list_of(RECEIVED), reverse("admin:sources_received_raw", args=[row.pk])):
        assert browser.get(address).headers["Location"] == f"/admin/login/?next={address}"


@pytest.mark.parametrize("way", ["ticked", "button"])
def test_received_data_is_tried_again(as_manager: Client, way: str) -> None:
    source = shopify_source()
    push(source, b'{"order_number": 1}')
    push(source, a_person(), "customers/create")
    row = Received.objects.get(status="failed")

    response = (run_action if way == "ticked" else press)(as_manager, RECEIVED, "do_again", row)

    assert said(response) == [f"{row}: This order has no id."]


def test_received_data_that_works_now_is_done(as_manager: Client) -> None:
    push(shopify_source(), an_order())
    Received.objects.update(status="failed", raw=b'{"first_name": "Ada", "email": "ada@example.com"}', topic="customers/update")

    response = run_action(as_manager, RECEIVED, "do_again", Received.objects.get())

    assert (said(response), Received.objects.get().status) == (["1 is done now."], "done")


def test_received_data_is_marked_as_done(as_manager: Client) -> None:
    push(shopify_source(), b"{}")
    row = Received.objects.get()

    first, second = (run_action(as_manager, RECEIVED, "mark_done", row) for _ in range(2))

    assert (said(first), said(second)) == (["1 marked as done."], [f"{row}: Nobody is needed for this."])
    assert as_manager.get(page_of(RECEIVED, row)).context["offered"] == []


def test_content_is_downloaded_as_a_file(as_manager: Client) -> None:
    """V1."""
    push(shopify_source(), b"<script>")

    response = as_manager.get(reverse("admin:sources_received_raw", args=[Received.objects.get().pk]))

    assert (response.content, response["Content-Type"], response["X-Content-Type-Options"]) == (b"<script>", "application/octet-stream", "nosniff")


@pytest.mark.parametrize("model", [SOURCE, RECEIVED])
def test_list_asks_as_much_for_three_rows_as_for_one(as_manager: Client, model: str) -> None:
    counts = []

    for _ in range(3):
        push(shopify_source(created_by=make_agent()), b"{}")
        as_manager.get(list_of(model))  # what is looked up once and kept
        with CaptureQueriesContext(connection) as captured:
            assert as_manager.get(list_of(model)).status_code == 200
        counts.append(len(captured))

    assert len(set(counts)) == 1
    assert [query["sql"] for query in captured.captured_queries if '"sources_received"."raw"' in query["sql"]] == []
