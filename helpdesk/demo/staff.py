"""Who works at Holm & Vide, in which teams, and how their desk is set up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from agents.models import Agent, BusinessHours, Role, Team
from agents.setup import create_owner, new_setup_code
from routing.examples import EXAMPLES, add_example
from routing.models import RoundRobinSettings
from routing.publication import publish

PASSWORD = "storskog-2026"  # noqa: S105 # everybody may know it: it opens nothing but a demo on one's own machine
CAPACITY = 6  # open automatic tickets for each agent: some tickets always wait, for the person who goes Online
RETENTION, ORDERS, ADVICE = "Retention specialists", "Orders & delivery", "Product advice"


# A played colleague is answered for by the demo; who is away is not in today. Nobody can sign in as these two.
Part = Literal["signs in", "is played", "is away"]


@dataclass(frozen=True)
class Person:
    """`teams`: the names of their teams; who has none answers no tickets."""

    role: Role
    name: str
    email: str
    teams: tuple[str, ...] = ()
    part: Part = "signs in"


PEOPLE = (
    Person(Role.OWNER, "Ebba Holm", "owner@example.com"),
    Person(Role.ADMIN, "Oskar Vide", "admin@example.com"),
    Person(Role.MANAGER, "Priya Nair", "manager@example.com", (RETENTION,)),
    Person(Role.AGENT, "Anna Kowalska", "agent@example.com", (RETENTION, ORDERS)),
    Person(Role.ANALYST, "Henrik Lund", "analyst@example.com"),
    Person(Role.AGENT, "Ida Berglund", "ida@example.com", (RETENTION,), "is played"),
    Person(Role.AGENT, "Jonas Ek", "jonas@example.com", (ORDERS,), "is played"),
    Person(Role.AGENT, "Marek Zieliński", "marek@example.com", (RETENTION, ORDERS), "is played"),
    Person(Role.AGENT, "Saoirse Byrne", "saoirse@example.com", (ADVICE,), "is away"),
    Person(Role.AGENT, "Tomasz Wilk", "tomasz@example.com", (ADVICE,), "is away"),
)
TEAMS = {
    RETENTION: "For customers whom we are about to lose.",
    ORDERS: "Everything between the checkout and the doorstep.",
    ADVICE: "They have worn it, washed it and torn it.",
}


def hire_everybody() -> None:
    for person in PEOPLE:
        if person.role == Role.OWNER:
            create_owner(new_setup_code(), email=person.email, name=person.name, password=PASSWORD)
        else:
            Agent.objects.create_user(person.email, PASSWORD if person.part == "signs in" else None, name=person.name, role=person.role)
    for name, description in TEAMS.items():
        team = Team.objects.create(name=name, description=description)
        team.members.set(Agent.objects.filter(email__in=[person.email for person in PEOPLE if name in person.teams]))


def set_up_desk() -> None:
    """Open around the clock: whoever tries the demo at midnight finds web chat as it is by day (B7)."""
    BusinessHours.objects.create(pk=1, days={str(day): [["00:00", "24:00"]] for day in range(7)})
    RoundRobinSettings.objects.create(pk=1, is_on=True, capacity=CAPACITY)
    for example in EXAMPLES:
        add_example(example.key, by=None)
    publish(by=Agent.objects.get(role=Role.OWNER))


def on_the_floor(*parts: Part) -> list[Agent]:
    """Who answers tickets: those with one of these parts."""
    emails = [person.email for person in PEOPLE if person.teams and person.part in parts]
    return list(Agent.objects.filter(email__in=emails).order_by("pk"))


def played() -> list[Agent]:
    return on_the_floor("is played")
