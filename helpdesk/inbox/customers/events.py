"""What customers did, in lines: an icon, the metric, the value and what else is worth a glance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from helpdesk.customers.models import Event
from helpdesk.tickets.metrics import TICKET_CLOSED, TICKET_CREATED
from helpdesk.tickets.models import Channel

EVENT_ICONS = {
    "order": "bag",
    "checkout": "bag",
    "cart": "bag",
    "deliver": "box",
    "ship": "box",
    "fulfil": "box",
    "email": "mail",
    "sms": "sms",
    "ticket": "inbox",
    "human": "chat",
    "chat": "chat",
    "conversation": "chat",
    "view": "eye",
    "visit": "globe",
}


@dataclass(frozen=True)
class EventLine:
    event: Event
    icon: str
    detail: str

    @property
    def properties(self) -> list[tuple[str, Any]]:
        """A template that asks a dict for its items gets the property that is called so."""
        return list(self.event.properties.items())


def event_lines(events: Iterable[Event]) -> list[EventLine]:
    return [EventLine(event, _icon(event.metric), _detail(event)) for event in events]


def _icon(metric: str) -> str:
    return next((icon for word, icon in EVENT_ICONS.items() if word in metric.casefold()), "clock")


def _detail(event: Event) -> str:
    known = shown(event.properties)
    if event.metric in (TICKET_CREATED, TICKET_CLOSED) and "ticket" in known and known.get("channel") in Channel.values:  # not another system's
        return f"#{known['ticket']} · {Channel(known['channel']).label}"
    currency = known.pop("$currency", known.pop("currency", ""))
    value = [f"{event.value} {currency}".strip()] if event.value is not None else []
    return " · ".join([*value, *list(known.values())[:2]])


def shown(properties: dict[str, Any]) -> dict[str, str]:
    """The plain values: what is nested has no place in a line."""
    return {name: str(value) for name, value in properties.items() if isinstance(value, (str, int, float)) and str(value)}
