"""Calls as a program makes them."""

from __future__ import annotations

from typing import Any

from rest_framework.test import APIClient


def call(client: APIClient, method: str, address: str, data: Any = None) -> tuple[int, Any]:
    """Status, and what was answered; None for nothing."""
    response = client.generic(method, f"/api/v1/{address}") if data is None else getattr(client, method.lower())(f"/api/v1/{address}", data, format="json")
    return response.status_code, response.json() if response.content else None
