"""What the pages about segments show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _

from helpdesk.conditions.grammar import Definition, DefinitionError
from helpdesk.conditions.wording import phrases
from helpdesk.customers.asking.patience import PATIENCE, TookTooLong, within
from helpdesk.customers.definitions import definition_of, segments_named
from helpdesk.customers.models import Segment
from helpdesk.customers.segments import Figures, figures, segment_names, used_by
from helpdesk.inbox.builder.state import Builder
from helpdesk.inbox.builder.versions import digest_of
from routing.models import TeamMatching
from routing.uses import rules_about


@dataclass(frozen=True)
class SegmentLine:
    segment: Segment
    figures: Figures | None
    needs_a_look: bool


def segment_lines() -> list[SegmentLine]:
    """Every segment, by name, in two queries. `needs_a_look`: one that it refers to is gone, inactive or empty; its page says which."""
    segments = {segment.pk: segment for segment in Segment.objects.all()}
    held = figures_in_time(segments.values())
    return [SegmentLine(segment, held.get(segment.pk), _is_doubtful(segment, segments, held)) for segment in segments.values()]


def figures_in_time(segments: Iterable[Segment]) -> dict[int, Figures]:
    """Empty where counting takes too long."""
    try:
        with within(PATIENCE):
            return figures(segments)
    except TookTooLong:
        return {}


def _is_doubtful(segment: Segment, segments: dict[int, Segment], held: dict[int, Figures]) -> bool:
    if segment.definition is None:
        return False
    definition = definition_of(segment)
    if definition is None:
        return True
    named = [(segments.get(number), held.get(number)) for number in segments_named(definition)]
    return any(other is None or not other.is_active or (known is not None and not known.size) for other, known in named)


@dataclass(frozen=True)
class Use:
    """What asks about a segment: a segment, a rule, a team."""

    kind: str
    name: str
    url: str = ""


def uses_of(segment: Segment) -> list[Use]:
    """Teams have their pages in the admin."""
    others = [Use(_("Segment"), other.name, reverse("segment", args=[other.pk])) for other in used_by(segment)]
    rules = [Use(_("Rule"), name, reverse("rule", args=[number])) for number, name in rules_about(segment).items()]
    teams = TeamMatching.objects.filter(segments=segment).select_related("team")
    return others + rules + [Use(_("Team"), each.team.name, reverse("admin:agents_team_change", args=[each.team_id])) for each in teams]


def sentence(definition: Definition | None) -> list[tuple[str, str]]:
    """(kind, words) of each part, blanks included; see `wording.phrases`. Nothing as long as it is not complete."""
    return phrases(definition, segment_names()) if definition else []


@dataclass
class SegmentForm:
    """What a person is writing: kept as it is until it can be saved."""

    name: str = ""
    name_problem: str = ""
    builder: Builder | None = None  # None: a list that people keep
    pasted: str = ""
    pasted_problems: list[str] = field(default_factory=list)
    seen: str = ""  # `version_of` the segment when its page was opened
    is_overtaken: bool = False  # somebody saved another version since

    @classmethod
    def of(cls, segment: Segment) -> SegmentForm:
        if segment.definition is None:
            return cls(segment.name)
        try:
            return cls(segment.name, builder=Builder.of(segment.definition))
        except DefinitionError as error:
            builder = Builder.empty()
            builder.problem = str(error)
            return cls(segment.name, builder=builder)


def version_of(segment: Segment) -> str:
    """Tells a segment from what somebody else made of it meanwhile."""
    return digest_of(segment.name, segment.definition)
