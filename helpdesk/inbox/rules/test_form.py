"""What a person writes of an example ticket (V14)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Team
from helpdesk.customers.models import Segment
from helpdesk.inbox.rules.example_lines import BadLine, read_events, read_facts, write_events, write_facts
from helpdesk.tickets.models import Channel, SavedView, SentimentLabel
from routing.models import RuleTest

_EARLIEST, _LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_LONGEST_NUMBER = 18
_OF_THE_TICKET = ("channel", "status", "subject", "body", "language", "sentiment", "sentiment_score")


def _lines(rows: int, longest: int) -> dict[str, Any]:
    attrs = {"class": "textarea textarea-code", "rows": rows, "spellcheck": "false", "autocomplete": "off"}
    return {"required": False, "max_length": longest, "widget": forms.Textarea(attrs)}


class SeveralField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg] # Django's own takes none
    """Boxes to tick."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> Any:
        if too_large := [each for each in value or () if len(str(each)) > _LONGEST_NUMBER]:  # which no database can look up
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": too_large[0][:_LONGEST_NUMBER]})
        return super().clean(value)


class RuleTestForm(forms.Form):
    """`test` None: a new one. What the form does not show of its example stays."""

    name = forms.CharField(label=_("Name"), max_length=120)
    at = forms.DateTimeField(
        label=_("When it comes in"),
        widget=forms.DateTimeInput({"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"),
        help_text=_("Rules about the last hours or days count back from here."),
    )
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel.choices)
    status = forms.ChoiceField(label=_("Status"), choices=[("open", _("Open")), ("closed", _("Closed"))])
    subject = forms.CharField(label=_("Subject"), max_length=300, required=False)
    body = forms.CharField(label=_("What the customer writes"), max_length=50_000, required=False, widget=forms.Textarea({"class": "textarea", "rows": 4}))
    language = forms.CharField(label=_("Language"), max_length=10, required=False, help_text=_("As sv or pl."))
    tags = forms.CharField(label=_("Tags"), max_length=1_000, required=False, help_text=_("With commas between them."))
    sentiment = forms.ChoiceField(label=_("Sentiment"), choices=[("", _("Not read")), *SentimentLabel.choices], required=False)
    sentiment_score = forms.IntegerField(label=_("Score"), min_value=0, max_value=10, required=False, help_text=_("0 to 10."))
    profile = forms.CharField(label=_("About the customer"), **_lines(4, 50_000), help_text=_("One on each line, as $country = Sweden or tier = gold."))
    events = forms.CharField(
        label=_("What the customer has done"),
        **_lines(4, 200_000),
        help_text=_("One on each line: the event, how many hours before, its value. As Placed Order, 1.5, 49.90"),
    )
    segments = SeveralField(Segment.objects.none(), label=_("In segments"), required=False)
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Goes to"), required=False, empty_label=_("No team named by a rule"))
    views = SeveralField(SavedView.objects.none(), label=_("Enters the views"), required=False)
    no_other_views = forms.BooleanField(label=_("No other views"), required=False)

    def __init__(self, data: Any = None, *, test: RuleTest | None = None) -> None:
        self.test = test
        super().__init__(data, initial=_initial(test) if test else {"at": timezone.now().replace(microsecond=0)})
        for name, rows in (("segments", Segment.objects.all()), ("team", Team.objects.all()), ("views", SavedView.objects.filled_by_rules())):
            self.fields[name].queryset = rows  # type: ignore[attr-defined] # these fields have one

    def full_clean(self) -> None:
        """The focus goes to the first field that is wrong."""
        super().full_clean()
        for name in list(self.errors)[:1]:
            if name in self.fields:
                self.fields[name].widget.attrs["autofocus"] = True

    def clean_at(self) -> datetime:
        """A field shows whole seconds: what nobody changed stays as it is."""
        at: datetime = self.cleaned_data["at"]
        if not _EARLIEST <= at < _LATEST:
            raise forms.ValidationError(_("Choose a day between 1990 and 2200."))
        at = at.astimezone(UTC)  # where an hour before is an hour before, whatever the clocks do
        return self.test.at if self.test and self.test.at.replace(microsecond=0) == at else at

    def clean_profile(self) -> dict[str, Any]:
        try:
            return read_facts(self.cleaned_data["profile"])
        except BadLine as problem:
            raise forms.ValidationError(str(problem)) from problem

    def clean_events(self) -> list[dict[str, Any]]:
        try:
            return read_events(self.cleaned_data["events"], self.cleaned_data.get("at", timezone.now()))
        except BadLine as problem:
            raise forms.ValidationError(str(problem)) from problem

    def written(self) -> dict[str, Any]:
        """The arguments of `writing.change_test`."""
        said = self.cleaned_data
        ticket = dict(self.test.example["ticket"]) if self.test else {}
        ticket |= {name: said[name] for name in _OF_THE_TICKET}
        ticket["tags"] = [tag for part in said["tags"].split(",") if (tag := part.strip())]
        example = {"ticket": ticket, "profile": said["profile"], "events": said["events"], "segments": [each.pk for each in said["segments"]]}
        return {"example": example} | {name: said[name] for name in ("name", "at", "team", "views", "no_other_views")}


def _initial(test: RuleTest) -> dict[str, Any]:
    example = test.example
    shown = {name: example["ticket"].get(name) for name in _OF_THE_TICKET} | {"tags": ", ".join(example["ticket"].get("tags", []))}
    lines = {"profile": write_facts(example["profile"]), "events": write_events(example["events"], test.at)}
    expected = {name: getattr(test, name) for name in ("name", "at", "team", "no_other_views")} | {"views": test.views.all()}
    return shown | lines | expected | {"segments": example["segments"]}
