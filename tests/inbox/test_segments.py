"""The pages about segments: the list, building one, a list by hand, and what is said before it is deleted."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from agents.models import Agent, Role
from helpdesk.customers.memberships import update_memberships
from helpdesk.customers.models import Customer, Membership, Segment
from helpdesk.customers.segments import add_members, change_segment, create_segment
from routing.publication import publish
from routing.rules import delete_rule
from tests.conditions.builders import about_them, definition, done, text
from tests.factories import make_agent, make_customer, make_rule, make_team
from tests.inbox.browsing import browser_of, queries

pytestmark = pytest.mark.django_db
FRANCE = definition([about_them("$country", text("equals", "France"))])
FIELDS = {"0-0-kind": "profile-property", "0-0-property": "$country", "0-0-test": "string:equals", "0-0-value": "France"}


@pytest.fixture
def cleo() -> Agent:
    return make_agent("Cleo Manager", role=Role.MANAGER)


@pytest.fixture
def tab(cleo: Agent) -> Client:
    return browser_of(cleo)


def in_segment(number: int, by: Agent) -> str:
    """The address of a segment that refers to another."""
    named = {"type": "profile-group-membership", "is_member": True, "group_ids": [str(number)]}
    return f"/segments/{create_segment(f'In {number}', definition([named]), by=by).pk}/"


def count(html: str) -> str:
    found = re.search(r'id="effect-title".*?<span class="figure">([^<]+)</span>', html, re.DOTALL)
    return found[1] if found else ""


def seen(response: Any) -> str:
    found = re.search(r'name="seen" value="(\w+)"', response.content.decode())
    return found[1] if found else ""


def test_segment_is_built_without_scripts(tab: Client) -> None:
    """A plain form post at the end of plain form posts."""
    shown = tab.post("/segments/new/", {"name": "French", "0-0-kind": "profile-property", "do": "refresh"}).content.decode()
    saved = tab.post("/segments/new/", {"name": "French", **FIELDS})

    segment = Segment.objects.get()
    assert 'name="0-0-property"' in shown
    assert 'value="French"' in shown
    assert (saved.status_code, saved["Location"]) == (302, f"/segments/{segment.pk}/?saved")
    assert (segment.name, segment.definition) == ("French", FRANCE)


def test_change_keeps_what_it_does_not_touch(tab: Client, cleo: Agent) -> None:
    segment = create_segment("French", FRANCE, by=cleo)

    tab.post(f"/segments/{segment.pk}/", {"name": "Français", **FIELDS})

    segment.refresh_from_db()
    assert (segment.name, segment.definition) == ("Français", FRANCE)


def test_two_who_change_one_segment_do_not_undo_each_other_unseen(tab: Client, cleo: Agent) -> None:
    """What the second wrote is kept, and saved when they mean it. Buttons that only change the form ask nothing."""
    segment = create_segment("French", FRANCE, by=cleo)
    address = f"/segments/{segment.pk}/"
    opened = {"name": "Mine", **FIELDS, "seen": seen(tab.get(address))}
    change_segment(segment, name="Theirs", by=cleo)

    button, refused = tab.post(address, opened | {"do": "refresh"}), tab.post(address, opened)
    segment.refresh_from_db()
    kept = segment.name
    saved = tab.post(address, opened | {"seen": seen(refused)})

    assert (seen(button), kept) == (opened["seen"], "Theirs")
    assert (refused.status_code, 'value="Mine"' in refused.content.decode(), saved.status_code) == (409, True, 302)
    assert Segment.objects.get().name == "Mine"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "A segment needs a name."),
        ({"name": "Taken"}, "There is a segment named “Taken” already."),
        ({"name": "x", "0-0-value": ""}, "Write a value."),
        ({"name": "x", "0-0-property": " "}, "Choose or write a name."),
        ({"name": "x", "0-0-test": "string:regex", "0-0-value": "("}, "Expected here: a simpler regular expression"),
        ({"name": "x", "0-0-kind": "profile-group-membership", "0-0-values": "77"}, "there is none with the ID “77”"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_written_stays(tab: Client, cleo: Agent, fields: dict[str, str], said: str) -> None:
    create_segment("Taken", None, by=cleo)

    response = tab.post("/segments/new/", FIELDS | fields)

    assert response.status_code == 422
    assert said in response.content.decode()
    assert f'value="{fields["name"]}"' in response.content.decode()
    assert Segment.objects.count() == 1


def test_problem_of_a_saved_reference_stands_beside_its_condition(tab: Client, cleo: Agent) -> None:
    """A circle of segments is refused at the condition that closes it."""
    first = create_segment("First", FRANCE, by=cleo)
    second = in_segment(first.pk, cleo)
    fields = {"name": "First", "0-0-kind": "profile-group-membership", "0-0-values": second.split("/")[2]}

    html = tab.post(f"/segments/{first.pk}/", fields).content.decode()

    assert re.search(r'id="problem-0-0"[^>]*>.*?refer back', html, re.DOTALL)


def test_effect_counts_and_shows_five(tab: Client) -> None:
    """While somebody builds: the number, five of them, and the words."""
    for number in range(6):
        make_customer(f"Amélie {number}", country="France")
    make_customer("Olle", country="Sweden")

    html = tab.post("/segments/effect/", {"name": "x", **FIELDS}).content.decode()

    assert count(html) == "6"
    assert re.findall(r'<span class="truncate">([^<]+)</span>', html) == [f"Amélie {number}" for number in range(5, 0, -1)]
    assert "<b>country equals France</b>" in html


def test_effect_of_something_incomplete_is_no_number(tab: Client) -> None:
    html = tab.post("/segments/effect/", FIELDS | {"0-0-value": ""}).content.decode()

    assert (count(html), "when every condition is complete" in html) == ("", True)


def test_effect_counts_to_a_cap(tab: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpdesk.customers.asking.effect.CAP", 2)
    for _ in range(3):
        make_customer(country="France")

    assert count(tab.post("/segments/effect/", FIELDS).content.decode()) == "More than 10,000"


def test_effect_that_takes_too_long_is_given_up(tab: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A heavy definition never hangs a page."""
    monkeypatch.setattr("helpdesk.customers.asking.effect.PATIENCE", 0.001)
    Customer.objects.bulk_create([Customer(external_id=f"c{number}", country="France") for number in range(20_000)])
    fields = {"0-0-kind": "profile-property", "0-0-property": "x", "0-0-test": "string:not-contains", "0-0-value": "y"}

    response = tab.post("/segments/effect/", fields)

    assert (response.status_code, "Still counting" in response.content.decode()) == (200, True)


