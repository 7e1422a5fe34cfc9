"""Checks that were compiled before the grading are those of the file as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from torchdojo.judge.checks import ContentFault, checks_of, compile_ahead, load_checks


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "solution.py").write_text("ANSWER = 1\n")
    (tmp_path / "checks.py").write_text("def test_one(): pass\n")
    compile_ahead(tmp_path)
    return tmp_path


def _names(folder: Path) -> list[str]:
    return [check.name for check in checks_of(load_checks(folder).checks)]


def test_unchanged_files_are_as_they_were(folder: Path) -> None:
    assert _names(folder) == ["test_one"]
    assert load_checks(folder).reference.ANSWER == 1


def test_a_file_that_changed_since_is_read_anew(folder: Path) -> None:
    (folder / "checks.py").write_text("def test_two(): pass\n")
    (folder / "solution.py").write_text("ANSWER = 2\n")
    assert _names(folder) == ["test_two"]
    assert load_checks(folder).reference.ANSWER == 2


def test_asserts_still_tell_both_sides(folder: Path) -> None:
    (folder / "checks.py").write_text("def test_one():\n    a = 1\n    assert a == 2\n")
    compile_ahead(folder)
    with pytest.raises(AssertionError, match="a is 1"):
        checks_of(load_checks(folder).checks)[0].function()


def test_a_file_that_is_broken_is_noticed_only_when_it_is_needed(folder: Path) -> None:
    (folder / "checks.py").write_text("def test_one(:\n")
    compile_ahead(folder)
    with pytest.raises(ContentFault, match=r"checks\.py:1"):
        load_checks(folder)
