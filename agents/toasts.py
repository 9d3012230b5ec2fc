"""Toasts (B17): kept as rows until shown, pushed to the agent's open pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from agents.models import Agent, Toast
from agents.streams import agent_stream, publish

WORTH_SHOWING = timedelta(hours=1)


def show_toast(agent: Agent, kind: Toast.Kind, *, title: str, detail: str, url: str) -> Toast:
    toast = Toast.objects.create(agent=agent, kind=kind, title=title[:300], detail=detail[:300], url=url)
    transaction.on_commit(lambda: publish(agent_stream(agent.pk), toast_frame(toast)), robust=True)
    return toast


def toast_frame(toast: Toast) -> dict[str, Any]:
    return {"kind": "toast", "id": toast.pk, "toast_kind": toast.kind, "title": toast.title, "detail": toast.detail, "url": toast.url}


def dismiss_toast(toast: Toast) -> None:
    Toast.objects.filter(pk=toast.pk, shown_at=None).update(shown_at=timezone.now())


def waiting_toasts(agent: Agent) -> QuerySet[Toast]:
    """What a page that connects has missed, oldest first; nothing older than an hour."""
    return Toast.objects.filter(agent=agent, shown_at=None, created_at__gte=timezone.now() - WORTH_SHOWING).order_by("created_at")
