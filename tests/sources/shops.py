"""Shops that push to us: their sources, and what they send, signed as they sign it."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

from django.http import HttpResponse
from django.test import Client

from helpdesk.sources.models import Received, Source
from helpdesk.sources.shopify.views import signature_of

SECRET, SHOP = "a-secret-of-the-shop", "lamps.myshopify.com"
_number = count(1)


def segment_source(**fields: Any) -> tuple[Source, str]:
    """A source and its write key."""
    source = Source.objects.create(kind=Source.Kind.SEGMENT, name=f"Website {next(_number)}", **fields)
    return source, source.new_key()


def shopify_source(**fields: Any) -> Source:
    return Source.objects.create(**{"kind": Source.Kind.SHOPIFY, "name": f"Shop {next(_number)}", "secret": SECRET, "shop_domain": SHOP, **fields})


def a_person(**fields: Any) -> dict[str, Any]:
    """A customer as Shopify writes one."""
    person = {
        "id": 7012,
        "email": "greta@example.com",
        "phone": "+46701234567",
        "first_name": "Greta",
        "last_name": "Lund",
        "orders_count": 3,
        "total_spent": "450.50",
        "tags": "vip, newsletter",
        "email_marketing_consent": {"state": "subscribed", "opt_in_level": "single_opt_in"},
        "sms_marketing_consent": {"state": "not_subscribed"},
        "default_address": {"country": "Sweden", "city": "Lund"},
        "created_at": "2025-01-01T10:00:00+01:00",
        "updated_at": "2025-03-01T10:00:00+01:00",
    }
    return person | fields


def an_order(**fields: Any) -> dict[str, Any]:
    """An order as Shopify writes one."""
    order = {
        "id": 450,
        "name": "#1001",
        "order_number": 1001,
        "email": "greta@example.com",
        "created_at": "2025-03-02T10:00:00+01:00",
        "updated_at": "2025-03-02T10:00:00+01:00",
        "cancelled_at": None,
        "fulfillment_status": None,
        "currency": "SEK",
        "total_price": "199.90",
        "line_items": [{"title": "Lamp", "quantity": 2}, {"title": "Bulb", "quantity": 1}],
        "discount_codes": [{"code": "SPRING", "amount": "10.00"}],
        "shipping_address": {"country": "Sweden", "city": "Lund"},
        "source_name": "web",
        "tags": "",
        "customer": a_person(),
    }
    return order | fields


def a_checkout(**fields: Any) -> dict[str, Any]:
    checkout = {"id": 90, "abandoned_checkout_url": "https://lamps.example/90", "email": "greta@example.com", "created_at": "2025-03-02T09:00:00Z"}
    return checkout | {"total_price": "199.90", "line_items": [{"title": "Lamp", "quantity": 2}]} | fields


def a_refund(**fields: Any) -> dict[str, Any]:
    return {"id": 31, "order_id": 450, "created_at": "2025-03-05T10:00:00Z", "transactions": [{"kind": "refund", "amount": "99.95"}]} | fields


def signed(body: dict[str, Any] | bytes, topic: str = "orders/create", *, secret: str = SECRET, number: str = "", shop: str = SHOP) -> dict[str, str]:
    """The headers of a webhook, for a client that sends `written(body)`."""
    return {
        "Content-Type": "application/json",
        "X-Shopify-Topic": topic,
        "X-Shopify-Webhook-Id": number or f"webhook-{next(_number)}",
        "X-Shopify-Shop-Domain": shop,
        "X-Shopify-Hmac-Sha256": signature_of(written(body), secret),
    }


def written(body: dict[str, Any] | bytes) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def address_of(source: Source) -> str:
    return f"/sources/shopify/{source.pk}/"


def push(source: Source, body: dict[str, Any] | bytes, topic: str = "orders/create", **how: Any) -> HttpResponse:
    return Client().post(address_of(source), written(body), content_type="application/json", headers=signed(body, topic, **how))


def outcome() -> tuple[str, str]:
    """What became of the latest."""
    row = Received.objects.latest("pk")
    return row.status, row.reason
