"""The builder's form: what a button does to it, what is asked of a row, and what is wrong with it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string

from helpdesk.customers.models import KnownName, Segment
from helpdesk.inbox.builder.controls import sheet
from helpdesk.inbox.builder.picks import complete, picks_for
from helpdesk.inbox.builder.state import Builder
from helpdesk.tickets.models import Tag
from tests.conditions.builders import about_them, about_ticket, definition, done, in_the_last, number, some, text
from tests.factories import make_team

pytestmark = pytest.mark.django_db
FRANCE = about_them("$country", text("equals", "France"))
SWEDEN_OR_NORWAY = about_them("$country", text("in", ["Sweden", "Norway"]))
RECENT = done("Placed Order", when=in_the_last(2, "hour"))
IN_SEK = {"property": "currency", "filter": text("in", ["SEK"])}
SIZE_4 = {"property": "size", "filter": number("equals", 4)}
NARROWED = RECENT | {"metric_filters": [{"property": "currency", "filter": text("in", ["SEK", "PLN"])}, SIZE_4]}


def after(do: str, *groups: Any) -> Any:
    """What is left of a definition when a button was pressed."""
    builder = Builder.of(definition(*groups))
    builder.act(do)
    return builder.json


def posted(**fields: Any) -> Builder:
    data = QueryDict(mutable=True)
    for name, value in fields.items():
        data.setlist(name.replace("_", "-"), value if isinstance(value, list) else [value])
    return Builder.posted(data, about_tickets=True)


def page(builder: Builder) -> str:
    return render_to_string("builder/_builder.html", {"sheet": sheet(builder), "reshape": "segment-builder"})


@pytest.mark.parametrize(
    "fields",
    [
        {"0-0-where": "x"},
        {"0-0-where": "x", "0-0-w0-property": "y"},
        {"0-0-kind": "profile-metric", "0-0-w0-kind": "profile-metric"},
        {"0-0-kind": "profile-metric", "0-0-w0-kind": "profile-region", "0-0-w0-where": "x"},
        {"0-0-metric": "x"},
        {"0-0-w999-property": "a"},
        {"0-0-kind": "profile-group-membership", "0-0-values": "9" * 5_000},
    ],
)  # fmt: skip
def test_whatever_is_posted_becomes_a_form(fields: dict[str, str]) -> None:
    """V14: also what no form of ours sends."""
    builder = posted(**fields)

    builder.checked()

    assert 'name="0-0-kind"' in page(builder)


@pytest.mark.parametrize(
    ("do", "left"),
    [
        ("remove-0-0", definition([SWEDEN_OR_NORWAY], [NARROWED])),
        ("remove-1-0", definition([FRANCE, SWEDEN_OR_NORWAY])),
        ("unwhere-1-0-1", definition([FRANCE, SWEDEN_OR_NORWAY], [NARROWED | {"metric_filters": NARROWED["metric_filters"][:1]}])),
        ("drop-0-1-0", definition([FRANCE, about_them("$country", text("in", ["Norway"]))], [NARROWED])),
        ("drop-1-0-w0-1", definition([FRANCE, SWEDEN_OR_NORWAY], [RECENT | {"metric_filters": [IN_SEK, SIZE_4]}])),
    ],
)  # fmt: skip
def test_button_takes_away_one_thing(do: str, left: Any) -> None:
    assert after(do, [FRANCE, SWEDEN_OR_NORWAY], [NARROWED]) == left


@pytest.mark.parametrize(
    "do", ["", "x", "or", "or-9", "remove-7-7", "remove-a-b", "drop-0-0-5", "drop-0-0-w0-0", "where-0", "unwhere-0-0-0", "and-1", "remove-0-0-0"]
)
def test_button_of_an_older_form_does_nothing(do: str) -> None:
    assert after(do, [FRANCE]) == definition([FRANCE])


@pytest.mark.parametrize(
    ("do", "focus", "kinds"),
    [
        ("and", "1-0-kind", [["profile-property"], ["profile-property"]]),
        ("or-0", "0-1-kind", [["profile-property", "profile-property"]]),
        ("remove-0-0", "0-0-kind", [["profile-metric"]]),
    ],
)
def test_focus_follows_what_a_button_did(do: str, focus: str, kinds: list[list[str]]) -> None:
    """The last condition that is taken away leaves an empty one."""
    builder = Builder.of(definition([FRANCE]))

    builder.act(do)

    assert (builder.focus, [[row["kind"] for row in group] for group in builder.groups]) == (focus, kinds)
    assert re.findall(r'id="([\w-]+)"[^>]* autofocus', page(builder)) == [focus]


@pytest.mark.parametrize("metric", ["a\0", '"a\\u0000"', r'"\ud800 "'])
def test_metric_that_no_database_can_look_for_is_a_problem_of_its_condition(metric: str) -> None:
    builder = posted(**{"0-0-kind": "profile-metric", "0-0-metric": metric})

    assert "0-0-metric" in page(builder)
    assert builder.checked() is None


def test_nothing_posted_is_one_empty_condition() -> None:
    builder = posted()

    assert [[row["kind"] for row in group] for group in builder.groups] == [["profile-metric"]]
    assert builder.checked() is None


def test_gaps_in_what_was_posted_close() -> None:
    builder = posted(**{"3_7_kind": "profile-region", "3_2_kind": "profile-region", "9_0_kind": "nonsense"})

    assert [[row["kind"] for row in group] for group in builder.groups] == [["profile-region", "profile-region"], ["profile-metric"]]


def test_entry_that_is_written_beside_a_list_joins_it() -> None:
    builder = posted(**{"0_0_kind": "profile-property", "0_0_property": "$country", "0_0_test": "string:in", "0_0_values": ["Sweden"], "0_0_add": " Norway "})

    assert builder.json == definition([SWEDEN_OR_NORWAY])


def test_one_value_becomes_the_first_of_several_and_back() -> None:
    """Changing the comparison loses nothing that was written."""
    fields = {"0_0_kind": "profile-property", "0_0_property": "$country"}

    several = posted(**fields, **{"0_0_test": "string:in", "0_0_value": "France"})
    one = posted(**fields, **{"0_0_test": "string:equals", "0_0_values": ["France", "Spain"]})

    assert several.json == definition([about_them("$country", text("in", ["France"]))])
    assert one.json == definition([FRANCE])


def test_each_incomplete_condition_has_its_own_problem() -> None:
    builder = Builder.of(definition([FRANCE], [RECENT, FRANCE]))
    builder.groups[0][0]["value"] = ""
    builder.groups[1][0]["quantity"] = "soon"

    assert builder.checked() is None
    assert [(place, error.path) for place, error in builder.problems.items()] == [
        ((0, 0), "condition_groups[0].conditions[0].filter.value"),
        ((1, 0), "condition_groups[0].conditions[0].timeframe_filter.quantity"),
    ]
    assert re.findall(r'id="problem-([\d-]+)"', page(builder)) == ["0-0", "1-0"]
    assert re.findall(r'id="([\w-]+)"[^>]* aria-invalid="true"', page(builder)) == ["0-0-value", "1-0-quantity"]
    assert re.findall(r'id="([\w-]+)"[^>]* autofocus', page(builder)) == ["0-0-value"]


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"metric": ""}, "0-0-metric"),
        ({"often": "sum:equals", "times": "much"}, "0-0-times"),
        ({"where": [{"property": "", "test": "string:equals"}]}, "0-0-w0-property"),
        ({"where": [{"property": "size", "test": "string:in"}]}, "0-0-w0-add"),
        ({"kind": "profile-group-membership", "member": "true"}, "0-0-add"),
    ],
)
def test_focus_goes_to_the_first_wrong_field(change: dict[str, Any], wrong: str) -> None:
    builder = Builder.of(definition([RECENT]))
    builder.groups[0][0] |= change
    builder.groups[0][0] |= {"values": []} if "kind" in change else {}

    builder.checked()

    assert re.findall(r'id="([\w-]+)"[^>]* autofocus[^>]* aria-invalid="true"', page(builder)) == [wrong]


def test_more_than_100_conditions_are_refused() -> None:
    """SPEC part 3: the limit."""
    builder = Builder.of(definition([FRANCE]))
    builder.groups = [builder.groups[0] * 101]

    assert builder.checked() is None
    assert builder.problem == "That is more than 100 conditions."


def test_newly_chosen_property_suggests_its_comparison() -> None:
    """A comparison that somebody chose on purpose stays."""
    KnownName.objects.create(of="profile", name="orders", kinds=["number"])
    fields = {"0_0_kind": "profile-property", "0_0_property": "orders", "0_0_test": "string:equals"}

    chosen, kept = posted(**fields, **{"0_0_seen": ""}), posted(**fields, **{"0_0_seen": "orders"})
    complete(chosen, picks_for(chosen))
    complete(kept, picks_for(kept))

    assert (chosen.groups[0][0]["test"], kept.groups[0][0]["test"]) == ("numeric:greater-than-or-equal", "string:equals")


def test_segment_that_is_named_gets_its_number() -> None:
    vip = Segment.objects.create(name="VIP")
    builder = posted(**{"0_0_kind": "profile-group-membership", "0_0_member": "true", "0_0_values": ["99"], "0_0_add": "VIP"})

    complete(builder, picks_for(builder))

    assert builder.json["condition_groups"][0]["conditions"][0]["group_ids"] == ["99", str(vip.pk)]


@pytest.mark.parametrize(("about_tickets", "kinds"), [(False, 6), (True, 7)])
def test_ticket_properties_are_offered_where_there_is_a_ticket(about_tickets: bool, kinds: int) -> None:
    """R10: rules ask about the ticket, segments do not."""
    html = page(Builder.empty(about_tickets=about_tickets))

    assert len(re.findall(r'<option value="(?:profile|ticket)-', html)) == kinds


def test_ticket_values_are_those_of_the_desk() -> None:
    Tag.objects.create(name="Order tracking")
    make_team("Orders & delivery")
    builder = Builder.of(definition([about_ticket("tags", some("contains", "x"))], [about_ticket("team", text("in", ["x"]))]), about_tickets=True)

    offers = re.findall(r'<datalist id="\d-0-value[s]?-offers"><option value="([^"]+)">', page(builder))

    assert offers == ["Order tracking", "Orders &amp; delivery"]


def test_own_names_and_seen_names_are_offered() -> None:
    """C15. A custom property with the name of a field of the profile's own needs its full name."""
    KnownName.objects.create(of="metric", name="Placed Order")
    KnownName.objects.create(of="profile", name="loyalty_tier", examples=["Gold"])
    KnownName.objects.create(of="profile", name="city")
    KnownName.objects.create(of="event", metric="Placed Order", name="currency")

    html = page(Builder.of(definition([NARROWED], [about_them("loyalty_tier", text("equals", "Gold"))])))

    assert re.findall(r'<datalist id="known-metrics"><option value="([^"]+)">', html) == ["Placed Order"]
    assert [name for name in re.findall(r'<option value="([^"]+)">', html) if name in ("loyalty_tier", "properties[&#x27;city&#x27;]", "currency", "Gold")] == [
        "currency", "currency", "Gold", "properties[&#x27;city&#x27;]", "loyalty_tier"
    ]  # fmt: skip


def test_builder_costs_the_same_with_1_and_20_conditions(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        page(Builder.of(definition([NARROWED])))
    with django_assert_num_queries(2):
        page(Builder.of(definition(*[[NARROWED, FRANCE]] * 10)))


def test_hostile_name_stays_text() -> None:
    """V2."""
    html = page(Builder.of(definition([done('"><script>alert(1)</script>')])))

    assert "<script" not in html
