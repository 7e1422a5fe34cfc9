"""Run the text of a room through the one grader, and write what comes of it into the log."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from torchdojo.app.compose import Dojo
from torchdojo.app.interviewing import LiveRoom, Step
from torchdojo.app.places import with_places
from torchdojo.app.syntax import syntax_fault, unread_report
from torchdojo.app.torch_presence import require_torch
from torchdojo.domain.errors import BadInput, Cancelled, DojoError
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.interview import Actor, Event, Happening
from torchdojo.domain.report import Report, Verdict

#: Output and curves are kept in pieces of about this length, so that a chatty script does not fill the log.
PIECE_SECONDS = 0.2

#: Receives steps to write down, from the run's thread, in order.
Record = Callable[[list[Step]], None]

#: What the candidate is told of these verdicts is what the script itself would print; of all others, nothing.
_TOLD = frozenset({Verdict.RUNTIME_ERROR, Verdict.IMPORT_ERROR, Verdict.TIME_LIMIT, Verdict.MEMORY_LIMIT})

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AskedRun:
    """A run that is in the log and has to be carried out."""

    number: int
    exercise: Exercise
    source: str
    event: Event


def ask_run(room: LiveRoom, role: Actor) -> AskedRun:
    """Begin a run of the room's text. Raises BadInput: nothing to run, not the time for it, one that goes on."""
    if role is not Actor.CANDIDATE and role is not Actor.INTERVIEWER:
        raise BadInput("Observers read along; they do not run anything.")
    if not room.state.clock.started:
        raise BadInput("The interview has not started.", "Type and look around; runs begin with it.")
    if room.state.clock.ended:
        raise BadInput("The interview has ended already.", "Its last run stays as it is.")
    if room.state.running is not None:
        raise BadInput("A run is going on.", "Wait for it, or stop it.")
    if not room.state.exercise:
        raise BadInput("There is nothing to run in this interview.", "It is a conversation.")
    exercise = room.exercise
    if exercise is None:
        raise BadInput(
            f"The exercise {room.state.exercise!r} is gone or broken, so nothing can be judged.",
            "The text and the notes are safe; put its folder back to run again.",
        )
    if room.state.script_hidden:
        raise BadInput("The script is still hidden: there is nothing to run.", "It is the last of the looks.")
    source = room.text.text
    if not source.strip():
        raise BadInput("There is nothing to judge: the text is empty.", "Write a script first.")
    number = len(room.state.runs) + 1
    (event,) = room.append((role, Happening.RUN, {"run": number, "source": source}))
    return AskedRun(number, exercise, source, event)


def carry_out(
    dojo: Dojo,
    asked: AskedRun,
    record: Record,
    *,
    cancel: threading.Event | None = None,
    monotonic: Callable[[], float] = time.monotonic,
    gives_time_back: bool = False,
) -> None:
    """Grade it, and hand what is to be written to `record`; the last piece always says that the run ended.

    Nothing is raised: what goes wrong is written for everybody in the room to read. Where nobody can extend the time,
    a run that we broke `gives_time_back`: what it took is added to the interview.
    """
    pieces = _Pieces(asked.number, record, monotonic)
    began = monotonic()

    def lost() -> list[Step]:
        minutes = round((monotonic() - began) / 60, 4)
        return [(Actor.SYSTEM, Happening.EXTENDED, {"minutes": minutes})] if gives_time_back and minutes > 0 else []

    try:
        report = _report(dojo, asked, pieces, cancel)
    except Cancelled:
        pieces.end("Stopped. Nothing was counted.")
    except DojoError as error:
        pieces.end(f"{error.fact} {error.cure}".strip())
    except Exception:
        _log.exception("a run could not be carried out")
        pieces.end("We broke, not you. Run it again; the server's terminal says what went wrong.", lost())
    else:
        broke = report.verdict is Verdict.INTERNAL_ERROR
        pieces.end(_words_of(report), lost() if broke else _judged(asked.number, report))


def _report(dojo: Dojo, asked: AskedRun, pieces: _Pieces, cancel: threading.Event | None) -> Report:
    fault = syntax_fault(asked.source, asked.exercise.filename)
    if fault is not None:
        return unread_report(asked.exercise, fault)
    require_torch()
    report = dojo.grader.grade(asked.exercise, asked.source, on_event=pieces.take, cancel=cancel)
    return report if report.verdict is Verdict.INTERNAL_ERROR else with_places(report, asked.source)


def _words_of(report: Report) -> str:
    """What everybody reads at the end of a run. It must not tell a fixed bug from an open one."""
    took = report.seconds.get("run")
    ended = "The run ended." if took is None else f"The run ended after {took:.1f} s."
    if report.verdict is Verdict.INTERNAL_ERROR:
        return "We broke, not you; nothing was counted. Run it again."
    return f"{report.message}\n{ended}" if report.verdict in _TOLD and report.message else ended


def _judged(number: int, report: Report) -> list[Step]:
    # The curves are in the log already.
    kept = {key: value for key, value in report.to_json().items() if key != "curves"} | {"curves": []}
    steps: list[Step] = [(Actor.SYSTEM, Happening.VERDICT, {"run": number, "report": _finite(kept)})]
    for bug in report.bugs:
        data = {"bug": bug.id, "state": str(bug.state), "evidence": bug.evidence, "run": number}
        steps.append((Actor.SYSTEM, Happening.TICK, data))
    return steps


@dataclass
class _Pieces:
    """Gathers output and curves, and records them a piece at a time."""

    run: int
    record: Record
    monotonic: Callable[[], float]
    text: list[str] = field(default_factory=list)
    curves: dict[str, tuple[list[float | None], list[float | None]]] = field(default_factory=dict)
    since: float = float("-inf")

    def take(self, event: Mapping[str, Any]) -> None:
        if event["type"] == "output":
            self.text.append(str(event["text"]))
        elif event["type"] == "curve":
            x, y = self.curves.setdefault(str(event["name"]), ([], []))
            x.append(_finite(event["x"]))
            y.append(_finite(event["y"]))
        else:
            # Stages and progress may name what is checked.
            return
        if self.monotonic() - self.since >= PIECE_SECONDS:
            self._record([])
            self.since = self.monotonic()

    def end(self, words: str, judged: list[Step] | None = None) -> None:
        last: Step = (Actor.SYSTEM, Happening.OUTPUT, {"run": self.run, "text": words, "ended": True})
        self._record([*(judged or []), last])

    def _record(self, more: list[Step]) -> None:
        steps: list[Step] = []
        if self.text:
            steps.append((Actor.SYSTEM, Happening.OUTPUT, {"run": self.run, "text": "".join(self.text)}))
        for name, (x, y) in self.curves.items():
            steps.append((Actor.SYSTEM, Happening.CURVE, {"run": self.run, "name": name, "x": x, "y": y}))
        self.text, self.curves = [], {}
        if steps or more:
            self.record([*steps, *more])


def _finite(value: Any) -> Any:
    """`value` with None for every number that JSON cannot carry."""
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, Mapping):
        return {str(key): _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return value
