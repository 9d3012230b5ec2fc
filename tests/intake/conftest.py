from __future__ import annotations

from typing import Any

import pytest

from tests.people import commits, listen  # noqa: F401 # a fixture is found where it is imported


@pytest.fixture(autouse=True)
def _scorer(settings: Any) -> None:
    """No model is loaded for what has nothing to do with one."""
    settings.SENTIMENT_SCORER = "tests.intake.scorers.FirstNumber"
