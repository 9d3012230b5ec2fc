"""Forms for people and hours, as the admin shows them."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from holidays.registry import COUNTRIES
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import (
    UnfoldAdminSelect2MultipleWidget,
    UnfoldAdminSelect2Widget,
    UnfoldAdminTextInputWidget,
)

from agents import people
from agents.models import Agent, BusinessHours, Role, SpecialDay, Team

_PERIOD = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*[-–—]\s*(\d{1,2})(?:[:.](\d{2}))?", re.ASCII)


class _AgentFields(forms.ModelForm):  # type: ignore[type-arg]  # Django's class takes no argument when it runs
    """What adding and changing have in common. `by`, set by the admin, is who does it."""

    by: ClassVar[Agent]
    teams = forms.ModelMultipleChoiceField(Team.objects.all(), required=False, label=gettext_lazy("Teams"), widget=UnfoldAdminSelect2MultipleWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["teams"] = self.instance.teams.all()
        if "role" in self.fields and not (self.instance.pk and self.by.role == Role.OWNER):
            role = self.fields["role"]
            role.choices = [choice for choice in role.choices if choice[0] != Role.OWNER]  # type: ignore[attr-defined]  # it is a choice field

    def clean_email(self) -> str:
        """Sign-in compares with small letters."""
        return str(self.cleaned_data["email"]).lower()


class NewAgentForm(_AgentFields, UserCreationForm):
    usable_password = None  # everybody signs in with a password

    class Meta:
        model = Agent
        fields = ("name", "email", "role")


class AgentForm(_AgentFields, UserChangeForm):
    """Role and "active" are checked here and end up in `wanted`: they are set by their verbs (see `agents.people`)."""

    class Meta:
        model = Agent
        fields = ("name", "email", "role", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wanted: dict[str, Any] = {"role": self.instance.role, "is_active": self.instance.is_active}

    def clean_role(self) -> str:
        role = self.wanted["role"] = Role(self.cleaned_data["role"])
        if role != self.instance.role:
            _allowed(people.check_role, self.instance, role, by=self.by)
        return str(self.instance.role)

    def clean_is_active(self) -> bool:
        is_active = self.wanted["is_active"] = bool(self.cleaned_data["is_active"])
        if self.instance.is_active and not is_active and self.wanted.get("role") == Role.OWNER != self.instance.role:
            raise ValidationError(_("Who becomes the Owner must be active."))
        if self.instance.is_active and not is_active:
            _allowed(people.check_deactivation, self.instance, by=self.by)
        return bool(self.instance.is_active)


def _allowed(check: Any, *args: Any, by: Agent) -> None:
    try:
        check(*args, by=by)
    except people.NotForYou as reason:
        raise ValidationError(str(reason)) from reason


class PasswordForm(AdminPasswordChangeForm):
    usable_password = None

    def save(self, commit: bool = True) -> Agent:
        """V16: whoever was signed in with the old password is no longer."""
        agent: Agent = super().save(commit)
        people.sign_out(agent)
        return agent


def _countries() -> list[tuple[str, str]]:
    """Those whose public holidays are known, by their English names."""
    return [("", _("None")), *((codes[1], module.replace("_", " ").title()) for module, codes in sorted(COUNTRIES.items()))]


class BusinessHoursForm(forms.ModelForm):  # type: ignore[type-arg]  # as above
    """A line for each weekday instead of JSON; the model's own check has the last word."""

    DAYS = tuple(f"day_{day}" for day in range(7))

    country = forms.ChoiceField(
        label=gettext_lazy("Public holidays"),
        choices=_countries,
        required=False,
        help_text=gettext_lazy("The desk is closed on those of this country. Days on which it is open all the same stand below, with their hours."),
        widget=UnfoldAdminSelect2Widget,
    )
    day_0, day_1, day_2, day_3, day_4, day_5, day_6 = (
        forms.CharField(label=WEEKDAYS[day], required=False, widget=UnfoldAdminTextInputWidget({"placeholder": gettext_lazy("Closed")})) for day in range(7)
    )

    class Meta:
        model = BusinessHours
        fields = ("country",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day, periods in self.instance.days.items():
            self.initial[f"day_{day}"] = written_periods(periods)

    def clean(self) -> dict[str, Any]:
        days: dict[str, list[list[str]]] = {}
        for number, field in enumerate(self.DAYS):
            try:
                if periods := read_periods(self.cleaned_data.get(field, "")):
                    days[str(number)] = periods
            except ValidationError as error:
                self.add_error(field, error)
        self.instance.days = days
        return self.cleaned_data


class SpecialDayForm(forms.ModelForm):  # type: ignore[type-arg]  # as above
    """A closed day, or one with hours of its own."""

    opening = forms.CharField(label=gettext_lazy("Open"), required=False, widget=UnfoldAdminTextInputWidget({"placeholder": gettext_lazy("Closed")}))

    class Meta:
        model = SpecialDay
        fields = ("date", "name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["opening"] = written_periods(self.instance.periods)

    def clean_opening(self) -> str:
        self.instance.periods = read_periods(self.cleaned_data["opening"])
        return str(self.cleaned_data["opening"])


def written_periods(periods: list[list[str]]) -> str:
    """As `read_periods` reads them."""
    return ", ".join(f"{opens}–{closes}" for opens, closes in periods)


def read_periods(text: str) -> list[list[str]]:
    """ "9–12, 13:00–17:30" as [["09:00", "12:00"], ["13:00", "17:30"]], earliest first. ValidationError in words."""
    periods = sorted(_period(part.strip()) for part in text.split(",") if part.strip())
    for earlier, later in pairwise(periods):
        if later[0] < earlier[1]:
            raise ValidationError(_("%(first)s and %(second)s overlap.") % {"first": "–".join(earlier), "second": "–".join(later)})
    return periods


def _period(text: str) -> list[str]:
    found = _PERIOD.fullmatch(text)
    if found is None:
        raise ValidationError(_("“%(text)s” is not understood. Write hours as 09:00–12:00, 13:00–17:00.") % {"text": text})
    opens, closes = _time(found[1], found[2]), _time(found[3], found[4])
    if opens >= closes:
        raise ValidationError(_("%(closes)s is not after %(opens)s.") % {"opens": opens, "closes": closes})
    return [opens, closes]


def _time(hour: str, minute: str | None) -> str:
    time = f"{int(hour):02}:{minute or '00'}"
    if time > "24:00" or int(minute or 0) > 59:
        raise ValidationError(_("%(time)s is no time of day.") % {"time": time})
    return time
