"""A mock interview and its replay, in a real browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.acceptance.web.accessibility import screens, unusable

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect


def begin(visitor: Any, interview: str, exercise: str = "") -> Any:
    page = visitor.enter("/mock")
    card = page.locator(".card", has=page.locator(f"input[name=slug][value={interview}]"))
    if exercise:
        card.get_by_label("Exercise").fill(exercise)
    card.get_by_role("button", name="Begin").click()
    expect(page.locator("#saved")).to_have_text(re.compile("Connected|Saved"))
    return page


@screens
def test_a_mock_interview_from_its_page_to_the_score_and_the_replay(visitor: Any, desktop: str, phone: str) -> None:
    page = begin(visitor, "tiny-regressor")
    flow = page.locator("#mock")
    flow.get_by_role("button", name="Start the clock").click()
    expect(page.locator(".stage.now h2")).to_have_text("0 Setup")
    expect(flow).not_to_contain_text("Any machine will do")
    answer = flow.get_by_label("Your answer")
    answer.fill("It starts, I think.")
    # A new drawing, here after a keystroke elsewhere, keeps what is being written.
    page.get_by_role("tab", name="Scratch notes").click()
    page.locator("#scratch").fill("own notes")
    page.get_by_role("tab", name="Interview").click()
    expect(answer).to_have_value("It starts, I think.")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("# first words\n")
    expect(page.locator("#saved")).to_have_text("✓ Saved")
    flow.get_by_role("button", name="I have answered").click()
    expect(flow).to_contain_text("Any machine will do")
    expect(flow.locator(".said")).to_contain_text("It starts, I think.")
    expect(page.locator("#clock-state")).to_have_text(re.compile("paused|left"))
    flow.get_by_role("checkbox").first.check()
    flow.get_by_role("button", name="Go on with the next part").click()
    expect(page.locator(".stage.now h2")).to_have_text("1 Overview")
    expect(flow).not_to_contain_text("regression, not classification")
    flow.get_by_role("button", name="A nudge, for 1 point").click()
    expect(page.locator(".shown-nudge")).to_have_count(1)

    page.reload()
    expect(page.locator(".stage.now h2")).to_have_text("1 Overview")
    expect(page.locator(".shown-nudge")).to_have_count(1)
    expect(page.locator(".cm-content")).to_contain_text("# first words")
    assert unusable(page, desktop, phone) == []

    page.locator("#end").click()
    page.get_by_role("button", name="End it").click()
    expect(flow.locator("#result")).to_contain_text("of 100")
    criterion = flow.locator(".criterion").first
    criterion.get_by_role("radio").nth(2).check()
    expect(flow).to_contain_text("4 of 5 criteria are open")
    expect(criterion.get_by_role("radio").nth(2)).to_be_checked()
    assert unusable(page, desktop, phone) == []

    flow.get_by_role("link", name="Look at it again").click()
    expect(page.locator("#moments li")).not_to_have_count(0)
    expect(page.locator(".cm-content")).not_to_contain_text("# first words")
    page.get_by_role("button", name=re.compile("Nudge")).click()
    expect(page.locator(".cm-content")).to_contain_text("# first words")
    scrubber = page.get_by_label("Moment", exact=True)
    scrubber.focus()
    page.keyboard.press("Home")
    expect(page.locator(".cm-content")).not_to_contain_text("# first words")
    page.get_by_label("Show").select_option("nudge")
    page.get_by_role("button", name="Next").click()
    expect(page.locator(".cm-content")).to_contain_text("# first words")
    page.keyboard.press("Home")
    page.get_by_label("Speed").select_option("16")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(page.locator("#now")).to_have_text(re.compile(r"(\d+:\d\d) of \1"))
    page.get_by_label("Show").select_option("")
    assert unusable(page, desktop, phone) == []
