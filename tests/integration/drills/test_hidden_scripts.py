"""Looks at real runs: recorded in the sandbox, kept, paid for once; and the commands that open them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from torchdojo.app import practice
from torchdojo.app.compose import Dojo, open_dojo
from torchdojo.app.looks import hide, looks, open_look
from torchdojo.cli.root import cli
from torchdojo.domain.looks import Look
from torchdojo.grading import Grader


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def dojo(home: Path, grader: Grader):
    with open_dojo(environment={"TORCHDOJO_HOME": str(home)}) as opened:
        yield replace(opened, grader=grader)


def texts(dojo: Dojo, exercise: str, look: Look) -> str:
    return json.dumps([e.to_json() for e in open_look(dojo, exercise, look).row(look).exhibits], ensure_ascii=False)


def test_every_look_at_a_run_that_ends_shows_figures(dojo: Dojo) -> None:
    hide(dojo, "spiral-classifier")
    for look in Look:
        if look is not Look.SCRIPT:
            open_look(dojo, "spiral-classifier", look)
    state = looks(dojo, "spiral-classifier")
    assert state is not None
    assert state.spent == sum(look.minutes for look in Look) - Look.SCRIPT.minutes
    assert "epoch" in state.row(Look.OUTPUT).exhibits[0].text
    assert {line.name for line in state.row(Look.LOSS).exhibits[0].lines} >= {"training loss"}
    gradients = state.row(Look.GRADIENTS).exhibits[0].lines
    assert len(gradients) >= 3
    assert all(line.values for line in gradients)
    for look in (Look.BATCH, Look.ACTIVATIONS, Look.MODES):
        assert state.row(look).exhibits[0].rows


def test_a_run_that_crashes_shows_its_error_but_no_line_of_the_script(dojo: Dojo) -> None:
    hide(dojo, "tiny-regressor")
    printed = texts(dojo, "tiny-regressor", Look.OUTPUT)
    assert "ended early" in printed
    assert "Error" in printed
    everything = printed + "".join(texts(dojo, "tiny-regressor", look) for look in Look if look is not Look.SCRIPT)
    open_look(dojo, "tiny-regressor", Look.SCRIPT)
    lines = {line.strip() for line in practice.starter(dojo, "tiny-regressor").splitlines()}
    assert not [line for line in lines if len(line) > 14 and line in everything]


def test_the_same_starter_is_recorded_alike(dojo: Dojo, tmp_path: Path) -> None:
    with open_dojo(environment={"TORCHDOJO_HOME": str(tmp_path)}) as opened:
        other = replace(opened, grader=dojo.grader)
        hide(other, "spiral-classifier")
        assert texts(other, "spiral-classifier", Look.GRADIENTS) == texts(dojo, "spiral-classifier", Look.GRADIENTS)


def test_a_hidden_drill_in_the_terminal(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCHDOJO_HOME", str(home))
    monkeypatch.chdir(tmp_path)

    def run(*words: str, status: int = 0) -> str:
        done = CliRunner().invoke(cli, list(words))
        assert done.exit_code == status, done.output
        return done.output

    chosen = ("--seed", "8", "--kinds", "missing-zero-grad", "--base", "tiny-shapes")
    made = json.loads(run("drill", *chosen, "--hidden", "--json"))
    assert made["file"] is None
    assert list(tmp_path.iterdir()) == []
    assert "1 min" in run("look", made["id"])
    assert "training loss" in run("look", made["id"], "loss")
    assert "Spent so far: 1 minute." in run("look", made["id"])
    run("start", made["id"], status=2)
    run("look", made["id"], "weights", status=2)
    opened = json.loads(run("look", made["id"], "script", "--json"))
    assert opened["spent"] == Look.LOSS.minutes + Look.SCRIPT.minutes
    assert "import torch" in Path(opened["file"]).read_text()
