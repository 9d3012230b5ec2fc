"""The form of a rule, as the admin shows it."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget

from helpdesk.admin_pages import as_written
from routing.models import Rule

_CHANNEL_IS_EMAIL = {"type": "ticket-property", "property": "channel", "filter": {"type": "string", "operator": "equals", "value": "email"}}
EXAMPLE = {"condition_groups": [{"conditions": [_CHANNEL_IS_EMAIL]}]}


class DefinitionField(forms.JSONField):
    """JSON as people read it, with the place of a mistake named."""

    widget = UnfoldAdminTextareaWidget({"rows": 22, "class": "definition", "spellcheck": "false", "autocomplete": "off"})

    def prepare_value(self, value: Any) -> Any:
        return as_written(value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False))

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValidationError as error:
            raise ValidationError(_place(value)) from error


def _place(text: str) -> str:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return _("This is not JSON: line %(line)d, column %(column)d: %(what)s.") % {"line": error.lineno, "column": error.colno, "what": error.msg}
    return _("This is not JSON.")


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's class takes no argument when it runs
    definition = DefinitionField(
        label=gettext_lazy("Conditions"),
        help_text=gettext_lazy("All groups must hold; in a group, one condition is enough. The list of rules says it in words."),
        initial=EXAMPLE,
    )

    class Meta:
        model = Rule
        fields = ("name", "is_active", "definition", "destination", "team", "view")

    def clean(self) -> dict[str, Any]:
        """The one destination that was chosen; what is left in the hidden field does not count."""
        wanted, other = ("view", "team") if self.cleaned_data.get("destination") == Rule.Destination.VIEW else ("team", "view")
        self.cleaned_data[other] = None
        if not self.cleaned_data.get(wanted) and wanted not in self.errors:
            self.add_error(wanted, _("Choose where the tickets go."))
        if "definition" in self.errors:
            self.instance.definition = EXAMPLE  # the model's own check would only say it a second time
        return self.cleaned_data
