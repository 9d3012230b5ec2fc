"""What a person may send, field by field (V14)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agents.models import Agent
from helpdesk.tickets.models import Message

LONGEST_MESSAGE = 50_000
_ODD_NUMBER = ("required", "invalid", "min_value", "max_value")


class MessageForm(forms.Form):
    kind = forms.ChoiceField(choices=[("reply", _("Reply")), ("note", _("Note"))])
    body = forms.CharField(
        max_length=LONGEST_MESSAGE,
        error_messages={
            "required": _("Write something first."),
            "max_length": _("That is longer than %(limit_value)d characters. Shorten it or send it in two parts."),
        },
    )


class AssignmentForm(forms.Form):
    """`seen_assignee` is who had the ticket when the person looked at it (A23); empty fields mean nobody."""

    assignee = forms.ModelChoiceField(
        queryset=Agent.objects.none(), required=False, error_messages={"invalid_choice": _("Choose somebody who answers tickets.")}
    )
    seen_assignee = forms.ModelChoiceField(queryset=Agent.objects.all(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = Agent.objects.answering()  # type: ignore[attr-defined] # a ModelChoiceField has one


class TicketMergeForm(forms.Form):
    NOT_THERE = _("There is no ticket with this number.")

    other = forms.IntegerField(min_value=1, max_value=2**63 - 1, error_messages=dict.fromkeys(_ODD_NUMBER, _("Choose one of these tickets.")))
    keep = forms.ChoiceField(choices=[("this", _("This one")), ("other", _("The other one"))])


class SplitForm(forms.Form):
    message = forms.ModelMultipleChoiceField(
        queryset=Message.objects.none(), error_messages=dict.fromkeys(("required", "invalid_choice", "invalid_pk_value"), _("Choose messages of this ticket."))
    )
    subject = forms.CharField(max_length=300, required=False)

    def __init__(self, messages: QuerySet[Message], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["message"].queryset = messages  # type: ignore[attr-defined] # as above


class SetupForm(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=200, help_text=_("It was printed where the helpdesk was started, and works once."))
    name = forms.CharField(label=_("Your name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"))
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        max_length=1000,
        help_text=_("At least 10 characters."),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if password := data.get("password"):
            try:
                validate_password(password, Agent(email=data.get("email", ""), name=data.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data
