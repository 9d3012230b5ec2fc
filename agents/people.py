"""Who is on the desk, and as what: roles, switching people off, signing them out.

Nobody is ever deleted: the history keeps its names.
"""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.availability import switch_off
from agents.models import Agent, Role
from agents.streams import agent_stream, publish

KEEPERS = (Role.OWNER, Role.ADMIN)


class NotForYou(ValueError):
    """This person may not make this change. The message is for them."""


@transaction.atomic
def set_role(agent: Agent, role: Role, *, by: Agent) -> None:
    """Ends the person's sessions (V16). Naming a new Owner makes the old one an Admin: there is exactly one (C4).

    Raises NotForYou.
    """
    if role == agent.role:
        return
    check_role(agent, role, by=by)
    if role == Role.OWNER:
        _write_role(Agent.objects.get(pk=by.pk), Role.ADMIN)
    _write_role(agent, role)


def check_role(agent: Agent, role: Role, *, by: Agent) -> None:
    """NotForYou, unless `by` may give the agent this role."""
    _must_keep_people(by)
    if agent.role == Role.OWNER:
        raise NotForYou(_("Name a new Owner first: open that person and choose Owner. You become an Admin."))
    if role == Role.OWNER and by.role != Role.OWNER:
        raise NotForYou(_("Only the Owner can name a new Owner."))
    if role == Role.OWNER and not agent.is_active:
        raise NotForYou(_("The new Owner must be able to sign in."))


def _must_keep_people(by: Agent) -> None:
    if by.role not in KEEPERS:
        raise NotForYou(_("Only the Owner and Admins can change people."))


def _write_role(agent: Agent, role: Role) -> None:
    agent.role = role
    agent.save(update_fields=["role"])
    sign_out(agent)


@transaction.atomic
def deactivate(agent: Agent, *, by: Agent) -> None:
    """From now on the person cannot sign in and gets no tickets; what they have stays theirs (B14). Raises NotForYou."""
    check_deactivation(agent, by=by)
    Agent.objects.filter(pk=agent.pk).update(is_active=False)
    agent.is_active = False
    sign_out(agent)


def check_deactivation(agent: Agent, *, by: Agent) -> None:
    """NotForYou, unless `by` may switch the agent off."""
    _must_keep_people(by)
    if agent.role == Role.OWNER:
        raise NotForYou(_("The Owner cannot be switched off. Name a new Owner first."))
    if agent.pk == by.pk:
        raise NotForYou(_("You cannot switch yourself off."))


def reactivate(agent: Agent, *, by: Agent) -> None:
    """Raises NotForYou."""
    _must_keep_people(by)
    Agent.objects.filter(pk=agent.pk).update(is_active=True)
    agent.is_active = True


def forget_old_addresses(agent: Agent) -> None:
    """After a change of e-mail: the old address no longer signs in, nor gets a link for a new password."""
    EmailAddress.objects.filter(user=agent).exclude(email__iexact=agent.email).delete()


@transaction.atomic
def sign_out(agent: Agent) -> None:
    """V16: every session ends, open pages are told, and who is signed out is Offline (A18)."""
    live = Session.objects.filter(expire_date__gt=timezone.now()).iterator()
    theirs = [session.pk for session in live if session.get_decoded().get(SESSION_KEY) == str(agent.pk)]
    Session.objects.filter(pk__in=theirs).delete()
    switch_off(agent.pk)
    transaction.on_commit(lambda: publish(agent_stream(agent.pk), {"kind": "signed_out"}))


def choose_language(agent: Agent, language: str) -> None:
    """Of the person's own screens and notices; "" for the browser's."""
    Agent.objects.filter(pk=agent.pk).update(language=language)
    agent.language = language
