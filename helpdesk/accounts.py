"""How people sign in and out: allauth, with our rules."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from agents.models import Agent
from agents.people import sign_out
from agents.streams import agent_stream, publish
from routing.shifts import go_offline


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are added by an Owner or Admin; nobody adds themselves."""
        return False

    def add_message(self, *_args: Any, **_kwargs: Any) -> None:
        """The page that one gets to says it already."""

    def set_password(self, user: Agent, password: str) -> None:
        """V16, A18: whoever is signed in with the old one is signed out by it, and so Offline."""
        super().set_password(user, password)
        sign_out(user)

    def logout(self, request: HttpRequest) -> Any:
        """A18: signed out is Offline, and the pages that are still open close at once (V12)."""
        agent = request.user
        if isinstance(agent, Agent):
            go_offline(agent)
        answer = super().logout(request)
        if isinstance(agent, Agent):
            publish(agent_stream(agent.pk), {"kind": "signed_out"})
        return answer
