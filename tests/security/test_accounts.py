"""V14, V15, V16: nobody signs in under an address that an Owner or Admin has not given them."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from tests.factories import make_agent

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["signup/", "email/", "confirm-email/", "confirm-email/abc/", "password/set/", "login/code/confirm/", "reauthenticate/"])
def test_pages_that_would_change_who_signs_in_are_shut(client: Client, address: str) -> None:
    client.force_login(make_agent("Ada"), backend="allauth.account.auth_backends.AuthenticationBackend")

    answers = [client.get(f"/account/{address}"), client.post(f"/account/{address}", {"email": "victim@example.com", "action_add": ""})]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_reset_mails_nobody_who_has_no_account(client: Client) -> None:
    make_agent("Ada")

    for address in ("stranger@example.com", "agent.ada@desk.example"):
        client.post("/account/password/reset/", {"email": address})

    assert mail.outbox == []


def test_reset_leads_back_in(client: Client) -> None:
    ada = make_agent("Ada")
    ada.set_password("the old passphrase")
    ada.save()

    client.post("/account/password/reset/", {"email": ada.email})

    (sent,) = mail.outbox
    assert sent.to == [ada.email]
    link = next(word for word in sent.body.split() if "/account/password/reset/key/" in word)
    page = client.get(link.partition("testserver")[2], follow=True)
    client.post(page.request["PATH_INFO"], {"password1": "the new passphrase", "password2": "the new passphrase"})
    ada.refresh_from_db()
    assert ada.check_password("the new passphrase")


def test_action_of_a_signed_out_agent_leads_back_to_the_page_it_was_done_on(client: Client) -> None:
    answer = client.post("/tickets/7/assignment/")

    assert answer.headers["Location"] == "/account/login/?next=/tickets/7/"
