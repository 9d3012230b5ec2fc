"""A server that speaks Klaviyo's published API (JSON:API, cursors, revision, errors), with a small shop's data."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field
from typing import Any

from openapi_client import models
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

KEY = "pk_a1b2c3d4e5f6"
ANSWERS = {
    "accounts": "GetAccountResponseCollection",
    "metrics": "GetMetricResponseCollectionCompoundDocument",
    "profiles": "GetProfileResponsePluralConversationsCollectionCompoundDocument",
    "events": "GetEventResponseCollectionCompoundDocument",
    "lists": "GetListListResponseCollectionCompoundDocument",
    "segments": "GetSegmentListResponseCollectionCompoundDocument",
}
LARGEST_PAGE = {"metrics": 200, "profiles": 100, "events": 1000, "lists": 10, "segments": 10, "members": 100}
LEAST_PAGE = 3  # of these answers, so that little data makes many pages


@dataclass
class Klaviyo:
    """`trouble`: (status, headers) of the next answers, in order. `asked`: the paths of the requests, in order."""

    server: HTTPServer
    data: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    trouble: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.data = {kind: [] for kind in ANSWERS} | {"accounts": [an_account()]}
        self.server.expect_request(re.compile("/api/.*"), method="GET").respond_with_handler(self.answer)

    @property
    def host(self) -> str:
        return self.server.url_for("").rstrip("/")

    def answer(self, request: Request) -> Response:
        self.asked.append(request.path)
        if request.headers.get("Authorization") != f"Klaviyo-API-Key {KEY}":
            return _error(401, "not_authenticated", "Incorrect authentication credentials.")
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", request.headers.get("revision", "")):
            return _error(400, "invalid", "A revision header is required.")
        if self.trouble and (status := self.trouble.pop(0))[0] != 200:
            return _error(status[0], "trouble", "Something is the matter.", status[1])
        found = re.fullmatch(r"/api/(lists|segments)/(\w+)/relationships/profiles/?", request.path)
        if found:
            members = [{"type": "profile", "id": member} for member in self.members.get(found[2], [])]
            return self._page(request, "members", members)
        return self._page(request, request.path.strip("/").split("/")[1], self._chosen(request))

    def _chosen(self, request: Request) -> list[dict[str, Any]]:
        """What the filter lets through, in the order that is asked for."""
        rows = self.data[request.path.strip("/").split("/")[1]]
        if written := request.args.get("filter"):
            operator, name, limit = re.fullmatch(r"(greater-than|greater-or-equal)\((\w+),(.+)\)", written).groups()  # type: ignore[union-attr] # or the test fails
            least = limit.replace("Z", "+00:00")
            rows = [row for row in rows if (row["attributes"][name] > least if operator == "greater-than" else row["attributes"][name] >= least)]
        if order := request.args.get("sort"):
            rows = sorted(rows, key=lambda row: row["attributes"][order])
        return rows

    def _page(self, request: Request, kind: str, rows: list[dict[str, Any]]) -> Response:
        size = int(request.args.get("page[size]", LARGEST_PAGE.get(kind, 1)))
        if size > LARGEST_PAGE.get(kind, 1):
            return _error(400, "invalid", f"page[size] must be at most {LARGEST_PAGE[kind]}.")
        start = _place(request.args.get("page[cursor]", ""))
        end = start + min(size, LEAST_PAGE)
        following = f"{self.host}{request.path}?page%5Bcursor%5D={_cursor(end)}" if end < len(rows) else None
        body = {"data": rows[start:end], "links": {"self": request.url, "next": following, "prev": None}}
        if "metric" in request.args.get("include", ""):
            body["included"] = self.data["metrics"]
        if kind in ANSWERS:
            getattr(models, ANSWERS[kind]).from_dict(body)  # what it says is what the published API would say
        return Response(json.dumps(body), content_type="application/vnd.api+json")


def _cursor(place: int) -> str:
    return base64.b64encode(f"next::id::{place}%".encode()).decode().replace("=", "%3D")


def _place(cursor: str) -> int:
    return int(base64.b64decode(cursor).decode().split("::")[2].rstrip("%")) if cursor else 0


def _error(status: int, code: str, detail: str, headers: dict[str, str] | None = None) -> Response:
    body = {"errors": [{"id": "7e0c1a", "status": status, "code": code, "title": code, "detail": detail, "source": {"pointer": "/data/"}}]}
    return Response(json.dumps(body), status=status, headers=headers, content_type="application/vnd.api+json")


def _resource(kind: str, number: str, attributes: dict[str, Any], **relationships: dict[str, str]) -> dict[str, Any]:
    made = {"type": kind, "id": number, "attributes": attributes, "links": {"self": f"https://a.klaviyo.example/api/{kind}s/{number}/"}}
    related = {name: {"data": other} for name, other in relationships.items()}
    return made | ({"relationships": related} if related else {})


def an_account() -> dict[str, Any]:
    address = dict.fromkeys(["address1", "address2", "city", "region", "country", "zip"], "")
    contact = {"default_sender_name": "Holm", "default_sender_email": "hej@holm.example", "organization_name": "Holm & Vide", "street_address": address}
    said = {"test_account": True, "contact_information": contact, "timezone": "Europe/Stockholm", "preferred_currency": "SEK", "public_api_key": "AbC123"}
    return _resource("account", "AbC123", said | {"locale": "sv-SE", "industry": "Home"})


def a_metric(number: str, name: str) -> dict[str, Any]:
    return _resource("metric", number, {"name": name, "created": "2026-01-01T00:00:00+00:00", "updated": "2026-01-01T00:00:00+00:00", "integration": {}})


def a_profile(number: str, *, updated: str = "2026-11-01T08:00:00+00:00", **said: Any) -> dict[str, Any]:
    defaults = {"email": f"{number.lower()}@example.com", "created": "2026-01-01T00:00:00+00:00", "updated": updated, "properties": {}, "location": {}}
    return _resource("profile", number, defaults | said)


def an_event(number: str, *, metric: str, profile: str, at: str, **properties: Any) -> dict[str, Any]:
    said = {"timestamp": 1793520000, "event_properties": properties, "datetime": at, "uuid": f"uuid-{number}"}
    return _resource("event", number, said, metric={"type": "metric", "id": metric}, profile={"type": "profile", "id": profile})


def a_list(number: str, name: str) -> dict[str, Any]:
    said = {"name": name, "created": "2026-01-01T00:00:00+00:00", "updated": "2026-01-01T00:00:00+00:00", "opt_in_process": "single_opt_in"}
    return _resource("list", number, said)


def a_segment(number: str, name: str, *conditions: dict[str, Any]) -> dict[str, Any]:
    """All of the conditions."""
    definition = {"condition_groups": [{"conditions": [condition]} for condition in conditions]}
    said = {"name": name, "definition": definition, "created": "2026-01-01T00:00:00+00:00", "updated": "2026-01-01T00:00:00+00:00"}
    return _resource("segment", number, said | {"is_active": True, "is_processing": False, "is_starred": False})
