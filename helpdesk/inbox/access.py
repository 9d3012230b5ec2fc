"""Who comes in, and where those are led who must sign in first."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse


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
    return reverse("ticket", args=[number]) if number else reverse("home")
