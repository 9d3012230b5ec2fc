"""What a person says about their account."""

from __future__ import annotations

import re

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _


class KeyForm(forms.Form):
    """The key is never shown again, not even to whoever mistyped it."""

    key = forms.CharField(
        label=_("Private API key"),
        max_length=200,
        validators=[RegexValidator(r"^[\w-]+\Z", _("A key holds letters, digits and _ only. Copy it again."), flags=re.ASCII)],
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("It begins with pk_ and needs to read accounts, profiles, metrics, events, segments and lists."),
        error_messages={"required": _("Paste the key first.")},
    )
