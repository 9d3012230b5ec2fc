from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _built_in_scorer(settings: Any) -> None:
    """Here the model itself is under test."""
    settings.SENTIMENT_SCORER = "customer_agent.builtin_sentiment.BuiltinScorer"
