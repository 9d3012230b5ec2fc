"""What a person has chosen for their own screens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from agents.people import choose_language
from helpdesk.inbox.access import signed_in
from helpdesk.inbox.pages import AgentRequest, shell


class PreferencesForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), required=False, choices=lambda: [("", _("As in the browser")), *settings.LANGUAGES])


@signed_in
@require_http_methods(["GET", "POST"])
def preferences(request: AgentRequest) -> HttpResponse:
    """The language goes with the person; sounds, notices and keys belong to the browser, whose own they are."""
    form = PreferencesForm(request.POST or None, initial={"language": request.user.language})
    if request.method == "POST" and form.is_valid():
        choose_language(request.user, form.cleaned_data["language"])
        return redirect(f"{reverse('preferences')}?saved")
    context: dict[str, Any] = shell(request, "preferences") | {"form": form, "is_saved": "saved" in request.GET}
    return render(request, "inbox/preferences.html", context, status=422 if form.errors else 200)
