"""Reviewing in the terminal: piped, at a real terminal, and as data."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.warm_python import WarmPython

pexpect = pytest.importorskip("pexpect")


class Terminal:
    """Runs `torchdojo` with a data folder of its own."""

    def __init__(self, folder: Path, python: str) -> None:
        self.folder = folder
        self.python = python
        self.environment = {**os.environ, "TORCHDOJO_HOME": str(folder / "data"), "COLUMNS": "100", "NO_COLOR": "1"}

    def __call__(self, *words: str, keys: str = "", status: int = 0) -> str:
        done = subprocess.run(
            [self.python, "-m", "torchdojo", *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            input=keys,
        )
        assert done.returncode == status, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    def due(self) -> list[str]:
        return [row["card"] for row in json.loads(self("review", "--json"))["due"]]


@pytest.fixture
def torchdojo(tmp_path: Path, warm_python: WarmPython) -> Terminal:
    return Terminal(tmp_path, warm_python.executable)


def test_a_review_through_a_pipe(torchdojo: Terminal) -> None:
    before = torchdojo.due()
    told = torchdojo("review", keys="\n4\n\n1\nu\nn\nmy words\n\n3\ns\n")
    assert "2 answered" in told
    assert "Taken back." in told
    assert "my words" in told
    stats = json.loads(torchdojo("stats", "--json"))
    assert stats["cards"]["seen"] == 2
    (aside,) = stats["set_aside"]
    assert aside in before
    assert not {before[0], aside} & set(torchdojo.due())
    torchdojo("review", "--bring-back", aside)
    assert json.loads(torchdojo("stats", "--json"))["set_aside"] == []


def test_it_stops_after_as_many_answers_as_were_asked_for(torchdojo: Terminal) -> None:
    assert "1 answered" in torchdojo("review", "--limit", "1", keys="\n3\n\n3\n")


def test_at_a_terminal_keys_are_not_echoed_and_count_at_once(torchdojo: Terminal) -> None:
    child = pexpect.spawn(
        sys.executable,
        ["-m", "torchdojo", "review"],
        cwd=str(torchdojo.folder),
        env=torchdojo.environment,
        encoding="utf-8",
        timeout=120,
    )
    child.expect("15 left")
    # Typed at once: a key that means nothing, and the one that shows the answer. Neither is seen.
    child.send("~ ")
    child.expect("1 Again")
    assert "~" not in str(child.before)
    child.send("4")
    child.expect("14 left")
    child.send("u")
    child.expect("Taken back")
    child.expect("15 left")
    child.send("n")
    child.expect("Your note")
    child.sendline("a note")
    child.expect("Noted")
    child.send("q")
    child.expect("0 answered")
    child.expect(pexpect.EOF)


def test_the_history_and_the_cards_go_out_and_the_history_comes_in(torchdojo: Terminal, tmp_path: Path) -> None:
    torchdojo("review", keys="\n3\n\n2\n")
    torchdojo("review", "--export", "history.json")
    torchdojo("review", "--export", "cards.apkg")
    assert "collection.anki2" in zipfile.ZipFile(tmp_path / "cards.apkg").namelist()
    other = Terminal(tmp_path, torchdojo.python)
    other.environment["TORCHDOJO_HOME"] = str(tmp_path / "other")
    assert "Histories taken: 2" in other("review", "--import", "history.json")
    assert other.due() == torchdojo.due()
    torchdojo("review", "--import", "cards.apkg", status=2)


def test_settings_are_remembered_and_nonsense_is_refused(torchdojo: Terminal) -> None:
    assert json.loads(torchdojo("review", "--set", "new=3", "--json"))["new"] == 3
    assert len(torchdojo.due()) == 3
    for wrong in ("new", "new=x", "retention=2", "day=1"):
        torchdojo("review", "--set", wrong, status=2)
    assert "debugging" in torchdojo("review", "--topics")
    assert "There are" in torchdojo("review", "--topic", "nothing", status=2)


def planned(torchdojo: Terminal, days: int) -> dict[str, Any]:
    # The learner's day begins at four in the morning.
    day = (datetime.now() - timedelta(hours=4)).date() + timedelta(days=days)
    found: dict[str, Any] = json.loads(torchdojo("plan", "--date", day.isoformat(), "--json"))
    return found


def test_the_plan_fits_the_time_left_and_is_remembered(torchdojo: Terminal) -> None:
    assert "No interview" in torchdojo("plan", status=2)
    paths = [planned(torchdojo, days)["path"] for days in (2, 8, 30)]
    assert paths == ["one evening", "one week", "one month"]
    assert "One month" in torchdojo("plan")
    assert "to your interview" in torchdojo()
    torchdojo("plan", "--date", "2020-01-01", status=2)
    torchdojo("plan", "--date", "soon", status=2)


def test_alone_it_says_what_is_due(torchdojo: Terminal) -> None:
    assert "Cards due: 15 new. torchdojo review" in torchdojo()
