"""Whether the submission still does the work: rows trained on, rows scored, parameters trained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from torchdojo.domain.report import CheckOutcome, CheckResult
from torchdojo.domain.trace import Event, Trace
from torchdojo.judge.reference import Facts
from torchdojo.probes.evaluation import COVERING_SHARE, covering_passes
from torchdojo.probes.training import ENOUGH_STEPS
from torchdojo.probes.wording import counted, share

#: At least this share of the clean run's rows and parameters has to be trained.
ENOUGH_SHARE = 0.9

#: Passes before at least this share of an optimizer's updates belong to these.
_EVERY_UPDATE = 0.9


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is too little in a run, as sentences; "" where it is enough."""

    steps: str
    rows: str
    parameters: str
    evaluation: str

    @property
    def checks(self) -> tuple[CheckResult, ...]:
        """The same as checks of the report."""
        told = (
            ("enough training steps", self.steps),
            ("all training rows are used", self.rows),
            ("the whole network is trained", self.parameters),
            ("all held-out rows are scored", self.evaluation),
        )
        return tuple(
            CheckResult(name, CheckOutcome.FAILED if fault else CheckOutcome.PASSED, fault) for name, fault in told
        )


def coverage(trace: Trace, own: Facts, clean: Facts) -> Coverage:
    """Compare a run with the clean one."""
    steps = rows = parameters = evaluation = ""
    if own.steps < ENOUGH_STEPS:
        steps = f"Only {counted(own.steps, 'training step')} ran; at least {ENOUGH_STEPS} are needed to judge."
    if own.rows < ENOUGH_SHARE * clean.rows:
        rows = f"Only {share(own.rows, clean.rows)} training rows were used."
    if not trace.training_forwards or own.parameters < 1:
        parameters = "No parameter was trained."
    elif frozen := _frozen_share(trace):
        parameters = f"Only {1 - frozen:.0%} of the network's parameters were trained."
    if clean.held_out_rows:
        covering, passes = covering_passes(trace, clean.expected)
        needed = passes
        if beside := _of_updates(trace, covering):
            # Those that are left are compared with what the clean run did, too: a few of many are no evaluation.
            needed = max(passes - beside, clean.evaluation_passes)
        if not covering:
            evaluation = f"No evaluation pass scored all {clean.held_out_rows} held-out rows."
        elif len(covering) < needed / 2:
            evaluation = (
                f"Only {share(len(covering), passes)} evaluation passes scored {COVERING_SHARE:.0%} of the "
                f"{clean.held_out_rows} held-out rows."
            )
    return Coverage(steps, rows, parameters, evaluation)


def _of_updates(trace: Trace, covering: Sequence[tuple[Event, ...]]) -> int:
    """How many passes belong to the updates: what one model makes for another to learn from, as a generator does.

    There is one before (nearly) every update of some optimizer, each of rows that are seen there and never again.
    """
    whole = {id(forwards) for forwards in covering}
    beside = [forwards for forwards in trace.evaluation_passes if id(forwards) not in whole]
    rows = Counter(row for forwards in trace.evaluation_passes for f in forwards for row in set(f.get("rows", ())))
    fresh = [p for p in beside if all(rows[row] == 1 for f in p for row in f.get("rows", ()))]
    # Only the stretches that are recorded closely have forwards.
    updates = Counter(step.get("opt") for step in trace.steps if "params" in step)
    # An evaluation in earnest is one pass with what is made right before or after it.
    often = any(len(fresh) + len(covering) >= _EVERY_UPDATE * number for number in updates.values())
    return len(fresh) if often and len(fresh) >= ENOUGH_STEPS else 0


def _frozen_share(trace: Trace) -> float:
    """The share of the stepped tensors that most backward passes do not reach; 0 when it is small."""
    shares: dict[object, list[float]] = {}
    owned: dict[object, int] = {}
    reached = 0
    for event in trace.of("backward", "step"):
        if event["t"] == "backward":
            # Gradients that are returned in place of being stored touch no parameter's own.
            reached = max(reached, 0 if event.get("failed") else event.get("graded") or 0)
            continue
        if reached and event.get("params"):
            owned[event["opt"]] = event["params"]
            shares.setdefault(event["opt"], []).append(min(1.0, reached / event["params"]))
        reached = 0
    if not owned:
        return 0.0
    # Each optimizer counts by what it owns, not by how often it steps.
    trained = sum(owned[opt] * median(found) for opt, found in shares.items())
    frozen = 1 - trained / sum(owned.values())
    return frozen if frozen > 1 - ENOUGH_SHARE else 0.0
