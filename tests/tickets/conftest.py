from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def ten_seconds(settings: Any) -> None:
    """For so long a reply is held."""
    settings.UNDO_SEND_SECONDS = 10
