"""What an address may ask: a slip of the pen in a filter's name would otherwise give everything."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

MOST_VALUES = 100  # of one parameter


class OnlyKnown(BaseFilterBackend):
    """Of each list: the parameters of its filters and of its pages. It narrows nothing."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        filters = getattr(view, "filterset_class", None)
        pages = view.paginator.get_schema_operation_parameters(view) if view.paginator else []
        only_known(request, [*(filters.base_filters if filters else ()), *(parameter["name"] for parameter in pages)])
        return queryset


def only_known(request: Request, known: Iterable[str]) -> None:
    """Raises ValidationError for a parameter that is none of these, and for one with more than MOST_VALUES values."""
    names = sorted(known)
    unknown = f"There is no such parameter. There are: {', '.join(names)}." if names else "There are no parameters here."
    problems = {name: [unknown] for name in request.query_params if name not in names}
    many = {name: [f"At most {MOST_VALUES} values."] for name, values in request.query_params.lists() if len(values) > MOST_VALUES}
    if problems or many:
        raise ValidationError(many | problems)
