"""Programs on a page, run and varied in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from tests.acceptance.web.accessibility import serious

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect


@pytest.mark.parametrize("with_grader", [True])
def test_a_program_of_a_question_is_run_and_varied(visitor: Any) -> None:
    page = visitor.enter("/questions/backpropagation")
    page.locator("#code > summary").click()
    program = page.locator("#code .run-block").first
    printed = page.locator("#code .run-output").first
    expect(program).to_be_visible()
    page.locator("#code").get_by_role("button", name="Run").first.click()
    expect(printed).to_contain_text("torch.Size([64, 10])", timeout=90_000)
    page.locator("#code").get_by_role("button", name="Change it").first.click()
    expect(program).to_be_hidden()
    page.keyboard.press("Control+a")
    # Typing over a selection makes Chromium carry its style over, inline, which the page's policy does not allow.
    page.keyboard.press("Delete")
    page.keyboard.type("print(6 * 7)")
    page.keyboard.press("Control+Enter")
    expect(printed).to_have_text("42\n", timeout=60_000)
    assert serious(page) == []
    page.locator("#code").get_by_role("button", name="As it was").first.click()
    expect(program).to_be_visible()
