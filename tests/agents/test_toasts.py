"""Toasts: rows until they are dismissed, and frames after commit (B17)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from agents import toasts
from agents.models import Toast
from agents.streams import agent_stream
from agents.toasts import dismiss_toast, show_toast, waiting_toasts
from tests.factories import make_agent
from tests.people import Commits, Listener

pytestmark = pytest.mark.django_db


def show(agent: Any, title: str = "Your turn") -> Toast:
    return show_toast(agent, Toast.Kind.ASSIGNED, title=title, detail="Ada · E-mail", url="/tickets/1/")


def test_toast_reaches_its_agent_after_commit(listen: type[Listener], commits: Commits) -> None:
    """B17: and nobody else."""
    ada, bea = make_agent("Ada"), make_agent("Bea")
    to_ada, to_bea = listen(agent_stream(ada.pk)), listen(agent_stream(bea.pk))

    with commits():
        toast = show(ada)
        before_commit = to_ada.heard()

    frame = {"kind": "toast", "id": toast.pk, "toast_kind": "assigned", "title": "Your turn", "detail": "Ada · E-mail", "url": "/tickets/1/"}
    assert (before_commit, to_ada.heard(), to_bea.heard()) == ([], [frame], [])


def test_toast_of_a_rolled_back_transaction_is_never_shown(listen: type[Listener], commits: Commits) -> None:
    ada = make_agent()
    stream = listen(agent_stream(ada.pk))

    with commits(), transaction.atomic():
        show(ada)
        transaction.set_rollback(True)

    assert (stream.heard(), Toast.objects.count()) == ([], 0)


def test_toast_that_cannot_be_shown_fails_nobody(commits: Commits, monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits for the next page."""
    monkeypatch.setattr(toasts, "publish", lambda _stream, _frame: 1 / 0)
    ada = make_agent()

    with commits():
        toast = show(ada)

    assert list(waiting_toasts(ada)) == [toast]


def test_toast_waits_until_it_is_dismissed() -> None:
    """A page that was disconnected misses none; oldest first."""
    ada, bea = make_agent("Ada"), make_agent("Bea")
    first, second, _other = show(ada, "first"), show(ada, "second"), show(bea)

    waiting = list(waiting_toasts(ada))
    dismiss_toast(first)

    assert waiting == [first, second]
    assert list(waiting_toasts(ada)) == [second]


def test_toast_waits_an_hour_at_most() -> None:
    ada = make_agent()
    show(ada)

    with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1), tick=False):
        late = show(ada, "late")

        assert list(waiting_toasts(ada)) == [late]


def test_toast_keeps_the_time_it_was_first_dismissed() -> None:
    toast = show(make_agent())
    dismiss_toast(toast)
    first = Toast.objects.get(pk=toast.pk).shown_at

    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        dismiss_toast(toast)

    assert Toast.objects.get(pk=toast.pk).shown_at == first


def test_long_texts_are_cut_to_their_columns() -> None:
    toast = show(make_agent(), "t" * 500)

    toast.refresh_from_db()
    assert toast.title == "t" * 300
