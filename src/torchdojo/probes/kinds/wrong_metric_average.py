"""A printed result that is no average over the rows, but something else made of the same batches."""

from __future__ import annotations

from collections.abc import Sequence

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Trace
from torchdojo.probes.averages import Printed, Report, Series, reports
from torchdojo.probes.expected import Expected
from torchdojo.probes.wording import counted, share

KIND = "wrong-metric-average"
WATCHERS = ("prints", "comparisons")

#: So many passes have to agree on what the number is, and it has to differ from the average by so much of it.
FEWEST_PASSES, AGREEING, LEAST_DIFFERENCE = 3, 0.8, 0.05

#: A place in the output that shows the average in fewer of its lines than this shows something else.
MOSTLY = 0.5


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Average the losses and hits of each evaluation again, and look for the result among the printed numbers."""
    judged = [r for r in reports(trace) if r.series and r.numbers]
    slips: dict[tuple[int, int, str], list[tuple[Printed, Series]]] = {}
    for report in judged:
        for key, found in _slips(report).items():
            slips.setdefault(key, []).append(found)
    findings = []
    if slips:
        (_, _, what), cases = max(slips.items(), key=lambda item: len(item[1]))
        # A number of one digit is soon like another; several different ones are not.
        different = len({number.value for number, _ in cases})
        if different >= FEWEST_PASSES and len(cases) >= AGREEING * len(judged):
            number, series = cases[-1]
            message = (
                f"{share(len(cases), len(judged))} evaluations printed {what}: {number.value:g}, where the average "
                f"over {sum(series.weights):,} rows in {counted(series.batches, 'batch', 'batches')} is "
                f"{series.average:.4g}."
            )
            where = trace.place(number.line)
            findings.append(Finding(KIND, Severity.BUG, Certainty.NUMERIC, message, where))
    right = _right(judged)
    summary = f"{counted(len(judged), 'evaluation')} of several batches: {right} printed an average over rows."
    return Observation(KIND, len(judged) if right or findings else 0, summary, tuple(findings))


def _right(judged: Sequence[Report]) -> int:
    """How many evaluations printed an average: at a place that shows one most of the time, not by chance."""
    places: dict[tuple[int, int], list[bool]] = {}
    for report in judged:
        for number in report.numbers:
            # Several evaluations may be told as one, and each printed its own.
            is_one = any(number.is_about(average) for series in report.series for average in series.parts())
            places.setdefault((number.line["at"], number.position), []).append(is_one)
    kept = {place for place, found in places.items() if sum(found) >= MOSTLY * len(found)}
    return sum(
        any((n.line["at"], n.position) in kept and n.is_about(s.average) for s in r.series for n in r.numbers)
        for r in judged
    )


def _slips(report: Report) -> dict[tuple[int, int, str], tuple[Printed, Series]]:
    """Numbers that are no average of anything, but look like a slip."""
    averages = [average for s in report.series for average in s.parts()]
    found: dict[tuple[int, int, str], tuple[Printed, Series]] = {}
    for number in report.numbers:
        if any(number.is_about(average) for average in averages):
            continue
        for series in report.series:
            if any(n.is_about(series.average) for n in report.numbers):
                continue
            for what, value in series.slips().items():
                far = abs(value - series.average) >= LEAST_DIFFERENCE * abs(series.average)
                if far and value and number.is_about(value):
                    found.setdefault((number.line["at"], number.position, what), (number, series))
    return found
