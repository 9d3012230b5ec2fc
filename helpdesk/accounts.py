"""How people sign in and out: allauth, with our rules."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from routing.shifts import go_offline


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are added by an Owner or Admin; nobody adds themselves."""
        return False

    def logout(self, request: HttpRequest) -> Any:
        """A18: signed out is Offline, and open pages are told to close."""
        if request.user.is_authenticated:
            go_offline(request.user)
        return super().logout(request)
