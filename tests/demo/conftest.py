from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from customer_agent.sentiment import Verdict
from helpdesk.demo.postbox import keep_everything_here
from helpdesk.demo.seeding import seed
from helpdesk.outbox import senders


class EverybodyIsCalm:
    """Stands in for the model, which takes most of the time that a shop needs; the running demo has the real one."""

    name = "calm"

    def score(self, text: str, language: str) -> Verdict:
        return Verdict(5, "neutral", self.name, ())


@pytest.fixture(scope="module")
def shop(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[datetime]:
    """The shop of the demo, made once for all tests of a module; and when its making began. Each test adds `db`, which undoes what it does."""
    began, kept = timezone.now(), dict(senders._senders)
    own_data = override_settings(SENTIMENT_SCORER="tests.demo.conftest.EverybodyIsCalm", DATA_DIR=tmp_path_factory.mktemp("demo"))
    with django_db_blocker.unblock(), own_data, transaction.atomic():
        keep_everything_here()
        seed()
        yield began
        transaction.set_rollback(True)
    senders._senders.clear()
    senders._senders.update(kept)
