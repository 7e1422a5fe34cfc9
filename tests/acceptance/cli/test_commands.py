"""The commands as a person types them: real processes, a data folder of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.conftest import GUIDE, QUESTION

from torchdojo.app import practice
from torchdojo.app.compose import open_dojo

REPOSITORY = Path(__file__).parents[3]
CONTENT = REPOSITORY / "exercises" / "debugging"


class Terminal:
    """Runs `torchdojo` in a folder of its own, with a data folder of its own."""

    def __init__(self, folder: Path, python: str) -> None:
        self.folder = folder
        self.python = python
        self.environment = {**os.environ, "TORCHDOJO_HOME": str(folder / "data"), "COLUMNS": "100", "NO_COLOR": "1"}

    def __call__(self, *words: str, status: int = 0) -> str:
        done = subprocess.run(
            [self.python, "-m", "torchdojo", *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == status, done.stdout + done.stderr
        assert "Traceback (most recent call last)" not in done.stderr
        return done.stdout + done.stderr


@pytest.fixture
def torchdojo(tmp_path, warm_python):
    return Terminal(tmp_path, warm_python.executable)


def test_help_names_every_command_and_loads_nothing_heavy():
    code = (
        "import sys\n"
        "from torchdojo.cli.root import cli\n"
        "try:\n    cli(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'torch', 'numpy', 'sqlalchemy', 'fastapi', 'libcst', 'rich', 'pydantic'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for name in ("list", "show", "start", "grade", "watch", "hint", "solution", "explain", "verify", "doctor", "serve"):
        assert f"\n  {name} " in done.stdout


def test_serving_does_not_load_torch():
    code = (
        "import sys\n"
        "from torchdojo.app.compose import open_dojo\n"
        "from torchdojo.web import create_app\n"
        "with open_dojo() as dojo:\n    create_app(dojo, token='t')\n"
        "assert 'torch' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_alone_it_says_where_you_stand_and_what_is_next(torchdojo):
    rows = json.loads(torchdojo("list", "--json"))
    told = torchdojo()
    assert f"0 of {len(rows)} exercises passed" in told
    assert f"torchdojo start {rows[0]['id']}" in told


def test_list_prints_the_contract(torchdojo):
    rows = json.loads(torchdojo("list", "--json"))
    assert {row["id"] for row in rows} >= {"spiral-classifier", "tiny-regressor"}
    for row in rows:
        assert {"id", "kind", "track", "level", "title"} <= set(row)
    hard = json.loads(torchdojo("list", "--json", "--kind", "debug", "--level", "4"))
    assert "spiral-classifier" in {row["id"] for row in hard}
    assert {(row["kind"], row["level"]) for row in hard} == {("debug", 4)}


def test_list_by_lesson_says_what_each_lesson_asks_for(torchdojo):
    told = torchdojo("list", "--by", "lesson")
    assert told.index("2  Tensor operations") < told.index("2.1  ") < told.index("reshape-and-view")
    assert told.index("7  Debug and optimise") < told.index("nan-detection")
    narrowed = torchdojo("list", "--by", "lesson", "--track", "losses")
    assert "focal-loss" in narrowed
    assert "Tensor operations" not in narrowed
    assert "track, lesson, folder" in torchdojo("list", "--by", "chapter", status=2)


def test_list_by_folder_prints_json_and_speaks_of_no_requirement(torchdojo):
    told = torchdojo("list", "--by", "folder", "--kind", "implement", "--json")
    folders = {group["id"]: group for group in json.loads(told)["groups"]}
    assert folders["13"]["items"][0]["exercises"][0]["id"] == "lora-linear"
    assert "R004" not in told


def test_an_unknown_exercise_gets_the_nearest_names(torchdojo):
    assert "spiral-classifier" in torchdojo("show", "spiral-clasifier", status=2)
    assert "grade" in torchdojo("grad", status=2)


def test_start_writes_once_and_reset_keeps_a_backup(torchdojo):
    torchdojo("start", "tiny-regressor")
    file = torchdojo.folder / "exercise3_bugged.py"
    starter = file.read_text()
    file.write_text("# my work\n")
    assert "Left as it is" in torchdojo("start", "tiny-regressor")
    assert file.read_text() == "# my work\n"
    torchdojo("start", "tiny-regressor", "--reset", "--yes")
    assert file.read_text() == starter
    kept = [other for other in torchdojo.folder.glob("exercise3_bugged*") if other != file]
    assert [other.read_text() for other in kept] == ["# my work\n"]


def test_hints_come_one_by_one(torchdojo):
    first, second = torchdojo("hint", "spiral-classifier"), torchdojo("hint", "spiral-classifier")
    assert first.startswith("Hint 1 of")
    assert second.startswith("Hint 2 of")
    again = torchdojo("hint", "spiral-classifier", "--again")
    assert "Hint 1 of" in again
    assert "Hint 2 of" in again
    assert "Hint 3 of" not in again


def test_the_solution_waits_for_an_attempt(torchdojo):
    assert "not tried" in torchdojo("solution", "tiny-regressor", status=2)
    assert torchdojo("solution", "tiny-regressor", "--yes", "--raw") == (
        CONTENT / "tiny-regressor" / "solution.py"
    ).read_text(encoding="utf-8")


def test_the_starter_is_judged_bug_by_bug_and_the_solution_passes(torchdojo):
    torchdojo("start", "tiny-regressor")
    report = json.loads(torchdojo("grade", "tiny-regressor", "exercise3_bugged.py", "--json", status=1))
    assert report["format"] == 1
    assert report["verdict"] == "runtime_error"
    states = {bug["id"]: bug["state"] for bug in report["bugs"]}
    assert states["float64-data"] == "open"
    assert states["missing-zero-grad"] == "no_evidence"
    assert not any(bug["fixed"] for bug in report["bugs"])

    solution = str(CONTENT / "tiny-regressor" / "solution.py")
    report = json.loads(torchdojo("grade", "tiny-regressor", solution, "--json"))
    assert report["verdict"] == "passed"
    assert all(bug["fixed"] for bug in report["bugs"])
    assert report["goal"]["met"] is True
    assert {"queue", "run", "total"} <= set(report["seconds"])
    assert "1 of " in torchdojo()
    assert "tiny-regressor" not in torchdojo("list", "--todo")


def test_a_written_answer_is_judged_check_by_check_and_a_pass_leads_to_the_debrief(torchdojo):
    folder = REPOSITORY / "exercises" / "losses" / "focal-loss"
    wrong = str(folder / "wrong" / "alpha_for_everybody.py")
    told = torchdojo("grade", "focal-loss", wrong, status=1)
    assert " ✓ easy elements are turned down" in told
    assert told.count("Positives are multiplied by alpha") == 1
    assert "focal_loss(logits, targets, alpha=0.25" in told
    assert "expected float32[3, 4]" in told
    line = next(
        n for n, text in enumerate(Path(wrong).read_text().splitlines(), 1) if text.startswith("def focal_loss")
    )
    assert f"{wrong}:{line}, focal_loss" in told

    with open_dojo(environment=torchdojo.environment, with_grader=False) as dojo:
        (attempt,) = practice.attempts(dojo, "focal-loss")
    failed = [check for check in attempt.report.to_json()["checks"] if "failure" in check]
    assert failed[0]["name"] == "test_alpha_weighs_the_two_classes"
    assert failed[0]["failure"]["got"]["wrong"]

    told = torchdojo("grade", "focal-loss", str(folder / "solution.py"))
    assert "all 12 checks" in told
    assert "torchdojo solution focal-loss" in told
    assert "take away" in torchdojo("solution", "focal-loss")


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        pytest.param("missing.py", None, "missing.py", id="missing"),
        pytest.param("empty.py", b"", "empty", id="empty"),
        pytest.param("binary.py", bytes(range(256)) * 4, "binary.py", id="binary"),
        pytest.param("latin.py", "# größer\n".encode("latin-1"), "UTF-8", id="not UTF-8"),
        pytest.param("huge.py", b"#" * 10_000_000, "MB", id="ten megabytes"),
    ],
)
def test_a_file_that_cannot_be_judged_is_named_with_the_reason(torchdojo, name, data, word):
    if data is not None:
        (torchdojo.folder / name).write_bytes(data)
    assert word in torchdojo("grade", "tiny-regressor", name, status=2)


def test_a_syntax_error_is_shown_with_line_and_caret(torchdojo):
    (torchdojo.folder / "broken.py").write_text("import torch\nfor i in range(3:\n    pass\n")
    told = torchdojo("grade", "tiny-regressor", "broken.py", status=1)
    assert "broken.py:2" in told or "line 2" in told
    assert "^" in told


def test_a_word_is_explained_and_an_unknown_one_gets_suggestions(torchdojo):
    assert "zero_grad" in torchdojo("explain", "missing-zero-grad")
    assert "never counts as fixed" in torchdojo("explain", "no_evidence")
    assert "missing-zero-grad" in torchdojo("explain", "missing-zero", status=2)


def test_doctor_names_what_it_looked_at(torchdojo):
    checks = {check["name"]: check for check in json.loads(torchdojo("doctor", "--json"))}
    assert {"python", "pytorch", "isolation", "database", "content"} <= set(checks)
    assert str(torchdojo.folder) in checks["database"]["fact"]


def test_a_port_in_use_is_named_with_the_next_step(torchdojo):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert port in torchdojo("serve", "--no-browser", "--port", port, status=2)


def test_watch_without_a_terminal_says_what_to_use(torchdojo):
    assert "torchdojo grade" in torchdojo("watch", "tiny-regressor", status=2)


def test_questions_and_guides_are_listed_searched_and_shown(torchdojo, tmp_path):
    for name, text in (("questions/training/gradient-step.md", QUESTION), ("guides/how-to-learn.md", GUIDE)):
        file = tmp_path / "mine" / name
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
    mine = ("--content", str(tmp_path / "mine"))
    assert "gradient-step" in torchdojo(*mine, "questions", "--topic", "training")
    assert "gradient-step" not in torchdojo(*mine, "questions", "--level", "5")
    listed = json.loads(torchdojo(*mine, "questions", "clear", "gradients", "--json"))
    assert "gradient-step" in [row["slug"] for row in listed]
    assert "how-to-learn" in torchdojo(*mine, "guides")
    told = torchdojo(*mine, "search", "accumulation", "impossible")
    assert "torchdojo explain gradient-step" in told
    assert "Nothing has these words" in torchdojo(*mine, "search", "zebrazebra", status=1)
    shown = torchdojo(*mine, "explain", "gradient-step")
    assert "They add up." in shown
    assert "Two calls give the sum." in shown
    assert "{#" not in shown
    assert "For anybody with an evening." in torchdojo(*mine, "explain", "how-to-learn")
    assert "Did you mean gradient-step" in torchdojo(*mine, "explain", "gradient-stop", status=2)
