"""A metric that compares every prediction with every target."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, shape

KIND = "metric-broadcasting"
WATCHERS = ("comparisons",)


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """N predictions and N targets make N answers; N x N of them are a slip of shapes, unless a table is wanted."""
    notes = list(trace.notes(WATCHERS[0], "compared", "subtracted"))
    # Differences through which gradients go are a loss's.
    notes = [e for e in notes if e["what"] == "compared" or not e["grad"]]
    batches = {f["shape"][0] for f in trace.of("forward") if f.get("shape")}
    wrong = [e for e in notes if e.get("pairs", True) and not e["related"] and e["first"][0] in batches]
    # Where some table has equal rows and columns, all of them are tables of pairs.
    tables = {e["at"] for e in notes if e.get("pairs", True) and e["related"]}
    wrong = [e for e in wrong if e["at"] not in tables or _mostly_unrelated(notes, e["at"])]
    findings = []
    if wrong:
        first = wrong[0]
        size = first["first"][0]
        verb = "comparing" if first["what"] == "compared" else "subtracting"
        message = (
            f"{verb} {shape(first['first'])} with {shape(first['second'])} gave {size * size:,} results for {size} "
            f"rows, {counted(len(wrong), 'time')}: every prediction met every target."
        )
        message = message[0].upper() + message[1:]
        findings.append(Finding(KIND, Severity.BUG, Certainty.EVENT, message, distinct_places(trace, wrong, most=1)))
    summary = f"{counted(len(notes), 'comparison')} of predictions with targets: one result for each row."
    return Observation(KIND, len(notes), summary, tuple(findings))


def _mostly_unrelated(notes: list[Event], at: int) -> bool:
    """All predictions of a batch may be right: then the operands are equal now and then, but not from the start."""
    here = [e for e in notes if e["at"] == at and e.get("pairs", True)]
    return not here[0]["related"]
