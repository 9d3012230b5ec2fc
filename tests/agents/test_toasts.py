"""Toasts: rows until they are dismissed, and frames after commit (B17)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from agents import toasts
from agents.models import Toast
from agents.streams import agent_stream
from agents.toasts import dismiss_toasts, purge_toasts, show_toast, take_back, waiting_toasts
from tests.factories import make_agent
from tests.people import Commits, Listener

pytestmark = pytest.mark.django_db


def show(agent: Any, title: str = "Your turn") -> Toast:
    return show_toast(agent, Toast.Kind.ASSIGNED, lambda: (title, "Ada · E-mail"), url="/tickets/1/")


def test_toast_reaches_its_agent_after_commit(listen: type[Listener], commits: Commits, settings: Any) -> None:
    """B17: and nobody else."""
    settings.LANGUAGES = [("en", "English")]
    ada, bea = make_agent("Ada"), make_agent("Bea")
    to_ada, to_bea = listen(agent_stream(ada.pk)), listen(agent_stream(bea.pk))

    with commits():
        toast = show(ada)
        before_commit = to_ada.heard()

    facts = {"id": toast.pk, "toast_kind": "assigned", "count": 1, "at": toast.created_at.isoformat(), "url": "/tickets/1/"}
    frame = {"kind": "toast", **facts, "title": "Your turn", "detail": "Ada · E-mail"}
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
    dismiss_toasts(ada, [first.pk])

    assert waiting == [first, second]
    assert list(waiting_toasts(ada)) == [second]


def test_toast_waits_an_hour_at_most() -> None:
    ada = make_agent()
    show(ada)

    with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1), tick=False):
        late = show(ada, "late")

        assert list(waiting_toasts(ada)) == [late]


def test_toast_keeps_the_time_it_was_first_dismissed() -> None:
    ada = make_agent()
    toast = show(ada)
    dismiss_toasts(ada, [toast.pk])
    first = Toast.objects.get(pk=toast.pk).shown_at

    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        dismiss_toasts(ada, [toast.pk])

    assert Toast.objects.get(pk=toast.pk).shown_at == first


def test_dismissed_toasts_go_from_all_pages_of_their_agent(listen: type[Listener], commits: Commits) -> None:
    """Once: what was dismissed before says nothing, and neither does what is somebody else's."""
    ada, bea = make_agent("Ada"), make_agent("Bea")
    one, other, foreign = show(ada), show(ada), show(bea)
    page = listen(agent_stream(ada.pk))

    with commits():
        dismiss_toasts(ada, [one.pk, other.pk])
        dismiss_toasts(ada, [one.pk])
        dismiss_toasts(ada, [foreign.pk])

    assert page.heard() == [{"kind": "toasts_gone", "toasts": [one.pk, other.pk]}]
    assert list(waiting_toasts(bea)) == [foreign]


def test_toast_that_is_no_longer_so_is_taken_back(listen: type[Listener], commits: Commits) -> None:
    """Of the agent and the kind alone, and unless it was seen."""
    ada, bea = make_agent("Ada"), make_agent("Bea")
    gone = show_toast(ada, Toast.Kind.ASSIGNED, url="/", about=[7])
    seen = show_toast(ada, Toast.Kind.ASSIGNED, url="/", about=[7])
    dismiss_toasts(ada, [seen.pk])
    kept = [show_toast(ada, Toast.Kind.REPLIED, url="/", about=[7]), show_toast(ada, Toast.Kind.ASSIGNED, url="/", about=[8]), show(ada)]
    foreign = show_toast(bea, Toast.Kind.ASSIGNED, url="/", about=[7])
    page = listen(agent_stream(ada.pk))

    with commits():
        take_back(Toast.Kind.ASSIGNED, {ada.pk: {7}})

    assert (list(waiting_toasts(ada)), list(waiting_toasts(bea))) == (kept, [foreign])
    assert page.heard() == [{"kind": "toasts_gone", "toasts": [gone.pk]}]
    assert Toast.objects.filter(pk=seen.pk).exists()


def test_toast_of_many_tells_of_the_rest_when_some_are_taken_back(listen: type[Listener], commits: Commits) -> None:
    ada = make_agent()
    toast = show_toast(ada, Toast.Kind.ASSIGNED, url="/", about=[7, 8, 9])
    page = listen(agent_stream(ada.pk))

    with commits():
        take_back(Toast.Kind.ASSIGNED, {ada.pk: {7, 9}})

    assert [(frame["id"], frame["count"]) for frame in page.heard()] == [(toast.pk, 1)]
    assert [waiting.about for waiting in waiting_toasts(ada)] == [[8]]


def test_long_texts_are_cut() -> None:
    toast = show(make_agent(), "t" * 500)

    toast.refresh_from_db()
    assert toast.words["en"]["title"] == "t" * 300


def test_toast_is_said_in_every_language(settings: Any) -> None:
    """Whoever has chosen none reads their browser's, which only their page knows."""
    settings.LANGUAGES = [("en", "English"), ("sv", "Svenska"), ("pl", "Polski")]

    toast = show_toast(make_agent(), Toast.Kind.ASSIGNED, lambda: (gettext("Monday"), ""), url="/")

    assert {code: said["title"] for code, said in toast.words.items()} == {"en": "Monday", "sv": "måndag", "pl": "Poniedziałek"}


def test_old_toasts_are_purged() -> None:
    """Seen or not."""
    ada = make_agent()
    _old, seen = show(ada), show(ada)
    dismiss_toasts(ada, [seen.pk])
    Toast.objects.update(created_at=timezone.now() - timedelta(days=7, seconds=1))
    new = show(ada)

    purge_toasts()

    assert list(Toast.objects.all()) == [new]
