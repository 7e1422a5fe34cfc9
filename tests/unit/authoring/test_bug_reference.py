"""The reference pages of the bug kinds are generated and up to date."""

from __future__ import annotations

from pathlib import Path

from torchdojo.authoring import stale_pages, write_reference
from torchdojo.bugs import bug_kinds

DOCS = Path(__file__).parents[3] / "docs" / "reference" / "bugs"


def test_the_committed_pages_are_what_the_kinds_say():
    assert stale_pages(DOCS) == []


def test_pages_that_changed_are_missing_or_left_over_are_found_and_mended(tmp_path):
    assert len(write_reference(tmp_path)) == len(bug_kinds()) + 1
    (tmp_path / "hardcoded-cpu.md").write_text("old", encoding="utf-8")
    (tmp_path / "README.md").unlink()
    (tmp_path / "gone.md").write_text("old", encoding="utf-8")
    assert [file.name for file in stale_pages(tmp_path)] == ["README.md", "gone.md", "hardcoded-cpu.md"]
    write_reference(tmp_path)
    assert stale_pages(tmp_path) == []
    assert not (tmp_path / "gone.md").exists()
