"""Keyboard, contrast, names for screen readers, narrow screens, dark rooms."""

from __future__ import annotations

from typing import Any

import pytest
from tests.acceptance.web.accessibility import screens, serious, unusable

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

SPIRAL = "/exercises/spiral-classifier"
EDITORS = [SPIRAL, "/exercises/tiny-regressor", "/exercises/focal-loss"]
PAGES = [
    *EDITORS,
    "/exercises",
    "/drills",
    "/interviews",
    "/mock",
    SPIRAL + "/solution",
    "/proof/spiral-classifier",
    "/proof/focal-loss",
    "/explain/missing-zero-grad",
    "/doctor",
    "/exercises/no-such-thing",
]


def focused(page: Any) -> str:
    script = "const e = document.activeElement; return e.id || e.textContent.trim() || e.className"
    return str(page.evaluate(f"(() => {{ {script} }})()"))


def test_the_keyboard_alone_is_enough(visitor: Any) -> None:
    page = visitor.enter(SPIRAL)
    expect(page.locator(".cm-content")).to_be_focused()
    page.keyboard.press("Control+Home")
    page.keyboard.press("Tab")
    expect(page.locator(".cm-line").first).to_contain_text("    ")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(page.locator(".cm-content")).not_to_be_focused()
    page.get_by_role("tab", name="Task").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Diagnose")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Verdict")).to_be_focused()
    expect(page.locator("#verdict")).to_be_visible()
    expect(page.locator("#task")).to_be_hidden()
    page.keyboard.press("End")
    expect(page.locator("#attempts")).to_be_visible()


def test_the_first_stop_is_a_way_past_the_header(visitor: Any) -> None:
    page = visitor.enter("/exercises")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the content"
    page.keyboard.press("Enter")
    assert focused(page) == "main"


@screens
def test_every_page_is_accessible_and_fits_its_screen(visitor: Any, desktop: str, phone: str) -> None:
    page = visitor.enter(PAGES[0])
    for tab in ("Diagnose", "Verdict", "Hints", "Attempts"):
        page.get_by_role("tab", name=tab).click()
        assert unusable(page, desktop, phone) == [], tab
    for path in PAGES:
        page.goto(visitor.server.base + path)
        assert unusable(page, desktop, phone, reload=path in EDITORS) == [], path


@pytest.mark.parametrize("with_grader", [True], ids=["judged"])
@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.soak), "dark"])
def test_the_table_of_a_failing_input_is_accessible_on_a_phone(visitor: Any, scheme: str) -> None:
    page = visitor.enter("/exercises/focal-loss")
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(
        "def focal_loss(x, y, alpha=0.25, gamma=2.0, reduction='mean'):\n    return (x - y).abs()\n"
    )
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#verdict details[open] td.wrong").first).to_be_visible(timeout=90_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert serious(page) == []


def test_the_chosen_colours_hold_on_the_next_page(visitor: Any) -> None:
    page = visitor.enter("/exercises")
    page.emulate_media(color_scheme="light")
    page.get_by_role("button", name="Switch to dark colours").click()
    page.goto(visitor.server.base + "/doctor")
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
    expect(page.get_by_role("button", name="Switch to light colours")).to_be_visible()


def test_formulas_are_drawn_and_can_be_read_aloud(visitor: Any) -> None:
    page = visitor.enter(SPIRAL)
    expect(page.locator("#task .formula math").first).to_be_attached()
    expect(page.locator("#task .katex-error")).to_have_count(0)


def test_a_page_without_scripts_can_still_be_read(chromium: Any, server: Any) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.address(SPIRAL))
    expect(page.locator("#task")).to_contain_text("85 %")
    expect(page.get_by_text("torchdojo watch spiral-classifier")).to_be_visible()
    context.close()
