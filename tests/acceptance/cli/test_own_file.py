"""A learner's own file: run to be graded, and graded by name wherever it lies."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from torchdojo.app import practice
from torchdojo.app.compose import open_dojo

EXERCISE = Path(__file__).parents[3] / "exercises" / "tensors" / "cat-and-stack"
SOLUTION = (EXERCISE / "solution.py").read_text(encoding="utf-8")
FILE = "cat_and_stack.py"


class Desk:
    """A folder to work in, and a data folder of its own."""

    def __init__(self, folder: Path, python: str) -> None:
        self._python = python
        self.folder = folder / "my work"
        self.folder.mkdir()
        self.environment = {**os.environ, "TORCHDOJO_HOME": str(folder / "data"), "COLUMNS": "100", "NO_COLOR": "1"}

    def python(self, *words: str, where: Path | None = None, given: str = "") -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable if words[0] != "-m" else self._python, *words],
            cwd=where or self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            input=given,
        )
        assert "Traceback (most recent call last)" not in done.stderr
        return done

    def torchdojo(self, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        return self.python("-m", "torchdojo", *words, given=given)

    def write(self, source: str, name: str = FILE) -> Path:
        file = self.folder / name
        file.write_text(source, encoding="utf-8")
        return file

    def started(self) -> Path:
        assert self.torchdojo("start", "cat-and-stack").returncode == 0
        return self.folder / FILE

    def answered(self) -> Path:
        """The file as a learner leaves it: what was added to the starter, then the solution."""
        file = self.started()
        added, found, _ = file.read_text().partition("import torch\n")
        assert found
        file.write_text(added + SOLUTION)
        return file


@pytest.fixture
def desk(tmp_path, warm_python):
    return Desk(tmp_path, warm_python.executable)


def same_words(told: str) -> list[str]:
    """The verdict without the seconds it took."""
    return [line for line in told.splitlines() if "isolation" not in line]


def test_running_the_file_says_what_grade_says_and_is_kept_as_an_attempt_at_the_starter(desk):
    file = desk.started()
    ran = desk.python(FILE, "--seed", "1")
    graded = desk.torchdojo("grade", "cat-and-stack", FILE, "--seed", "1")
    assert ran.returncode == graded.returncode == 1
    assert "NotImplementedError" in ran.stdout
    line = 1 + next(n for n, text in enumerate(file.read_text().splitlines()) if "raise NotImplementedError" in text)
    assert f"{FILE}:{line}" in ran.stdout
    assert same_words(ran.stdout) == same_words(graded.stdout)
    with open_dojo(environment=desk.environment, with_grader=False) as dojo:
        kept = practice.attempts(dojo, "cat-and-stack")
        assert [practice.diff_to_starter(dojo, attempt) for attempt in kept] == ["", ""]


def test_a_right_answer_passes_when_run_from_any_folder_whatever_lies_beside_it(desk, tmp_path):
    file = desk.answered()
    for name in ("click", "rich", "sqlalchemy", "numpy"):
        desk.write("raise SystemExit('a module of the learner was taken for ours')\n", f"{name}.py")
    ran = desk.python(str(file), "--json", where=tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    report = json.loads(ran.stdout)
    assert report["verdict"] == "passed"
    assert report["exercise"] == "cat-and-stack"


def test_neither_torch_nor_the_answer_is_loaded_into_the_process_that_was_started(desk):
    file = desk.answered()
    file.write_text(file.read_text() + '\nprint("the answer was run as", __name__)\n')
    code = (
        "import runpy, sys\n"
        "sys.argv = sys.argv[1:]\n"
        "try:\n    runpy.run_path(sys.argv[0], run_name='__main__')\n"
        "except SystemExit as left:\n    print('left with', left.code)\n"
        "print('torch is loaded:', 'torch' in sys.modules)\n"
    )
    told = desk.python("-c", code, FILE).stdout
    assert "left with 0" in told
    assert "torch is loaded: False" in told
    assert "the answer was run as __main__" not in told


def test_without_torchdojo_the_file_says_how_to_grade_it(desk):
    file = desk.started()
    ran = subprocess.run(
        [sys.executable, "-I", "-S", file.name], cwd=desk.folder, capture_output=True, text=True, check=False
    )
    assert ran.returncode != 0
    assert ran.stdout == ""
    (told,) = ran.stderr.splitlines()
    assert f"torchdojo grade cat-and-stack {file}" in told


def test_the_verdict_does_not_depend_on_the_added_lines(desk):
    file = desk.answered()
    whole = file.read_text()
    garbled = whole.replace('"cat-and-stack"', '"no-such-exercise"').replace("import torchdojo", "import nothing")
    assert garbled != whole
    file.write_text(garbled)
    assert desk.torchdojo("grade", "cat-and-stack", FILE, "--quiet").returncode == 0


def test_a_script_to_debug_is_written_as_it_is_and_runs_itself(desk):
    desk.torchdojo("start", "tiny-regressor")
    assert "torchdojo" not in (desk.folder / "exercise3_bugged.py").read_text()


def test_reset_takes_the_added_lines_for_no_work(desk):
    desk.started()
    assert "Left as it is" in desk.torchdojo("start", "cat-and-stack", "--reset", "--yes").stdout
    assert [file.name for file in desk.folder.iterdir()] == [FILE]


def test_a_file_of_any_name_is_graded_through_links_and_relative_paths(desk):
    (desk.folder / "below").mkdir()
    (desk.folder / "below" / "two words.py").symlink_to(desk.write(SOLUTION, "ohne_größe"))
    assert desk.torchdojo("grade", "cat-and-stack", "--quiet", "--", "below/../below/two words.py").returncode == 0


def test_a_name_without_the_ending_of_python_is_no_obstacle(desk):
    desk.write("def broken(:\n", "ohne_größe")
    told = desk.torchdojo("grade", "cat-and-stack", "ohne_größe")
    assert told.returncode == 1
    assert "def broken(:" in told.stdout


def test_standard_input_is_graded(desk):
    starter = desk.torchdojo("grade", "cat-and-stack", "-", given=(EXERCISE / "starter.py").read_text())
    assert starter.returncode == 1
    assert "line 9" in starter.stdout or "(line" in starter.stdout
    assert "-:" not in starter.stdout
    empty = desk.torchdojo("grade", "cat-and-stack", "-", given="  \n")
    assert (empty.returncode, "Standard input is empty" in empty.stderr) == (2, True)


@pytest.mark.parametrize(
    ("path", "word"),
    [
        pytest.param(".", "is a folder", id="a folder"),
        pytest.param("below/none.py", "There is no file below/none.py", id="missing"),
        pytest.param("circle.py", "circle.py cannot be read", id="a link to itself"),
        pytest.param("nowhere.py", "There is no file nowhere.py", id="a link to nothing"),
        pytest.param("x" * 300, "cannot be read", id="a name too long"),
    ],
)
def test_a_path_that_is_no_file_is_named(desk, path, word):
    (desk.folder / "circle.py").symlink_to("circle.py")
    (desk.folder / "nowhere.py").symlink_to("none.py")
    done = desk.torchdojo("grade", "cat-and-stack", path)
    assert done.returncode == 2
    assert word in " ".join(done.stderr.split())
