from __future__ import annotations

import pytest

from agents.models import Agent, BusinessHours, Role
from tests.factories import make_agent


@pytest.fixture
def ada(db: None) -> Agent:
    return make_agent("Ada Lind")


@pytest.fixture
def bea(db: None) -> Agent:
    return make_agent("Bea Nowak")


@pytest.fixture
def cleo(db: None) -> Agent:
    return make_agent("Cleo", role=Role.MANAGER)


@pytest.fixture
def always_open(db: None) -> None:
    BusinessHours.objects.create(pk=1, days={str(day): [["00:00", "24:00"]] for day in range(7)})
