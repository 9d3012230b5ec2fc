from __future__ import annotations

from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from tests.imports.klaviyo_server import Klaviyo


@pytest.fixture
def klaviyo(httpserver: HTTPServer, settings: Any) -> Klaviyo:
    made = Klaviyo(httpserver)
    settings.KLAVIYO_HOST = made.host
    return made
