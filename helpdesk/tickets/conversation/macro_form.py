"""A macro as people type it, in the desk and in the admin."""

from __future__ import annotations

from django.forms import ModelForm

from helpdesk.tickets.models import Macro


class MacroForm(ModelForm):  # type: ignore[type-arg] # at run time it takes none
    class Meta:
        model = Macro
        fields = ("name", "category", "body")

    def _get_validation_exclusions(self) -> set[str]:
        """The owner is part of what must be unique, though nobody types it."""
        return super()._get_validation_exclusions() - {"owner"}  # type: ignore[misc, no-any-return] # Django leaves it untyped
