"""Who comes in, and where those are led who must sign in first."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.csrf import csrf_failure

from agents.models import Agent
from agents.people import NotForYou


def signed_in[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Signing in leads back to the page: after an action, to the one it was done on, since an action's address shows nothing."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request = args[0]
        assert isinstance(request, HttpRequest)
        if request.user.is_authenticated:
            return view(*args, **kwargs)
        return redirect_to_login(_way_back(request, **kwargs))

    return guarded


def _way_back(request: HttpRequest, *, number: Any = None, **_others: Any) -> str:
    if request.method == "GET":
        return request.get_full_path()
    page = urlsplit(request.headers.get("referer", ""))
    if page.netloc == request.get_host():
        return page._replace(scheme="", netloc="").geturl()
    return reverse("ticket", args=[number]) if number and request.path.startswith("/tickets/") else reverse("home")


def unknown_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is none of ours, as after an evening: whoever must sign in first is led there, as by any other page."""
    if request.user.is_authenticated or request.path.startswith("/account/"):
        return csrf_failure(request, reason)
    return redirect_to_login(_way_back(request, **(request.resolver_match.kwargs if request.resolver_match else {})))


def reads_customers[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """For people who answer; to others, customers and segments are not there (V3)."""

    @signed_in
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not _reader(args[0]).can_answer:
            raise Http404
        return view(*args, **kwargs)

    return guarded


def manages_customers[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """For Owner, Admin and Manager; others who answer are told so."""

    @reads_customers
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not _reader(args[0]).is_manager:
            raise PermissionDenied
        return view(*args, **kwargs)

    return guarded


def reads_rules[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """For the same people as customers. What a verb refuses them is said in its words (R3, C2)."""

    @reads_customers
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(*args, **kwargs)
        except NotForYou as refusal:
            raise PermissionDenied(str(refusal)) from refusal

    return guarded


def _reader(request: Any) -> Agent:
    assert isinstance(request.user, Agent)
    return request.user
