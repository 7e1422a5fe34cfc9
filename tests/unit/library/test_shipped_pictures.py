"""Every picture of a guide is what the program beside it draws."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PICTURES = Path(__file__).parents[3] / "guides" / "pictures"
PROGRAMS = sorted(PICTURES.glob("*.py"))


@pytest.mark.parametrize("program", PROGRAMS, ids=[program.stem for program in PROGRAMS])
def test_a_program_draws_the_picture_that_is_shown(program: Path, tmp_path: Path):
    copy = shutil.copy(program, tmp_path)
    subprocess.run([sys.executable, copy], check=True, cwd=tmp_path)
    (drawn,) = tmp_path.glob("*.svg")
    assert drawn.read_text(encoding="utf-8") == (PICTURES / drawn.name).read_text(encoding="utf-8")


def test_no_picture_is_without_its_program():
    drawn = {program.stem.replace("_", "-") for program in PROGRAMS}
    assert {picture.stem for picture in PICTURES.glob("*.svg")} == drawn
