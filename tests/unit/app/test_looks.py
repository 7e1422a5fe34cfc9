"""Debugging without the script: what looks cost, what they keep back, and when they cannot be had."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from torchdojo.app import guidance, practice, suspicions
from torchdojo.app.compose import Dojo, SystemClock
from torchdojo.app.looks import hide, looks, open_look
from torchdojo.domain.errors import BadInput, DojoError, InternalError
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.looks import Exhibit, Look, Recording
from torchdojo.domain.suspicion import Suspicion
from torchdojo.library import Library
from torchdojo.store.memory import MemoryStore

TRACEBACK = """epoch 1
Traceback (most recent call last):
  File "/tmp/job/train.py", line 20, in train
    loss = torch.nn.functional.mse_loss(model(x), y)
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/tmp/job/train.py", line 27, in <module>
    main()
RuntimeError: shapes do not fit
"""


class Recorder:
    """Counts what it is asked to record, and fails when it is told to."""

    isolation = "full"

    def __init__(self) -> None:
        self.recorded: list[str] = []
        self.broken = False
        self.warns = False

    def warm_up(self) -> None: ...

    def close(self) -> None: ...

    def grade(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("nothing is to be graded while the script is hidden")

    def record(
        self,
        exercise: Exercise,
        source: str,
        *,
        seed: int,
        on_event: Callable[[dict[str, Any]], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> Recording:
        if self.broken:
            raise InternalError("The run could not be recorded.")
        self.recorded.append(source)
        if on_event is not None:
            on_event({"type": "stage", "text": "recording"})
            on_event({"type": "output", "text": "free of charge"})
        if self.warns:
            (line,) = [line for line in source.splitlines() if "torch.linspace" in line]
            quoted = f"/tmp/job/train.py:9: UserWarning: sizes differ\n  {line.strip()}\n  as printed\n"
            return Recording({Look.OUTPUT: (Exhibit("printed", text=quoted),)})
        return Recording({Look.OUTPUT: (Exhibit("printed", text=TRACEBACK),), Look.LOSS: (Exhibit("losses", "down"),)})


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def dojo(content: Path, write_exercise: Callable[..., Path], recorder: Recorder) -> Dojo:
    write_exercise("line-fit")
    return Dojo(Library(shipped=content), MemoryStore(), recorder, SystemClock())


def test_looks_are_listed_with_their_prices_and_show_nothing_yet(dojo: Dojo) -> None:
    assert looks(dojo, "line-fit") is None
    state = hide(dojo, "line-fit")
    assert (state.hidden, state.spent, state.opened) == (True, 0, 0)
    assert [row.look for row in state.rows] == list(Look)
    assert all(row.minutes > 0 and not row.exhibits for row in state.rows)


def test_a_look_costs_its_minutes_once_and_one_run_serves_them_all(dojo: Dojo, recorder: Recorder) -> None:
    hide(dojo, "line-fit")
    open_look(dojo, "line-fit", "loss")
    open_look(dojo, "line-fit", "output")
    state = open_look(dojo, "line-fit", "loss")
    assert state.spent == Look.LOSS.minutes + Look.OUTPUT.minutes
    assert state.row(Look.LOSS).exhibits == (Exhibit("losses", "down"),)
    assert state.row(Look.BATCH).exhibits == ()
    assert len(recorder.recorded) == 1
    assert looks(dojo, "line-fit") == state


def test_while_it_is_recorded_only_stages_are_told(dojo: Dojo) -> None:
    hide(dojo, "line-fit")
    told: list[Any] = []
    open_look(dojo, "line-fit", "loss", on_event=told.append)
    assert [event["type"] for event in told] == ["stage"]


def test_a_traceback_says_where_but_does_not_quote_the_script(dojo: Dojo) -> None:
    hide(dojo, "line-fit")
    (printed,) = open_look(dojo, "line-fit", "output").row(Look.OUTPUT).exhibits
    assert "epoch 1" in printed.text
    assert "line 20, in train\n" in printed.text
    assert "RuntimeError: shapes do not fit" in printed.text
    assert "mse_loss" not in printed.text
    assert "main()" not in printed.text


def test_a_look_that_could_not_be_had_costs_nothing(dojo: Dojo, recorder: Recorder) -> None:
    hide(dojo, "line-fit")
    recorder.broken = True
    with pytest.raises(InternalError):
        open_look(dojo, "line-fit", "loss")
    state = looks(dojo, "line-fit")
    assert state is not None
    assert (state.spent, state.opened) == (0, 0)


@pytest.mark.parametrize(
    "ask",
    [
        lambda dojo: practice.starter(dojo, "line-fit"),
        lambda dojo: practice.save_draft(dojo, "line-fit", "x = 1"),
        lambda dojo: practice.grade(dojo, "line-fit", "x = 1", origin="cli"),
        lambda dojo: guidance.open_hint(dojo, "line-fit"),
        lambda dojo: guidance.solution(dojo, "line-fit", confirmed=True),
        lambda dojo: suspicions.diagnose_first(dojo, "line-fit", [Suspicion(1, "missing-zero-grad")]),
    ],
    ids=["starter", "draft", "run", "hint", "solution", "diagnosis"],
)
def test_nothing_else_is_to_be_had_until_the_script_is_open(dojo: Dojo, ask: Callable[[Dojo], Any]) -> None:
    hide(dojo, "line-fit")
    with pytest.raises(BadInput, match="still hidden"):
        ask(dojo)
    state = open_look(dojo, "line-fit", "script")
    assert not state.hidden
    assert state.spent == Look.SCRIPT.minutes
    assert "import torch" in practice.starter(dojo, "line-fit")


def test_texts_set_aside_before_are_kept_back_as_well(dojo: Dojo) -> None:
    practice.save_draft(dojo, "line-fit", practice.starter(dojo, "line-fit"))
    practice.discard_draft(dojo, "line-fit")
    hide(dojo, "line-fit")
    assert practice.discarded_drafts(dojo, "line-fit") == []
    open_look(dojo, "line-fit", "script")
    assert len(practice.discarded_drafts(dojo, "line-fit")) == 1


def test_what_was_worked_on_cannot_be_hidden(dojo: Dojo) -> None:
    practice.save_draft(dojo, "line-fit", "x = 1")
    with pytest.raises(BadInput, match="worked on"):
        hide(dojo, "line-fit")


@pytest.mark.parametrize(("name", "told"), [("loss", "is not hidden"), ("nothing", "is not hidden")])
def test_looks_belong_to_hidden_scripts(dojo: Dojo, name: str, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        open_look(dojo, "line-fit", name)


def test_an_unknown_look_is_refused_with_those_there_are(dojo: Dojo) -> None:
    hide(dojo, "line-fit")
    with pytest.raises(DojoError) as refused:
        open_look(dojo, "line-fit", "weights")
    assert "gradients" in refused.value.cure


def test_a_warning_says_where_but_does_not_quote_the_script(dojo: Dojo, recorder: Recorder) -> None:
    hide(dojo, "line-fit")
    recorder.warns = True
    (printed,) = open_look(dojo, "line-fit", "output").row(Look.OUTPUT).exhibits
    assert "/tmp/job/train.py:9: UserWarning: sizes differ\n" in printed.text
    assert "  as printed\n" in printed.text
    assert "x = torch.linspace" not in printed.text
