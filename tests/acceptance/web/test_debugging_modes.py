"""Drills, diagnosis first and looks in a real browser, by mouse, by keyboard and on a phone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.acceptance.web.accessibility import serious

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

SPIRAL = "/exercises/spiral-classifier"

judged = pytest.mark.parametrize("with_grader", [True], ids=["judged"])


def diagnose(visitor: Any) -> Any:
    page = visitor.enter(SPIRAL)
    page.get_by_role("tab", name="Diagnose").click()
    return page


def mark(page: Any, line: int, words: str) -> None:
    page.get_by_label("Line", exact=True).fill(str(line))
    page.get_by_role("combobox", name="Kind of bug").fill(words)
    page.get_by_role("option").first.click()
    page.get_by_role("button", name="Mark", exact=True).click()


def hand_in(page: Any) -> None:
    page.get_by_role("button", name=re.compile("^Hand in")).click()
    page.get_by_role("dialog").get_by_role("button", name="Hand in").click()


@judged
def test_kinds_are_found_by_typing_and_impossible_options_are_told_beside_the_form(visitor: Any) -> None:
    page = visitor.enter("/drills")
    page.get_by_text("Kinds of bugs:").click()
    page.get_by_label("Search", exact=True).fill("never cleared")
    expect(page.locator("#kinds li:visible")).to_have_count(1)
    page.get_by_label("Gradients are never cleared").check()
    page.get_by_label("Search", exact=True).fill("nothing like it")
    expect(page.get_by_label("Gradients are never cleared")).to_be_visible()
    page.get_by_role("combobox", name="Bugs").select_option("3")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("alert")).to_contain_text("3 bugs cannot be of 1 kind")
    page.get_by_role("button", name="Choose none").click()
    expect(page.get_by_label("Gradients are never cleared")).not_to_be_checked()


@judged
def test_a_hidden_drill_is_made_looked_at_opened_and_diagnosed(visitor: Any) -> None:
    page = visitor.enter("/drills")
    page.get_by_role("combobox", name="Bugs").select_option("1")
    page.get_by_role("combobox", name="Script").select_option("tiny-shapes")
    page.get_by_role("spinbutton", name="Seed").fill("7")
    page.get_by_label(re.compile("Hide the script")).check()
    page.get_by_role("button", name="Make it").click()
    expect(page).to_have_url(re.compile(r"/exercises/drill-7-"), timeout=120_000)
    expect(page.locator("#editor")).to_have_count(0)
    expect(page.get_by_role("timer")).to_be_visible()
    page.get_by_role("button", name=re.compile("loss curve")).click()
    expect(page.get_by_role("table").first).to_contain_text("training loss", timeout=120_000)
    expect(page.locator("#looks")).to_contain_text("1 minute spent on 1 look")
    page.reload()
    expect(page.get_by_role("table").first).to_contain_text("training loss")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert serious(page) == []
    page.get_by_role("button", name=re.compile("the script")).click()
    expect(page.locator(".cm-content")).to_contain_text("import torch")
    expect(page.get_by_role("timer")).to_contain_text(re.compile("^6:"))
    page.get_by_role("tab", name="Looks").click()
    expect(page.locator("#looks")).to_contain_text("6 minutes spent on 2 looks")
    page.get_by_role("tab", name="Diagnose").click()
    mark(page, 3, "cleared")
    hand_in(page)
    expect(page.get_by_role("heading", name="Diagnosis:")).to_be_focused()
    page.goto(visitor.server.base + "/drills")
    expect(page.locator(".drills .card")).to_contain_text("2 looks, 6 min")
    expect(page.locator(".drills .card")).to_contain_text("diagnosed")


def test_a_script_can_be_hidden_from_its_own_page(visitor: Any) -> None:
    page = visitor.enter(SPIRAL)
    page.get_by_role("button", name="Hide the script").click()
    page.get_by_role("dialog").get_by_role("button", name="Hide it").click()
    expect(page.locator("#looks")).to_contain_text("Nothing opened yet")
    assert serious(page) == []


def test_the_keyboard_alone_marks_removes_and_hands_in(visitor: Any) -> None:
    page = visitor.enter(SPIRAL)
    expect(page.locator(".cm-content")).to_be_focused()
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Alt+m")
    expect(page.get_by_role("combobox")).to_be_focused()
    expect(page.get_by_label("Line", exact=True)).to_have_value("5")
    page.keyboard.type("never cleared")
    expect(page.get_by_role("option", name="Gradients are never cleared")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    marks = page.get_by_role("list", name="Your marks")
    expect(marks).to_contain_text("Gradients are never cleared")
    expect(page.get_by_role("status").filter(has_text="Marked: line 5")).to_be_visible()
    page.get_by_role("button", name="Remove the mark on line 5").press("Enter")
    expect(marks.get_by_role("listitem")).to_have_count(0)
    expect(page.get_by_role("button", name="Hand in")).to_be_disabled()


def test_marks_survive_a_reload_and_only_the_first_diagnosis_counts(visitor: Any) -> None:
    page = diagnose(visitor)
    mark(page, 12, "never cleared")
    page.reload()
    page.get_by_role("tab", name="Diagnose").click()
    expect(page.get_by_role("list", name="Your marks")).to_contain_text("line 12")
    hand_in(page)
    expect(page.locator("#diagnosis")).to_contain_text("it counts")
    expect(page.locator("#diagnosis")).to_contain_text("not named yet")
    mark(page, 20, "graph")
    hand_in(page)
    expect(page.locator("#diagnosis")).to_contain_text("your first one counts")
    page.reload()
    page.get_by_role("tab", name="Diagnose").click()
    expect(page.locator("#diagnosis")).to_contain_text("your first one counts")
    assert serious(page) == []


def test_a_click_on_a_line_number_chooses_the_line_and_its_mark_is_shown(visitor: Any) -> None:
    page = diagnose(visitor)
    page.locator(".cm-lineNumbers .cm-gutterElement").filter(has_text=re.compile("^9$")).click()
    expect(page.get_by_label("Line", exact=True)).to_have_value("9")
    page.get_by_role("combobox", name="Kind of bug").fill("never cleared")
    page.get_by_role("option").first.click()
    page.get_by_role("button", name="Mark", exact=True).click()
    expect(page.locator(".cm-lineNumbers .cm-marked")).to_have_text("9")


def test_lines_are_those_of_the_starter_after_a_change_as_well(visitor: Any) -> None:
    page = diagnose(visitor)
    page.locator(".cm-content").click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("# one\n# two\n")
    page.keyboard.press("Control+End")
    last = page.get_by_label("Line", exact=True).get_attribute("max")
    assert last is not None
    expect(page.get_by_label("Line", exact=True)).to_have_value(last)
    expect(page.locator("#mark-how")).to_contain_text("as in the starter")


def test_what_is_no_mark_is_told(visitor: Any) -> None:
    page = diagnose(visitor)
    page.get_by_label("Line", exact=True).fill("7")
    page.get_by_role("button", name="Mark", exact=True).click()
    expect(page.locator("#mark-said")).to_contain_text("Name the kind of bug")
    page.get_by_role("combobox", name="Kind of bug").fill("xyzzy")
    expect(page.get_by_text("No kind of bug has these words.")).to_be_visible()
    page.get_by_role("button", name="Mark", exact=True).click()
    expect(page.locator("#mark-said")).to_contain_text("from the list")


def test_without_scripts_the_pages_say_how_to_go_on(chromium: Any, server: Any) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.address("/drills"))
    expect(page.get_by_text("torchdojo drill", exact=True)).to_be_visible()
    context.close()
