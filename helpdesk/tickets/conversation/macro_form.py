"""A macro as people type it, in the desk and in the admin."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BooleanField, ModelForm
from django.utils.translation import gettext_lazy as _

from helpdesk.tickets.conversation.macros import check_seen
from helpdesk.tickets.models import Macro


class MacroForm(ModelForm):  # type: ignore[type-arg] # at run time it takes none
    anyway = BooleanField(label=_("Keep variables that no customer has filled so far"), required=False)

    class Meta:
        model = Macro
        fields = ("name", "category", "body")

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if not typed.get("anyway"):
            try:
                check_seen(typed.get("body", ""))
            except ValidationError as problem:
                self.add_error(None, problem)
        return typed

    def _get_validation_exclusions(self) -> set[str]:
        """The owner is part of what must be unique, though nobody types it."""
        return super()._get_validation_exclusions() - {"owner"}  # type: ignore[misc, no-any-return] # Django leaves it untyped
