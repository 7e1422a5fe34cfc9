"""The report of an interview as a person asks for it: one call writes every form, and a changed log is said."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from tests.acceptance.cli.test_commands import Terminal
from tests.unit.app.interviews_held import Held, held
from tests.warm_python import WarmPython

from torchdojo.app.compose import open_dojo

pytest.importorskip("typst", reason="the extra `pdf` is not installed")
FORMS = ("html", "pdf", "md", "json")


@pytest.fixture(scope="module")
def torchdojo(tmp_path_factory: pytest.TempPathFactory, warm_python: WarmPython) -> Terminal:
    return Terminal(tmp_path_factory.mktemp("reports"), warm_python.executable)


@pytest.fixture(scope="module")
def session(torchdojo: Terminal) -> Held:
    home = torchdojo.environment["TORCHDOJO_HOME"]
    Path(home).mkdir(parents=True)
    with open_dojo(environment={"TORCHDOJO_HOME": home}, with_grader=False) as dojo:
        return held(dojo)


@pytest.fixture(scope="module")
def written(torchdojo: Terminal, session: Held) -> Path:
    """The folder with the candidate's report in all forms."""
    files = [word for form in FORMS for word in (f"--{form}", f"own.{form}")]
    told = torchdojo("interview", "report", session.invitation.room, "--candidate", *files)
    assert [line for line in told.splitlines() if line] == [f"wrote own.{form}" for form in FORMS]
    return torchdojo.folder


def test_the_page_is_one_file_that_needs_nothing_else(written: Path) -> None:
    page = (written / "own.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "<svg" in page
    assert "<script" not in page
    assert "<link" not in page


def test_the_pdf_is_one(written: Path) -> None:
    data = (written / "own.pdf").read_bytes()
    assert data.startswith(b"%PDF-")
    assert b"%%EOF" in data[-64:]


def test_the_markdown_reads_as_text(written: Path) -> None:
    text = (written / "own.md").read_text(encoding="utf-8")
    assert text.startswith("# Spiral classifier\n")
    assert "## Bugs (2 of 8 fixed)" in text
    assert "Guessed" not in text


def test_the_json_is_taken_by_review(written: Path, torchdojo: Terminal) -> None:
    data = json.loads((written / "own.json").read_text(encoding="utf-8"))
    assert data["format"] == "torchdojo-interview-candidate-1"
    assert "Histories taken: 0" not in torchdojo("review", "--import", "own.json")


def test_a_log_that_was_changed_is_said_everywhere(torchdojo: Terminal, session: Held, written: Path) -> None:
    room = session.invitation.room
    assert "is whole" in torchdojo("interview", "check", room)
    database = sqlite3.connect(torchdojo.environment["TORCHDOJO_HOME"] + "/torchdojo.sqlite3")
    with database:
        changed = database.execute("UPDATE room_events SET data = replace(data, 'Guessed.', 'Knew it.')")
        assert changed.rowcount
    database.close()
    assert "was changed after it was written" in torchdojo("interview", "check", room, status=2)
    report = torchdojo("interview", "report", room, status=2)
    assert report.index("was changed after it was written") < report.index("of 100")
    rooms = torchdojo("interview", "rooms")
    assert "spiral-classifier" in rooms
    assert "changed" in rooms
