"""R3, C2, V3, V14: who reads rules, who drafts them, who publishes them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from agents.models import Agent, Role
from routing.models import Rule, RuleSet
from routing.publication import publish
from routing.rule_set import live_contents
from routing.rules import To, create_rule
from tests.factories import CHANNEL_IS_SMS, CHURN_RISK_HIGH, all_of, make_agent, make_rule, make_team
from tests.inbox.browsing import browser_of

pytestmark = pytest.mark.django_db
SMS = all_of(CHANNEL_IS_SMS)
FIELDS = {"0-0-kind": "ticket-property", "0-0-field": "channel", "0-0-test": "string:equals", "0-0-value": "sms"}
WRITTEN = {"name": "Mine", **FIELDS, "destination": "view", "new_view": "Watch"}

READING = ["/routing/", "/routing/{rule}/", "/routing/versions/", "/routing/versions/1/"]
DRAFTING: list[tuple[str, dict[str, Any]]] = [
    ("/routing/new/", WRITTEN),
    ("/routing/builder/", FIELDS),
    ("/routing/effect/", FIELDS),
    ("/routing/examples/", {"key": "urgent-modifications"}),
    ("/routing/{rule}/copies/", {}),
]
PUBLISHING: list[tuple[str, dict[str, Any]]] = [
    ("/routing/{rule}/", WRITTEN),
    ("/routing/{rule}/", WRITTEN | {"do": "and"}),
    ("/routing/{rule}/", WRITTEN | {"seen": "stale"}),
    ("/routing/{rule}/deletion/", {}),
    ("/routing/{rule}/activity/", {"active": "off"}),
    ("/routing/{rule}/discarding/", {}),
    ("/routing/order/", {"up": "{rule}"}),
    ("/routing/publication/", {}),
    ("/routing/versions/1/restoration/", {}),
]


@pytest.fixture
def rule() -> Rule:
    """Live, and of nobody's; the version before it is to go back to."""
    make_rule("First", to=make_team("Gold"), when=SMS)
    return make_rule("Secret", to=make_team("Silver"), when=all_of(CHURN_RISK_HIGH))


def state() -> list[Any]:
    return [list(Rule.objects.values()), RuleSet.objects.count()]


def send(browser: Client, address: str, data: dict[str, Any], rule: Rule) -> Any:
    return browser.post(address.format(rule=rule.pk), {name: str(value).format(rule=rule.pk) for name, value in data.items()})


@pytest.mark.parametrize(("address", "data"), [*((address, None) for address in READING), *DRAFTING, *PUBLISHING])
def test_analyst_finds_no_rule_and_changes_none(rule: Rule, address: str, data: dict[str, Any] | None) -> None:
    """V3: 404, the same as for a rule that there is not."""
    browser, before = browser_of(make_agent(role=Role.ANALYST)), state()

    response = browser.get(address.format(rule=rule.pk)) if data is None else send(browser, address, data, rule)

    assert (response.status_code, state()) == (404, before)
    assert "Secret" not in response.content.decode()


@pytest.mark.parametrize(("address", "data"), [*DRAFTING, *PUBLISHING])
def test_stranger_is_sent_to_sign_in_and_changes_nothing(client: Client, rule: Rule, address: str, data: dict[str, Any]) -> None:
    before = state()

    response = send(client, address, data, rule)

    assert (response.status_code, response["Location"], state()) == (302, "/account/login/?next=/", before)


@pytest.mark.parametrize("address", READING)
def test_agent_reads_rules(rule: Rule, address: str) -> None:
    assert browser_of(make_agent()).get(address.format(rule=rule.pk)).status_code == 200


@pytest.mark.parametrize(("address", "data"), DRAFTING)
def test_agent_drafts(rule: Rule, address: str, data: dict[str, Any]) -> None:
    """C2: what routes stays as it is, also when somebody publishes."""
    live = live_contents()

    response = send(browser_of(make_agent()), address, data, rule)
    publish(by=None)

    assert (response.status_code < 400, live_contents()) == (True, live)


@pytest.mark.parametrize(("address", "data"), PUBLISHING)
def test_agent_changes_nothing_that_routes(rule: Rule, address: str, data: dict[str, Any]) -> None:
    """R3."""
    before = state()

    response = send(browser_of(make_agent()), address, data, rule)

    assert (response.status_code, state()) == (403, before)


def test_agent_reads_why_not_and_what_instead(rule: Rule) -> None:
    html = browser_of(make_agent()).get(f"/routing/{rule.pk}/").content.decode()

    assert ("Copy this rule to draft another" in html, f"/routing/{rule.pk}/copies/" in html, 'id="builder"' in html) == (True, True, False)


def test_agent_writes_own_drafts_alone(rule: Rule) -> None:
    """C2: and says what comes next."""
    ada, bea = make_agent("Ada"), make_agent("Bea")
    draft = create_rule("Idea", SMS, to=To(new_view="Watch"), by=ada)

    statuses = [send(browser_of(agent), f"/routing/{draft.pk}/", WRITTEN, draft).status_code for agent in (ada, bea)]

    assert statuses == [302, 403]
    assert "Only a manager can publish rules. Your draft is saved." in browser_of(ada).get(f"/routing/{draft.pk}/").content.decode()


def test_agent_does_not_publish_by_a_field_of_the_form(rule: Rule) -> None:
    """V14: the form's button is not theirs, nor are fields that no form has."""
    ada = make_agent("Ada")
    extra = {"then": "publish", "is_active": "on", "position": "1", "by": "1"}

    response = browser_of(ada).post("/routing/new/", WRITTEN | extra)

    made = Rule.objects.get(name="Mine")
    assert (response.status_code, made.is_active, made.by, made.position) == (302, False, ada, 3)


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN, Role.MANAGER])
def test_manager_does_all_of_it(rule: Rule, role: Role) -> None:
    """R3. The publication asks to look first."""
    by: Agent = make_agent(role=role)

    statuses = {
        address: send(browser_of(by), address, data, rule).status_code
        for address, data in [*DRAFTING[:1], *DRAFTING[3:], *PUBLISHING[4:], PUBLISHING[0], PUBLISHING[3]]
    }

    assert sorted(set(statuses.values())) == [302, 409, 422]


@pytest.mark.parametrize("path", ["", "deletion/"])
@pytest.mark.parametrize("number", ["99", "9" * 30])
def test_rule_that_there_is_not_is_404(path: str, number: str) -> None:
    assert browser_of(make_agent(role=Role.MANAGER)).get(f"/routing/{number}/{path}").status_code == 404


@pytest.mark.parametrize(
    "address", ["/routing/order/", "/routing/1/copies/", "/routing/1/activity/", "/routing/1/discarding/", "/routing/versions/1/restoration/"]
)
def test_what_changes_something_is_no_link(address: str) -> None:
    assert browser_of(make_agent(role=Role.OWNER)).get(address).status_code == 405


def test_huge_form_is_refused_in_words() -> None:
    response = browser_of(make_agent(role=Role.MANAGER)).post("/routing/new/", {f"0-{number % 999}-kind{number}": "x" for number in range(20_000)})

    assert response.status_code == 400