def test_reshaped_builder_is_a_part_that_asks_for_its_effect(tab: Client) -> None:
    response = tab.post("/segments/builder/", FIELDS | {"do": "or-0"})

    assert response["HX-Trigger-After-Swap"] == "reshaped"
    assert response.content.decode().lstrip().startswith('<div class="groups" id="builder"')
    assert 'id="0-1-kind"' in response.content.decode()


def test_definition_is_pasted(tab: Client) -> None:
    pasted = json.dumps(definition([done("Placed Order")]))

    html = tab.post("/segments/new/", {"name": "x", "pasted": pasted, "do": "paste", **FIELDS}).content.decode()

    assert re.findall(r'name="0-0-metric" value="([^"]+)"', html) == ["Placed Order"]
    assert "0-0-property" not in html


@pytest.mark.parametrize("pasted", ["", "{", "[]", '{"condition_groups": [{"conditions": [{"type": "moon"}]}]}', "[" * 5000])
def test_paste_that_cannot_be_read_stays_with_its_problem(tab: Client, pasted: str) -> None:
    html = tab.post("/segments/new/", {"pasted": pasted, "do": "paste", **FIELDS}).content.decode()

    assert re.search(r'id="pasted-problem" role="alert"><p class="error">', html)
    assert 'value="France"' in html


def test_list_is_kept_by_hand(tab: Client) -> None:
    """Made, filled from a search, emptied."""
    customer = make_customer("Maja Lind")
    tab.post("/segments/new/?kind=list", {"name": "VIP"})
    segment = Segment.objects.get()

    found = tab.get(f"/segments/{segment.pk}/?q=maja").content.decode()
    tab.post(f"/segments/{segment.pk}/members/", {"customer": customer.pk})
    held = Membership.objects.filter(until=None).count()
    tab.post(f"/segments/{segment.pk}/members/", {"customer": customer.pk, "_method": "DELETE"})

    assert segment.definition is None
    assert "Maja Lind" in found
    assert (held, Membership.objects.filter(until=None).count()) == (1, 0)


def test_inactive_list_takes_nobody(tab: Client, cleo: Agent) -> None:
    segment = create_segment("VIP", by=cleo)
    tab.post(f"/segments/{segment.pk}/activity/", {"active": "off"})

    response = tab.post(f"/segments/{segment.pk}/members/", {"customer": make_customer().pk})

    assert (response.status_code, "is inactive: nobody enters or leaves" in response.content.decode()) == (409, True)


