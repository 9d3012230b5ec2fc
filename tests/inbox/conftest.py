from __future__ import annotations

import pytest

from agents.models import Agent
from tests.factories import make_agent


@pytest.fixture
def ada(db: None) -> Agent:
    return make_agent("Ada Lind")


@pytest.fixture
def bea(db: None) -> Agent:
    return make_agent("Bea Nowak")
