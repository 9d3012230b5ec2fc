"""The description of the API, from which clients are made."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db
ADDRESSES = {
    "messages/",
    "customers/",
    "customers/batch/",
    "customers/{number}/",
    "customers/{number}/events/",
    "customers/{number}/properties/{name}/history/",
    "customers/{number}/merges/",
    "customers/{number}/merges/{merge}/",
    "events/",
    "events/batch/",
    "rules/",
    "rules/order/",
    "rules/preview/",
    "rules/publication/",
    "rules/versions/",
    "rules/versions/{number}/",
    "rules/versions/{number}/restoration/",
    "rules/{number}/",
    "rules/{number}/changes/",
    "rules/{number}/copies/",
    "segments/",
    "segments/preview/",
    "segments/{number}/",
    "segments/{number}/members/",
    "segments/{number}/members/{customer}/",
    "views/",
    "views/{number}/",
    "views/{number}/tickets/",
    "search/",
    "tickets/",
    "tickets/acts/",
    "tickets/acts/{number}/",
    "tickets/{number}/",
    "tickets/{number}/merges/",
    "tickets/{number}/merges/{merge}/",
    "tickets/{number}/splits/",
    "tickets/{number}/decisions/",
    "tickets/{number}/messages/",
    "tickets/{number}/attachments/",
    "attachments/{number}/",
    "macros/",
    "reports/service/",
    "me/availability/",
}


def test_schema_is_valid_and_complete() -> None:
    output = StringIO()

    call_command("spectacular", "--fail-on-warn", "--validate", "--format=openapi-json", stdout=output)

    assert '"/api/v1/messages/"' in output.getvalue()


def properties(schema: dict[str, Any], address: str, method: str, status: str) -> set[str]:
    content = schema["paths"][address][method]["responses"][status]["content"]["application/json"]["schema"]
    return set(schema["components"]["schemas"][content["$ref"].rpartition("/")[2]]["properties"])


def test_schema_describes_what_is_answered(api: APIClient) -> None:
    schema = api.get("/api/v1/schema/", HTTP_ACCEPT="application/vnd.oai.openapi+json").json()

    assert {path.removeprefix("/api/v1/") for path in schema["paths"]} == ADDRESSES
    assert properties(schema, "/api/v1/me/availability/", "get", "200") == set(api.get("/api/v1/me/availability/").json())
    assert properties(schema, "/api/v1/rules/publication/", "get", "200") == set(api.get("/api/v1/rules/publication/").json())
    assert properties(schema, "/api/v1/messages/", "post", "201") == {"status", "ticket", "message"}
    assert properties(schema, "/api/v1/customers/", "post", "200") == {"status", "customer"}
    assert properties(schema, "/api/v1/events/", "post", "201") == {"status", "event", "customer"}
