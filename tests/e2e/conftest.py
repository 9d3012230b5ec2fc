from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.desk import Desk, running
from tests.e2e.browsing import PASSWORD

SET_UP = f"""
from agents.models import Agent
from tests.factories import make_ticket
for name in ("Anna Kowalska", "Bea Nowak"):
    Agent.objects.create_user(name.split()[0].lower() + "@desk.example", {PASSWORD!r}, name=name)
for subject in ("First", "Second", "Third", "Fourth"):
    number = make_ticket(subject=subject).pk
print(number)
"""


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One for all who ask nothing special of it. Whoever takes it begins it anew (`begin_anew`)."""
    with running(tmp_path_factory.mktemp("desk"), "serve", UNDO_SEND_SECONDS="30") as desk:
        yield desk


@pytest.fixture
def desk(served: Desk) -> Desk:
    """Newest first: Fourth, Third, Second, First. A module that needs another has its own."""
    served.begin_anew(SET_UP)
    return served
