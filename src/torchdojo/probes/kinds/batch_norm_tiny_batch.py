"""Batch norm over so few values that its statistics mean nothing."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Trace
from torchdojo.probes.endings import message_of, place_of_end, raised
from torchdojo.probes.expected import Expected
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, share

KIND = "batch-norm-tiny-batch"
WATCHERS = ("norm_batches",)

#: With two values per channel the result is +1 and -1 whatever they were.
TINY = 2

#: A last, smaller batch of an epoch is a blemish; most calls are a bug.
MOST = 0.5


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Count the values per channel that batch norms in train mode compute their statistics of."""
    notes = list(trace.notes("norm_batches", "calls"))
    total = sum(n["times"] for n in notes)
    tiny = [n for n in notes if 0 < n["values"] <= TINY]
    times = sum(n["times"] for n in tiny)
    findings = []
    end = raised(trace, "ValueError", r"^Expected more than 1 value per channel when training")
    if end is not None:
        message = (
            f"A batch norm in train mode got a batch with one value per channel, after {counted(total, 'call')} with "
            f"more. torch said: {message_of(end)}"
        )
        findings.append(Finding(KIND, Severity.BUG, Certainty.EVENT, message, place_of_end(end)))
    elif times:
        message = (
            f"{share(times, total)} calls of a batch norm in train mode took mean and variance of "
            f"{tiny[0]['values']} values per channel ({counted(tiny[0]['rows'], 'row')} in the batch): it returns +1 "
            "and -1, whatever the values are."
        )
        severity = Severity.BUG if times >= MOST * total else Severity.STYLE
        findings.append(Finding(KIND, severity, Certainty.EVENT, message, distinct_places(trace, tiny)))
    known = [n["values"] for n in notes if n["values"]]
    least = f"{min(known)}" if known else "more than 32"
    summary = f"{counted(total, 'call')} of a batch norm in train mode had at least {least} values per channel."
    return Observation(KIND, total, summary, tuple(findings))
