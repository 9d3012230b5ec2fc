"""The page that creates the Owner, for whoever can read the console (V16)."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from agents.setup import WrongCode, create_owner, desk_has_owner
from helpdesk.inbox.forms import SetupForm

SIGNED_IN_BY = "allauth.account.auth_backends.AuthenticationBackend"


@never_cache
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """Only while the desk has no Owner. The new Owner is signed in."""
    if desk_has_owner():
        raise Http404
    form = SetupForm(request.POST or None)
    if form.is_valid():
        try:
            owner = create_owner(**form.cleaned_data)
        except WrongCode as problem:
            form.add_error("code", str(problem))
        else:
            login(request, owner, backend=SIGNED_IN_BY)
            return redirect("home")
    return render(request, "setup.html", {"form": form}, status=422 if form.errors else 200)
