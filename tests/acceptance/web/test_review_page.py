"""Reviewing in a real browser: by keyboard, across a crash, readable for everybody."""

from __future__ import annotations

from typing import Any

import pytest
from tests.acceptance.web.accessibility import screens, unusable

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect


def card(page: Any) -> str:
    return str(page.locator("#rate [name=card]").input_value())


def press(page: Any, key: str) -> None:
    """A key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def test_a_card_is_answered_and_taken_back_by_keys_alone(visitor: Any) -> None:
    page = visitor.enter("/review")
    first = card(page)
    expect(page.locator("#back")).to_be_hidden()
    # Before the answer is seen there is nothing to rate.
    page.keyboard.press("3")
    expect(page.locator("#back")).to_be_hidden()
    page.keyboard.press(" ")
    expect(page.locator("#back")).to_be_visible()
    expect(page.locator("#back")).to_be_focused()
    press(page, "3")
    expect(page.locator("#back")).to_be_hidden()
    assert card(page) != first
    press(page, "u")
    assert card(page) == first
    press(page, "s")
    assert card(page) != first


def test_what_is_typed_into_a_note_rates_nothing(visitor: Any) -> None:
    page = visitor.enter("/review")
    first = card(page)
    page.keyboard.press("Enter")
    expect(page.locator("#back")).to_be_visible()
    page.keyboard.press("e")
    expect(page.get_by_role("textbox", name="Your note")).to_be_focused()
    page.keyboard.type("1 2 3 4 u s")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    assert card(page) == first
    expect(page.locator(".own-note")).to_contain_text("1 2 3 4 u s")


def test_a_server_killed_in_mid_review_loses_nothing(visitor: Any, server: Any) -> None:
    page = visitor.enter("/review")
    first = card(page)
    page.keyboard.press(" ")
    press(page, "4")
    second = card(page)
    page.keyboard.press(" ")
    expect(page.locator("#back")).to_be_visible()
    server.kill()
    server.start()
    again = visitor.enter("/review/cards")
    expect(again.locator(".lead")).to_contain_text("1 of ")
    again.goto(server.base + "/review")
    assert card(again) == second != first


def test_without_scripts_it_works_as_well(chromium: Any, server: Any) -> None:
    context = chromium.new_context(java_script_enabled=False)
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(server.address("/review"))
    first = card(page)
    page.get_by_text("Show the answer").click()
    page.get_by_role("button", name="Good").click()
    expect(page.locator("#undo")).to_be_visible()
    assert card(page) != first
    context.close()


@screens
def test_cards_can_be_read_by_everybody(visitor: Any, desktop: str, phone: str) -> None:
    page = visitor.enter("/review")
    page.keyboard.press(" ")
    expect(page.locator("#back")).to_be_visible()
    assert unusable(page, desktop, phone) == []
    page.goto(visitor.server.base + "/review/cards")
    assert unusable(page, desktop, phone) == []
