"""A real Chromium against the shop behind a real server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import Browser, Page, sync_playwright

from foundation.accounts.models import User

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Playwright's loop runs in this thread, where the test asks the database as well."""
    if CHROMIUM is None:
        pytest.skip("No Chromium found: install one, or name it in CHROMIUM.")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser: Browser, live_shop) -> Iterator[Page]:
    """A fresh visitor; an error of a script, or one that the policy stops, fails the test."""
    context = browser.new_context(
        base_url=live_shop.url, viewport={"width": 1280, "height": 900}
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda message: (
            errors.append(message.text)
            if "Content Security Policy" in message.text
            else None
        ),
    )
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def person(live_shop) -> Callable[[str], User]:
    """``person(role)``: somebody with a role of the back office and ``PASSWORD``."""

    def with_role(role: str) -> User:
        user = User.objects.create_user(f"{role.lower()}@example.com", PASSWORD)
        user.groups.add(Group.objects.get(name=role))
        return user

    return with_role


@pytest.fixture
def log_in() -> Callable[[Page, str], None]:
    """``log_in(page, email)``: into the back office, by its form, with ``PASSWORD``."""

    def by_form(page: Page, email: str) -> None:
        page.goto("/dashboard/login/")
        page.locator("[name=username]").fill(email)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("form [type=submit]").click()
        page.wait_for_url("**/cms/")

    return by_form
