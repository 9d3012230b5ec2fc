"""A definition that is pasted in: ours, or as the original product exports it."""

from __future__ import annotations

from helpdesk.conditions.grammar import DefinitionError
from helpdesk.imports.klaviyo.definitions import read_pasted
from helpdesk.inbox.builder.state import Builder
from helpdesk.inbox.customers.segments import SegmentForm

LONGEST = 200_000


def paste(form: SegmentForm) -> None:
    """The builder shows what was pasted; or the text stays, with everything in it that cannot be asked here."""
    try:
        definition, form.pasted_problems = read_pasted(form.pasted[:LONGEST])
        if definition is not None:
            form.builder, form.pasted = Builder.of(definition), ""
    except DefinitionError as error:
        form.pasted_problems = [str(error)]
