"""The messages of the Segment tracking protocol: identify, track, page, screen, group and alias."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from agents.text import readable
from helpdesk.sources.models import Source
from helpdesk.sources.wire import EARLIEST, Problem, an_email, an_object, moment, money, text

LARGEST_MESSAGE = 32 * 1024  # bytes; the published protocol's
_LANGUAGE = re.compile(r"[a-z]{2,3}(?=[-_]|$)")
_MONEY = ("revenue", "total", "value")  # the first that is an amount


@dataclass(frozen=True)
class Message:
    """One message as it came, and when its batch was sent, by the sender's clock."""

    kind: str
    body: dict[str, Any]
    sent_at: Any = None

    @cached_property
    def raw(self) -> bytes:
        """With all that is needed to read it again; nothing of what is nested too deep to be written."""
        try:
            written = json.dumps(self.body | {"type": self.kind, "sentAt": self.sent_at}, ensure_ascii=False)
        except RecursionError:
            return b""
        return written.encode(errors="surrogatepass")

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()

    def happened_at(self, at: datetime) -> datetime:
        """By our clock: as long before `at`, when we got it, as its time lies before its sending by the sender's own clock.

        `at` where it has no time, or one that cannot be.
        """
        told = moment(self.body.get("timestamp") or self.body.get("originalTimestamp"))
        sent = moment(self.sent_at) or at
        try:
            found = at - (sent - told) if told else at
        except OverflowError:
            return at
        return found if EARLIEST <= found <= at else at

    def get(self, name: str) -> dict[str, Any]:
        """An object; nothing at all counts as an empty one."""
        found = self.body.get(name)
        if found is not None and not isinstance(found, dict):
            raise Problem(f"“{name}” is not an object.")
        return found or {}

    def id(self, name: str) -> str:
        """As text; "" without one."""
        found = self.body.get(name)
        if found is None:
            return ""
        if isinstance(found, bool) or not isinstance(found, (str, int, float)):
            raise Problem(f"“{name}” is neither text nor a number.")
        if readable(str(found)) != str(found):
            raise Problem(f"“{name}” holds characters that nobody can read.")
        return str(found).strip()


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a message says: facts are arguments of `profiles.identify`; an event, if it tells one, those of `EventRow`."""

    user: str
    anonymous: str
    facts: dict[str, Any] = field(default_factory=dict)
    event: dict[str, Any] | None = None
    is_alias: bool = False


def read(source: Source, message: Message, *, at: datetime) -> Told:
    """A message that we got `at`. Raises Problem, in words."""
    if not 0 < len(message.raw) <= LARGEST_MESSAGE:
        raise Problem(f"This is too large: at most {LARGEST_MESSAGE} bytes.")
    if message.kind not in _KINDS:
        raise Problem("Its type is none of: " + ", ".join(_KINDS) + ".")
    return _KINDS[message.kind](source, message, at)


def _identify(_source: Source, message: Message, at: datetime) -> Told:
    return _about(message, _facts(message.get("traits"), message.get("context")) | {"at": message.happened_at(at)})


def _about(message: Message, facts: dict[str, Any], event: dict[str, Any] | None = None) -> Told:
    return Told(user=message.id("userId"), anonymous=message.id("anonymousId"), facts=facts, event=event)


def _facts(traits: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """The arguments of `profiles.identify`: what a profile has a field for, and as properties all the rest, named as it came."""
    own = {name: text(traits.get(name)) for name in ("firstName", "lastName", "name", "phone", "language", "locale", "timezone")}
    address = an_object(traits.get("address"))
    place = {name: text(address.get(name)) for name in ("country", "city")}
    more_of_address = {name: part for name, part in address.items() if name not in place}
    others = {name: value for name, value in traits.items() if name not in own and name not in ("email", "address" if address else "")}
    return {
        **place,
        "email": an_email(traits.get("email")),
        "phone": own["phone"],
        "name": own["name"] or f"{own['firstName']} {own['lastName']}".strip(),
        "language": _language(own["language"] or own["locale"] or text(context.get("locale"))),
        "zone": own["timezone"] or text(context.get("timezone")),
        "properties": others | ({"address": more_of_address} if more_of_address else {}),
    }


def _language(locale: str) -> str:
    """Of “sv-SE” or “sv_SE”: “sv”."""
    found = _LANGUAGE.match(locale.lower())
    return found[0] if found else ""


def _track(source: Source, message: Message, at: datetime) -> Told:
    event = message.body.get("event")
    if not isinstance(event, str):
        raise Problem("“event” is not the name of an event.")
    return _happened(source, message, at, text(source.event_names.get(event)) or event)


def _viewed(source: Source, message: Message, at: datetime) -> Told:
    """As the protocol's own destinations name it: “Viewed Shop Lamps Page”."""
    kind = message.kind.capitalize()
    name = " ".join(filter(None, (text(message.body.get(part)) for part in ("category", "name"))))
    return _happened(source, message, at, f"Viewed {name} {kind}" if name else f"Loaded a {kind}")


def _happened(source: Source, message: Message, at: datetime, metric: str) -> Told:
    """An event. Its messageId is the key against duplicates; without one, as the protocol has it, each is new."""
    properties, traits = message.get("properties"), an_object(message.get("context").get("traits"))
    number = message.id("messageId")
    event = {
        "metric": text(metric, longest=120),
        "occurred_at": message.happened_at(at),
        "value": next((amount for name in _MONEY if (amount := money(properties.get(name))) is not None), None),
        "properties": properties,
        "external_id": f"segment:{source.pk}:{number}" if number else None,
    }
    return _about(message, {"email": an_email(traits.get("email"))}, event)


def _group(_source: Source, message: Message, at: datetime) -> Told:
    """The desk has no groups of customers that are one company: they are properties, `group_id` and `group_name` and so on."""
    traits = {f"group_{name}": value for name, value in message.get("traits").items()}
    return _about(message, {"at": message.happened_at(at), "properties": traits | {"group_id": message.id("groupId")}})


def _alias(_source: Source, message: Message, _at: datetime) -> Told:
    user, previous = message.id("userId"), message.id("previousId")
    if not user or not previous:
        raise Problem("An alias needs a userId and a previousId.")
    return Told(user=user, anonymous=previous, is_alias=True)


_KINDS: dict[str, Callable[[Source, Message, datetime], Told]] = {
    "identify": _identify,
    "track": _track,
    "page": _viewed,
    "screen": _viewed,
    "group": _group,
    "alias": _alias,
}
