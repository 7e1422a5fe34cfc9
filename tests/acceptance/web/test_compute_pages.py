"""Computation in a browser: answered by the keyboard, read by everybody, and against the clock."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.acceptance.web.accessibility import serious

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

SHAPE = "/compute/conv2d-output-shape?seed=5&level=2"

pytestmark = pytest.mark.parametrize("with_grader", [True])


def test_a_question_is_answered_and_left_by_the_keyboard_alone(visitor: Any) -> None:
    page = visitor.enter(SHAPE)
    field = page.get_by_role("textbox", name="Your answer")
    expect(field).to_be_focused()
    page.keyboard.type("about ten")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Not read, so not counted")).to_be_visible()
    expect(field).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("1x32x9x10")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_contain_text("Wrong")
    page.get_by_text("The answer, worked out").click()
    right = page.locator("details strong").first.inner_text()
    field.fill(right)
    page.keyboard.press("Enter")
    expect(page.locator(".verdict.good")).to_be_visible()
    following = page.get_by_role("link", name="Next question")
    expect(following).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"seed=(?!5&)\d+&level=2"))
    expect(page.get_by_role("textbox", name="Your answer")).to_be_focused()


def test_a_sprint_counts_down_and_goes_from_question_to_question(visitor: Any) -> None:
    page = visitor.enter("/compute")
    page.get_by_role("button", name="Start").click()
    expect(page.locator("#sprint-left")).to_have_text(re.compile(r"[45]:\d\d"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("1. ")
    page.get_by_role("button", name="Skip").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2. ")


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.soak)])
def test_axe_finds_nothing_serious_in_questions_and_a_verdict(visitor: Any, scheme: str) -> None:
    page = visitor.enter("/compute")
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    assert serious(page) == []
    for address in ("/compute/tricky-yes-no?seed=6&level=2", SHAPE):
        page.goto(visitor.server.base + address)
        assert serious(page) == [], address
    page.get_by_role("textbox", name="Your answer").fill("1x2")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict.bad")).to_be_visible()
    assert serious(page) == []
