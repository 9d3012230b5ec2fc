from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.desk import Desk, running


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One for all who ask nothing special of it. Whoever takes it begins it anew (`begin_anew`)."""
    with running(tmp_path_factory.mktemp("desk"), "serve", UNDO_SEND_SECONDS="30") as desk:
        yield desk
