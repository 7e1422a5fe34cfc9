"""The practice page of an implement exercise in a real browser, and the list that leads to it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

FOCAL = "/exercises/focal-loss"
FOLDER = Path(__file__).parents[3] / "exercises" / "losses" / "focal-loss"

judged = pytest.mark.parametrize("with_grader", [True], ids=["judged"])


def write(page: Any, text: str) -> None:
    """Replace what is in the editor, as a paste would."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(text)


@judged
def test_a_wrong_answer_shows_the_failing_input_and_a_right_one_the_debrief(visitor: Any) -> None:
    page = visitor.enter(FOCAL)
    expect(page).to_have_title(re.compile("Focal loss"))
    expect(page.locator("#charts")).to_have_count(0)
    write(page, (FOLDER / "wrong" / "alpha_for_everybody.py").read_text(encoding="utf-8"))
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#verdict .headline")).to_contain_text("Not there yet", timeout=90_000)
    checks = page.locator("#verdict .checklist > li")
    expect(checks).to_have_count(12)
    expect(page.locator("#running li")).to_have_count(12)

    opened = page.locator("#verdict details[open]")
    expect(opened).to_have_count(1)
    expect(opened.locator("summary")).to_contain_text("Alpha weighs the two classes")
    expect(opened.locator(".call")).to_contain_text("focal_loss(logits, targets, alpha=0.25")
    tables = opened.locator("figure.values")
    expect(tables.filter(has_text="logits").locator("tbody tr")).to_have_count(3)
    expect(tables.filter(has_text="Got").locator("td.wrong").first).to_contain_text("≠")
    expect(tables.filter(has_text="Expected").locator("td.wanted").first).to_be_visible()
    expect(page.locator("#verdict")).not_to_contain_text("Debrief")

    opened.get_by_role("button", name=re.compile("line .*focal_loss")).click()
    expect(page.locator(".cm-pointed")).to_contain_text("def focal_loss")
    another = page.locator("#verdict details:not([open]) summary").first
    another.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#verdict details[open]")).to_have_count(2)

    write(page, (FOLDER / "solution.py").read_text(encoding="utf-8"))
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#verdict .headline")).to_contain_text("Passed", timeout=90_000)
    expect(page.locator("#verdict .debrief")).to_be_visible()
    expect(page.locator("#verdict .tally")).to_contain_text("12 of 12 checks passed")
    page.reload()
    page.get_by_role("tab", name="Verdict").click()
    expect(page.locator("#verdict .debrief")).to_be_visible()


def test_the_list_narrows_down_while_one_types_and_comes_back(visitor: Any) -> None:
    page = visitor.enter("/exercises")
    cards = page.locator(".track .card:visible")
    everything = cards.count()
    page.get_by_label("Search", exact=True).focus()
    page.keyboard.type("focal")
    expect(cards).to_have_count(1)
    expect(page.locator("#found")).to_have_text(f"1 of {everything} exercises")
    page.reload()
    expect(cards).to_have_count(1)
    page.get_by_label("Kind").select_option("debug")
    expect(cards).to_have_count(0)
    page.get_by_role("link", name="Show all").click()
    expect(cards).to_have_count(everything)
    expect(page.get_by_label("Search", exact=True)).to_be_focused()


def test_the_list_narrows_down_without_scripts(chromium: Any, server: Any) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.address("/exercises"))
    page.get_by_label("Search", exact=True).fill("focal")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".track .card:visible")).to_have_count(1)
    page.get_by_role("link", name="Focal loss").click()
    expect(page).to_have_url(re.compile(FOCAL))
    context.close()
