"""A definition goes through the builder's form and comes back as it was: editing never changes what it does not touch."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.template.loader import render_to_string
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from helpdesk.conditions.grammar import DefinitionError, as_json, parse_definition
from helpdesk.inbox.builder.controls import sheet
from helpdesk.inbox.builder.state import Builder
from helpdesk.inbox.builder.texts import read, written
from tests.conditions.builders import about_them, definition, done, text
from tests.conditions.strategies import DEFINITIONS
from tests.inbox.forms import Form

pytestmark = pytest.mark.django_db
# Nothing is written between two examples, so that they may share a transaction.
SHARED = settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)


def through_the_form(data: Any) -> Any:
    """Shown as HTML, sent back by a browser, written as JSON."""
    html = render_to_string("builder/_builder.html", {"sheet": sheet(Builder.of(data, about_tickets=True)), "reshape": "segment-builder"})
    return as_json(parse_definition(Builder.posted(Form(html).data, about_tickets=True).json))


def as_the_grammar_writes_it(data: Any) -> Any:
    try:
        return as_json(parse_definition(data))
    except DefinitionError:  # a NUL among the texts
        assume(False)


@given(DEFINITIONS)
def test_every_definition_comes_back_from_its_rows(data: dict[str, Any]) -> None:
    """SPEC part 3, down to the last digit and blank."""
    wanted = as_the_grammar_writes_it(data)

    assert json.dumps(as_json(parse_definition(Builder.of(data).json))) == json.dumps(wanted)


@SHARED
@given(DEFINITIONS)
def test_every_definition_comes_back_from_the_page(data: dict[str, Any]) -> None:
    """As HTML, through a browser's form."""
    wanted = as_the_grammar_writes_it(data)

    assert json.dumps(through_the_form(data)) == json.dumps(wanted)


@given(st.text())
def test_every_text_fits_into_one_line(given_text: str) -> None:
    """A browser takes line breaks out of a field of one line."""
    field = written(given_text)

    assert read(field) == given_text
    assert not set("\r\n") & set(field)


@pytest.mark.parametrize("name", ['Köpte "allt"', "<b>x</b>", "a\r\nb", "  x ", '"', '"\\n"', "0-0-kind", "Ä" * 120])
def test_awkward_name_comes_back(name: str) -> None:
    data = definition([done(name)], [about_them(name, text("equals", name))])

    assert through_the_form(data) == as_json(parse_definition(data))
