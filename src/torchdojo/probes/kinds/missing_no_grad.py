"""Evaluation that records graphs nobody will use."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.evaluation import Pass, covering_passes, row_count
from torchdojo.probes.expected import Expected
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, share

KIND = "missing-no-grad"


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """No output of an evaluation pass may carry a graph, nor may one have been built inside and cut off."""
    covering, _ = covering_passes(trace, expected)
    # A gradient with respect to inputs was the purpose of these graphs, unless the task is known to need none.
    graded = expected.held_out_rows is not None
    wanted = set() if graded else {i for e in trace.of("gradient") for i in e["forwards"]}
    forwards = [f for p in covering for f in _scoring(p, expected) if f["id"] not in wanted]
    recorded = [f for f in forwards if f.get("out_grad")]
    cut = [f for f in forwards if not f.get("out_grad") and f.get("inner_grad")]
    findings = []
    if recorded:
        message = f"{share(len(recorded), len(forwards))} evaluation batches built a graph: their outputs carry one."
        findings.append(_finding(message, trace, recorded))
    if cut:
        message = f"{share(len(cut), len(forwards))} evaluation batches built a graph and cut it off at the end."
        findings.append(_finding(message, trace, cut))
    summary = (
        f"{counted(len(forwards), 'batch', 'batches')} in "
        f"{counted(len(covering), 'evaluation pass', 'evaluation passes')}: no output carries a graph."
    )
    # Outputs without a graph show nothing where a graph was welcome and no layer of the network was asked.
    telling = [p for p in covering if any(not f.get("grad", True) or f.get("inner_grad") is not None for f in p)]
    return Observation(KIND, len(telling), summary, tuple(findings))


def _scoring(forwards: Pass, expected: Expected) -> Pass:
    """The pass without its tail that comes when all held-out rows are scored, without a graph.

    What a model makes there is for the training that follows, as the points that a discriminator is shown.
    """
    without = [i for i, f in enumerate(forwards) if not f.get("out_grad") and not f.get("inner_grad")]
    scored = tuple(forwards[i] for i in without)
    if expected.held_out_rows is None or row_count(scored) < expected.held_out_rows:
        return forwards
    return forwards[: without[-1] + 1]


def _finding(message: str, trace: Trace, events: list[Event]) -> Finding:
    return Finding(KIND, Severity.PERFORMANCE, Certainty.EVENT, message, distinct_places(trace, events))
