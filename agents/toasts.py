"""Toasts (B17): kept as rows until shown, pushed to the agent's open pages. Never as e-mail.

A toast is said in every language, since a browser's choice counts for who has made none; each page gets its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from agents.languages import in_each_language
from agents.models import Agent, Toast
from agents.streams import agent_stream, publish

WORTH_SHOWING = timedelta(hours=1)
KEPT = timedelta(days=7)
LONGEST = 300


def show_toast(agent: Agent, kind: Toast.Kind, words: Callable[[], tuple[str, str]] | None = None, *, url: str, about: Sequence[int] = ()) -> Toast:
    """`words`: title and detail, in the language of the moment; without them the page says of how many things, `about`, the kind is."""
    said = {code: {"title": title[:LONGEST], "detail": detail[:LONGEST]} for code, (title, detail) in in_each_language(words).items()} if words else {}
    toast = Toast.objects.create(agent=agent, kind=kind, words=said, about=list(about), url=url)
    _tell(agent.pk, toast_frame(toast))
    return toast


def _tell(agent_id: int, frame: dict[str, Any]) -> None:
    transaction.on_commit(lambda: publish(agent_stream(agent_id), frame), robust=True)


def toast_frame(toast: Toast) -> dict[str, Any]:
    """A frame with a number that a page knows takes the place of the earlier one."""
    facts = {"id": toast.pk, "toast_kind": toast.kind, "count": len(toast.about) or 1, "at": toast.created_at.isoformat(), "url": toast.url}
    return {"kind": "toast", **facts, "words": toast.words}


def waiting_toasts(agent: Agent) -> QuerySet[Toast]:
    """What a page that connects has missed, oldest first; nothing older than an hour."""
    return _waiting().filter(agent=agent).order_by("created_at")


def _waiting() -> QuerySet[Toast]:
    return Toast.objects.filter(shown_at=None, created_at__gte=timezone.now() - WORTH_SHOWING)


def dismiss_toasts(agent: Agent, numbers: Iterable[int]) -> None:
    """Of this agent, whatever the numbers are: gone from all their pages."""
    numbers = list(numbers)
    if Toast.objects.filter(agent=agent, pk__in=numbers, shown_at=None).update(shown_at=timezone.now()):
        _tell(agent.pk, _gone(numbers))


def dismiss_toasts_of(agent: Agent, url: str) -> None:
    """Whoever opens the page is told of it no longer, nor of its parts."""
    if numbers := list(_waiting().filter(agent=agent, url__startswith=url).values_list("pk", flat=True)):
        dismiss_toasts(agent, numbers)


def _gone(numbers: list[int]) -> dict[str, Any]:
    return {"kind": "toasts_gone", "toasts": numbers}


def take_back(kind: Toast.Kind, about: Mapping[int, set[int]]) -> None:
    """{agent: what is no longer so}: a toast that they have not seen yet goes, or tells of the rest alone."""
    for toast in _waiting().filter(agent__in=about.keys(), kind=kind) if about else ():
        left = [number for number in toast.about if number not in about[toast.agent_id]]
        if left and left != toast.about:
            toast.about = left
            toast.save(update_fields=["about"])
            _tell(toast.agent_id, toast_frame(toast))
        elif toast.about and not left:
            _tell(toast.agent_id, _gone([toast.pk]))
            toast.delete()


def purge_toasts() -> None:
    Toast.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
