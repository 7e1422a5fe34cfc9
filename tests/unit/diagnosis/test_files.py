"""Which files count as the user's own, and what they are called."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import torchdojo
from torchdojo.diagnosis.files import OwnFiles
from torchdojo.diagnosis.shadows import own_imports


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "scripts").mkdir()
    monkeypatch.chdir(tmp_path / "scripts")
    return tmp_path


def test_names_are_those_a_person_would_type(project: Path):
    own = OwnFiles("train.py")
    assert own.name(str(project / "scripts" / "train.py")) == "train.py"
    assert own.name(str(project / "scripts" / "nets" / "unet.py")) == os.path.join("nets", "unet.py")
    assert own.name(str(project / "package" / "loop.py")) == str(project / "package" / "loop.py")


@pytest.mark.parametrize(
    "file",
    ["<string>", "<frozen runpy>", os.__file__, torchdojo.__file__, "../.venv/lib/python3.11/site-packages/a/b.py"],
)
def test_code_of_others_is_not_ones_own(project: Path, file: str):
    assert OwnFiles("train.py").name(file) is None


def test_without_a_project_the_scripts_folder_is_the_border(tmp_path: Path):
    folder = tmp_path / "alone"
    own = OwnFiles(str(folder / "train.py"))
    assert str(folder / "deeper" / "net.py") in own
    assert str(tmp_path / "other.py") not in own


def test_a_module_of_the_scripts_is_neither_taken_nor_hidden_by_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "colorsys.py").write_text("mine = True\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    with own_imports(os.path.realpath(tmp_path)):
        import colorsys

        assert not hasattr(colorsys, "mine")
    assert "colorsys" not in sys.modules
    import colorsys as theirs

    assert theirs.mine  # type: ignore[attr-defined]
    monkeypatch.delitem(sys.modules, "colorsys")
