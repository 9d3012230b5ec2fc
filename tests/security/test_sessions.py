"""V12: whose session an open page has is what Django itself would say of a request made now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from agents.models import Agent
from helpdesk.inbox.sessions import agents_of
from tests.factories import make_agent

pytestmark = pytest.mark.django_db


def session_of(agent: Agent) -> str:
    browser = Client()
    browser.force_login(agent)
    return browser.session.session_key or ""


def changed(key: str, **facts: Any) -> str:
    session = SessionStore(key)
    session.update(facts)
    session.save()
    return key


def as_django_says(key: str) -> Agent | None:
    request = HttpRequest()
    request.session = SessionStore(key)
    agent = get_user(request)
    return agent if isinstance(agent, Agent) else None


def test_sessions_are_whose_django_says(settings: Any) -> None:
    ida, dismissed, careful, kept = (make_agent(name) for name in ("Ida", "Dora", "Cilla", "Kim"))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "of old", []
    keys = {"of the key before": session_of(kept)}
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "of now", ["of old"]
    keys |= {"sound": session_of(ida), "a second one": session_of(ida), "of one who was dismissed": session_of(dismissed)}
    keys |= {"with a password since changed": session_of(careful), "ended": session_of(ida), "unknown": "x" * 32, "none": ""}
    keys["of another way in"] = changed(session_of(ida), _auth_user_backend="elsewhere.Backend")
    keys["without its hash"] = changed(session_of(ida), _auth_user_hash="")
    keys["of nobody"] = changed(session_of(ida), _auth_user_id="999999")
    Agent.objects.filter(pk=dismissed.pk).update(is_active=False)
    careful.set_password("another one")
    careful.save()
    Session.objects.filter(session_key=keys["ended"]).update(expire_date=timezone.now() - timedelta(seconds=1))

    found = agents_of(keys.values())

    assert {name: found.get(key) for name, key in keys.items()} == {name: as_django_says(key) for name, key in keys.items()}
    assert {name for name, key in keys.items() if key in found} == {"sound", "a second one", "of the key before"}
