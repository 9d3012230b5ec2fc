"""Where rows come from, by the kind of import."""

from __future__ import annotations

from collections.abc import Callable

from helpdesk.imports.batches import Batch
from helpdesk.imports.files.batch import next_batch as of_a_file
from helpdesk.imports.klaviyo.batch import next_batch as of_klaviyo
from helpdesk.imports.models import Import

_SOURCES: dict[str, Callable[[Import], Batch]] = {Import.Kind.CSV: of_a_file, Import.Kind.KLAVIYO: of_klaviyo}


def next_batch(run: Import) -> Batch:
    """The rows after `run.cursor`. Raises Wait or Failed."""
    return _SOURCES[run.kind](run)
