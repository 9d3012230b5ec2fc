"""Somebody at a desk's pages, in a real browser."""

from __future__ import annotations

import time

from playwright.sync_api import Page, Route, expect

PASSWORD = "correct horse battery"


def sign_in(page: Page, address: str, email: str) -> None:
    """Through the form, to which the address leads and which leads back there."""
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(address)
    page.locator("input[name=login]").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def has_scripts(page: Page) -> None:
    """Before that every button works too, as a form does."""
    expect(page.locator(".menu-anchor")).to_be_attached()


def slowly(route: Route) -> None:
    time.sleep(0.5)
    route.continue_()
