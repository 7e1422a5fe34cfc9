"""A report in a real browser: readable for everybody, on a desk and on a telephone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.web.accessibility import unusable
from tests.unit.app.interviews_held import held

from torchdojo.app.compose import open_dojo
from torchdojo.domain.interview import Actor

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect


def test_the_report_fits_and_leads_back(visitor: Any, server: Any, tmp_path: Path) -> None:
    with open_dojo(database=str(tmp_path / "dojo.sqlite3"), with_grader=False) as dojo:
        session = held(dojo)
    page = visitor.enter("/mock")
    page.goto(server.base + session.invitation.path(Actor.INTERVIEWER) + "/report")
    expect(page.get_by_role("heading", name="Runs, in their order")).to_be_visible()
    assert unusable(page, "light", "dark") == []
    page.get_by_role("link", name="As the candidate gets it").click()
    expect(page.get_by_role("heading", name="Runs, in their order")).to_be_visible()
    expect(page.get_by_text("Reads before typing.")).to_have_count(0)
    page.get_by_role("link", name="Back to the room").click()
    expect(page.get_by_role("tab", name="Notes")).to_be_visible()
