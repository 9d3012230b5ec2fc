"""The shop's customers, what they bought and what they looked at."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import chain
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from helpdesk.customers.bulk import EventRow, identify_many, track_many
from helpdesk.customers.models import Customer, Event
from helpdesk.customers.profiles import track
from helpdesk.demo.texts import fill, read

ORDER = "Placed Order"
FIRST_ORDER_NUMBER = 1001
NEWSLETTERS = ("Winter layers", "New in: Vide 3L", "Care for your down")
_NOT_COMPOSED = str.maketrans({"ł": "l", "ø": "o", "ß": "ss", "ı": "i", "æ": "ae", "'": ""})


def make_customers(dice: random.Random, now: datetime) -> list[Customer]:
    """Everybody in shop/people.toml, with up to two years of orders that end two hours before `now`."""
    rows = [_customer(country, number, dice, now) for country in read("people")["country"] for number in range(len(country["people"]))]
    customers = [customer for customer in identify_many(rows) if isinstance(customer, Customer)]
    for customer, row in zip(customers, rows, strict=True):
        customer.created_at = row["at"]
    Customer.objects.bulk_update(customers, ["created_at"])
    orders = sorted(((at, customer) for customer in customers for at in _order_times(customer, dice, now)), key=lambda order: order[0])
    visits = (_visit(customer, dice, at=at, number=number, now=now) for number, (at, customer) in enumerate(orders, FIRST_ORDER_NUMBER))
    track_many(list(chain.from_iterable(visits)))
    Event.objects.filter(received_at__gt=F("occurred_at")).update(received_at=F("occurred_at"))  # known when it happened, not when the demo was made
    return customers


def shoppers() -> QuerySet[Customer]:
    """The customers whom the demo made, and speaks for. Others are somebody's own."""
    return Customer.objects.filter(external_id__startswith="shop-")


def _customer(country: dict[str, Any], number: int, dice: random.Random, now: datetime) -> dict[str, Any]:
    """Known for longer than the desk's history."""
    name = country["people"][number]
    return {
        "at": now - timedelta(days=dice.uniform(30, 700)),
        "external_id": f"shop-{_plain(name)}",
        "email": f"{_plain(name)}@example.{('com', 'org', 'net')[number % 3]}",
        "phone": country["phone"].format(country["first_phone"] + number) if "phone" in country else "",
        "name": name,
        "country": country["name"],
        "city": dice.choice(country["cities"]),
        "language": country["language"],
        "properties": _properties(dice),
    }


def _plain(name: str) -> str:
    """Pádraig Ó Súilleabháin as padraig.o.suilleabhain"""
    decomposed = unicodedata.normalize("NFKD", name.lower().translate(_NOT_COMPOSED))
    return ".".join(decomposed.encode("ascii", "ignore").decode().split())


def _properties(dice: random.Random) -> dict[str, Any]:
    orders = dice.choices(range(1, 8), weights=(30, 24, 16, 11, 8, 6, 5))[0]
    return {
        "loyalty_tier": "Summit" if orders > 5 else "Ridge" if orders > 2 else "Trail",
        "churn_probability": round(dice.betavariate(1.8, 2.8), 2),
        "orders": orders,
        "vip": orders > 5,
        "size": dice.choice(("XS", "S", "M", "L", "XL", "XXL")),
        "newsletter": dice.random() < 0.6,
    }


def _order_times(customer: Customer, dice: random.Random, now: datetime) -> list[datetime]:
    """As many as the profile says. None in the last two hours, which the rule for urgent changes looks at (R15)."""
    end = now - timedelta(hours=2)
    return [customer.created_at + dice.random() * (end - customer.created_at) for _ in range(customer.properties["orders"])]


def _visit(customer: Customer, dice: random.Random, *, at: datetime, number: int, now: datetime) -> Iterator[EventRow]:
    """To the shop: what was looked at, the order, and what followed of it until `now`."""
    did = partial(EventRow, customer=customer)
    if now - at < timedelta(days=30):
        yield did(metric="Opened Email", occurred_at=at - timedelta(minutes=50), properties={"subject": dice.choice(NEWSLETTERS)})
        yield did(metric="Viewed Product", occurred_at=at - timedelta(minutes=25), properties={"product": dice.choice(_products())["name"]})
        yield did(metric="Started Checkout", occurred_at=at - timedelta(minutes=6))
    order = _order(customer, dice, at=at, number=number)
    later = {"Fulfilled Order": (timedelta(days=dice.uniform(1, 4)), None)}
    if dice.random() < 0.1:
        later["Refunded Order"] = (timedelta(days=dice.uniform(8, 20)), order.value)
    yield order
    for metric, (after, value) in later.items():
        if at + after < now:
            yield did(metric=metric, occurred_at=at + after, value=value, properties={"order": str(number)})


def place_order(customer: Customer, dice: random.Random, *, at: datetime) -> Event:
    """With the next number."""
    order = _order(customer, dice, at=at, number=FIRST_ORDER_NUMBER + Event.objects.filter(metric=ORDER).count())
    return track(customer, ORDER, occurred_at=at, value=order.value, properties=order.properties, external_id=order.external_id)


def _order(customer: Customer, dice: random.Random, *, at: datetime, number: int) -> EventRow:
    """One to three things in the customer's currency."""
    country = next(country for country in read("people")["country"] if country["name"] == customer.country)
    bought = dice.sample(_products(), dice.choice((1, 1, 2, 3)))
    price = sum(product["price"] for product in bought)
    properties = {"order": str(number), "items": ", ".join(product["name"] for product in bought), "currency": country["currency"]}
    value = Decimal(round(price * country["rate"]))
    return EventRow(customer=customer, metric=ORDER, occurred_at=at, value=value, properties=properties, external_id=f"order-{number}")


def _products() -> list[dict[str, Any]]:
    products: list[dict[str, Any]] = read("people")["product"]
    return products


def filled(text: str, customer: Customer, *, agent: str = "") -> str:
    """A text of the shop as this customer writes or reads it; `agent` is who answers."""
    last_order = customer.events.filter(metric=ORDER, occurred_at__lte=timezone.now()).order_by("-occurred_at").first()
    facts = {
        "name": customer.name.partition(" ")[0],
        "agent": agent.split(" ")[0],
        "city": customer.city,
        "size": customer.properties.get("size", "M"),
        "order": last_order.properties["order"] if last_order else str(FIRST_ORDER_NUMBER),
    }
    return fill(text, facts, is_feminine=facts["name"].endswith("a"))