def test_deletion_says_what_asks_about_it(tab: Client, cleo: Agent) -> None:
    segment = create_segment("VIP", by=cleo)
    in_segment(segment.pk, cleo)
    named = {"type": "profile-group-membership", "is_member": True, "group_ids": [str(segment.pk)]}
    rule = make_rule("VIP first", to=make_team("Gold"), when=definition([named]))

    html = tab.get(f"/segments/{segment.pk}/deletion/").content.decode()
    delete_rule(rule, by=cleo)
    publish(by=cleo)
    tab.post(f"/segments/{segment.pk}/deletion/")

    assert re.findall(r"<li>(\w+): <a [^>]+>([^<]+)</a>", html) == [("Segment", f"In {segment.pk}"), ("Rule", "VIP first")]
    assert not Segment.objects.filter(pk=segment.pk).exists()


def test_segments_are_listed_with_their_figures(tab: Client, cleo: Agent) -> None:
    """Size, growth, state, and a hint where something that it refers to is gone."""
    vip = create_segment("VIP", by=cleo)
    add_members(vip, [make_customer(), make_customer()], by=cleo)
    in_segment(create_segment("Nobody", by=cleo).pk, cleo)
    change_segment(vip, is_active=False, by=cleo)

    rows = re.findall(r"<tr>\s*<th scope=\"row\">(.*?)</tr>", tab.get("/segments/").content.decode(), re.DOTALL)
    told = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]

    assert [line.split()[0] for line in told] == ["In", "Nobody", "VIP"]
    assert told[0].endswith("Dynamic 0 No change Needs a look")
    assert told[1:] == ["Nobody List 0 No change Active", "VIP List 2 +2 entered −0 left Inactive"]


def test_member_sees_the_new_size(tab: Client, cleo: Agent) -> None:
    segment, customer = create_segment("French", FRANCE, by=cleo), make_customer(country="France")
    update_memberships([customer], customer.created_at)

    html = tab.get(f"/segments/{segment.pk}/").content.decode()

    assert re.findall(r'<span class="figure">([^<]+)</span>', html) == ["1", "1"]


def test_agent_reads_and_does_not_write(cleo: Agent) -> None:
    segment, browser = create_segment("French", FRANCE, by=cleo), browser_of(make_agent("Ada"))

    shown = browser.get(f"/segments/{segment.pk}/").content.decode()
    written = [browser.post(f"/segments/{segment.pk}/{path}", FIELDS | {"name": "Mine"}).status_code for path in ("", "deletion/", "activity/", "members/")] + [
        browser.post(path, FIELDS).status_code for path in ("/segments/new/", "/segments/builder/", "/segments/effect/")
    ]

    assert "country equals France" in shown
    assert "<form" not in re.sub(r"(?s)^.*<main|</main>.*$", "", shown)
    assert written == [403] * 7
    assert list(Segment.objects.values_list("name", "is_active")) == [("French", True)]


@pytest.mark.parametrize("path", ["/segments/", "/segments/{}/", "/segments/new/", "/segments/{}/deletion/"])
def test_analyst_finds_no_segment(cleo: Agent, path: str) -> None:
    segment = create_segment("French", FRANCE, by=cleo)

    assert browser_of(make_agent(role=Role.ANALYST)).get(path.format(segment.pk)).status_code == 404


@pytest.mark.parametrize("path", ["/segments/99/", "/segments/99/deletion/"])
def test_segment_that_there_is_not_is_404(tab: Client, path: str) -> None:
    assert tab.get(path).status_code == 404


def test_list_of_segments_costs_the_same_with_1_and_3(tab: Client, cleo: Agent) -> None:
    first = create_segment("Some", by=cleo)
    in_segment(first.pk, cleo)
    needed = queries(tab, "/segments/")
    in_segment(create_segment("Others", by=cleo).pk, cleo)
    in_segment(create_segment("More", by=cleo).pk, cleo)

    assert queries(tab, "/segments/") == needed


def test_definition_that_nobody_can_read_opens(tab: Client) -> None:
    """Whatever got into the database: no page ends in a traceback."""
    broken: Any = {"condition_groups": "?"}
    segment = Segment.objects.create(name="Broken", definition=broken)

    response = tab.get(f"/segments/{segment.pk}/")

    assert (response.status_code, "Its definition cannot be read" in response.content.decode()) == (200, True)
