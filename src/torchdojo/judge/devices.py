"""Where the script runs when an accelerator is there, and when none is: short runs on a simulated one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torchdojo.domain.report import BugState, RestsOn
from torchdojo.domain.trace import Trace
from torchdojo.judge.findings import State
from torchdojo.judge.fleet import Fleet, Ticket
from torchdojo.judge.reference import Facts
from torchdojo.probes import probes
from torchdojo.probes.placement import on_accelerator, placements
from torchdojo.probes.wording import counted, share

KINDS = frozenset({"hardcoded-cpu", "model-not-moved", "tensor-not-registered"})
ACCELERATORS = ("cuda", "mps")
FEW_STEPS = 3

#: An evaluation pass that comes this late costs more than it would tell.
LATE_EVALUATION = 100

SECONDS = 30.0


class DeviceRuns:
    """The runs under "cuda" and "none", and under "mps" when the script does not use the first."""

    def __init__(self, fleet: Fleet, request: Mapping[str, Any], clean: Facts | None) -> None:
        early = clean is not None and clean.evaluation_passes > 0 and clean.first_pass <= LATE_EVALUATION
        stop = {"steps": FEW_STEPS, "evaluation_passes": int(early)}
        self._fleet = fleet
        self._request = {**request, "sample": 0, "stop_after": stop}
        self._tickets: dict[str, Ticket] = {}
        self._ask("cuda")
        self._ask("none")

    def judge(self, main: Trace) -> dict[str, State]:
        """The state of each device kind, with its evidence."""
        self._fleet.wait(*self._tickets.values())
        if not self._well_placed("cuda"):
            self._ask("mps")
            self._fleet.wait(*self._tickets.values())
        return {kind: self._state(kind, main) for kind in KINDS}

    def _ask(self, name: str) -> None:
        request = {**self._request, "accelerator": name}
        self._tickets[name] = self._fleet.submit(f"device-{name}", request, seconds=SECONDS)

    def _trace(self, name: str) -> Trace | None:
        ticket = self._tickets.get(name)
        if ticket is None or ticket.stream is None or ticket.stream.broken or ticket.stream.ended is None:
            return None
        return ticket.stream.trace

    def _well_placed(self, name: str) -> bool:
        """Whether model and batches of every training forward were on the accelerator."""
        trace = self._trace(name)
        forwards = placements(trace) if trace is not None else []
        return bool(forwards) and all(map(on_accelerator, forwards))

    def _state(self, kind: str, main: Trace) -> State:
        plain = self._trace("none")
        used = next((name for name in ACCELERATORS if self._well_placed(name)), None)
        if used is None:
            return self._not_used(kind)
        trace = self._trace(used)
        assert trace is not None
        if (error := new_error(trace, plain or main)) is not None:
            return State(BugState.OPEN, RestsOn.EVENTS, f"With an accelerator the script fails: {error[0]}", error[1])
        if plain is not None and (error := new_error(plain, trace)) is not None:
            return State(
                BugState.OPEN, RestsOn.EVENTS, f"Without an accelerator the script fails: {error[0]}", error[1]
            )
        if plain is None:
            return State(BugState.NO_EVIDENCE, RestsOn.EVENTS, "The run without an accelerator gave no answer.")
        forwards = placements(trace)
        evidence = (
            f"With an accelerator called {used!r} at hand, the model and "
            f"{counted(len(forwards), 'training batch', 'training batches')} were on it; without one the script "
            "runs on the CPU."
        )
        return State(BugState.FIXED, RestsOn.EVENTS, evidence)

    def _not_used(self, kind: str) -> State:
        """Neither run kept everything on the accelerator: say what the more telling of the two showed."""
        if self._trace("cuda") is None:
            # A script that knows nothing but CUDA is right to run on the CPU beside another accelerator.
            return State(BugState.NO_EVIDENCE, RestsOn.EVENTS, "The run with an accelerator gave no answer.")
        traces = [t for t in (self._trace(name) for name in ACCELERATORS) if t is not None]
        for trace in traces:
            for name in (kind, *sorted(KINDS - {kind})):
                observation = probes()[name].observe(trace)
                if observation.findings:
                    finding = observation.findings[0]
                    return State(BugState.OPEN, RestsOn.EVENTS, finding.message, finding.where)
        for trace in traces:
            forwards = placements(trace)
            stray = [f for f in forwards if not on_accelerator(f)]
            if stray:
                message = f"With an accelerator at hand, {share(len(stray), len(forwards))} batches did not use it."
                return State(BugState.OPEN, RestsOn.EVENTS, message, trace.place(stray[0]))
        return State(BugState.NO_EVIDENCE, RestsOn.EVENTS, "No training batch was seen with an accelerator at hand.")


def states(runs: DeviceRuns | None, main: Trace) -> dict[str, State]:
    """The state of each device kind; without runs there was nothing to look at."""
    if runs is not None:
        return runs.judge(main)
    nothing = "No training was seen, so there was nothing to look at with an accelerator at hand."
    return {kind: State(BugState.NO_EVIDENCE, RestsOn.EVENTS, nothing) for kind in KINDS}


def new_error(trace: Trace, other: Trace) -> tuple[str, str] | None:
    """(message, where) of the exception that ended `trace`, when `other` did not end the same way."""
    end, theirs = trace.end, other.end
    if end is None or end["how"] != "exception":
        return None
    if theirs is not None and theirs["how"] == "exception":
        same_place = end.get("line") == theirs.get("line")
        if same_place and end.get("error") == theirs.get("error"):
            return None
    where = f"line {end['line']}" if end.get("line") else ""
    return f"{end.get('error')}: {end.get('message')}"[:300], where
