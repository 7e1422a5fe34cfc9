"""Questions, guides and the search, read by somebody with a browser, on a screen, a phone and on paper."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.web.accessibility import screens, unusable
from tests.unit.conftest import GUIDE, QUESTION

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

TEXTS = {
    "questions/mine/gradient-step.md": QUESTION.replace("line-fit", "focal-loss"),
    "questions/mine/next-step.md": QUESTION.replace("line-fit", "focal-loss").replace(
        "What does one step of gradient descent change?", "What is `momentum` for?"
    ),
    "guides/how-to-learn.md": GUIDE.replace("line-fit", "focal-loss"),
}
PAGES = ["/questions", "/questions/gradient-step", "/guides", "/guides/how-to-learn", "/bugs", "/search?q=gradient"]


@pytest.fixture
def content(tmp_path: Path) -> list[Path]:
    """A content folder with two questions and a guide beside what is shipped."""
    root = tmp_path / "mine"
    for name, text in TEXTS.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return [root]


def test_a_question_is_answered_aloud_and_then_unfolded(visitor: Any) -> None:
    page = visitor.enter("/questions")
    page.get_by_role("searchbox", name="Search", exact=True).fill("one step of gradient descent")
    expect(page.locator("#found")).to_contain_text("1 of")
    page.get_by_role("link", name="What does one step of gradient descent change?").click()
    expect(page.get_by_text("The weights move against the gradient")).to_be_visible()
    answer = page.get_by_text("They add up.")
    expect(answer).to_be_hidden()
    page.get_by_text("Why clear the gradients?").click()
    expect(answer).to_be_visible()
    page.get_by_text("It replaces it").click()
    expect(page.get_by_text("That would make accumulation impossible.")).to_be_visible()
    expect(page.get_by_text("Two calls give the sum.")).to_be_hidden()
    page.locator("[rel=next]").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What is momentum for?")


def test_the_search_leads_to_a_folded_place_and_unfolds_it(visitor: Any) -> None:
    page = visitor.enter("/exercises")
    page.get_by_role("searchbox", name="Search everything").fill("why clear gradients")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Why clear the gradients?").first.click()
    expect(page.get_by_text("They add up.")).to_be_visible()


def test_a_report_of_a_mistake_follows_what_is_typed(visitor: Any) -> None:
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visitor.enter("/questions/gradient-step")
    page.get_by_text("Report a mistake").click()
    page.get_by_label("Report", exact=True).fill("It is 3 & not 4.")
    expect(page.get_by_role("link", name="Open in mail")).to_have_attribute("href", ending("3%20%26%20not%204."))
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "It is 3 & not 4."


def ending(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text) + "$")


def test_on_paper_everything_is_unfolded_and_nothing_is_in_the_way(visitor: Any) -> None:
    page = visitor.enter("/guides/how-to-learn")
    answer = page.get_by_text("Because what is nearly forgotten")
    expect(answer).to_be_hidden()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(answer).to_be_visible()
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(answer).to_be_hidden()


@screens
def test_every_page_is_accessible_and_fits_its_screen(visitor: Any, desktop: str, phone: str) -> None:
    page = visitor.enter(PAGES[0])
    for path in PAGES:
        page.goto(visitor.server.base + path)
        page.evaluate("document.querySelectorAll('main details').forEach(fold => { fold.open = true })")
        assert unusable(page, desktop, phone) == [], path
