"""One process of several evaluates its part of the rows and prints the result as that of the whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.averages import Printed, Report, Series, reports
from torchdojo.probes.expected import Expected
from torchdojo.probes.processes import WATCHER, has_a_part, together
from torchdojo.probes.wording import counted, share

KIND = "metric-not-reduced"
WATCHERS = (WATCHER, "prints", "comparisons")

#: So many of the evaluations have to print the result of their own part, with so many different numbers.
AGREEING, FEWEST_DIFFERENT = 0.8, 3

#: A number with so many decimals is not another's by chance, where nothing was exchanged at all.
DECIMALS = 3

#: Calls that hand one process's values to the others, and add up nothing.
_GIVEN_AWAY = {"broadcast", "broadcast_object_list", "scatter"}

#: Numbers received after one evaluation that are tried against each other.
_MOST_TRIED = 40

#: The result of all rows is about that of some of them.
LIKE = 0.3

#: Results that every process may have.
_COMMON = {0.0, 1.0, 100.0}

#: A place in the output, and what was printed there.
Slip = tuple[int, int, str]


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Hold printed numbers against the averages of this process's rows, and against what it received from others."""
    group = together(trace)
    if group is None or not group["joined"] or not has_a_part(group["scored"], group["scored_common"]):
        return Observation(KIND, 0, "No process of several evaluated a part of the rows.")
    if group["spoke"]:
        return Observation(KIND, 0, "Every process told its own result.")
    wholes = {event["rows"] for event in trace.of("iter") if event["rows"]}
    judged = [report for report in reports(trace, fewest_batches=1) if report.series and report.numbers]
    slips: dict[Slip, list[tuple[Printed, Series]]] = {}
    reduced, silent = 0, 0
    exchanged = _exchanged(trace, {report.first for report in judged})
    for report in judged:
        calls = exchanged[report.first]
        received = _Received(calls, group["world"], wholes)
        found = dict(_slips(report, received, group["world"]))
        if any(received.holds_the_whole_of(number, report) for number, _ in found.values()):
            continue
        for key, slip in found.items():
            slips.setdefault(key, []).append(slip)
        reduced += not found and any(received.explains(number, report) for number in report.numbers)
        silent += not calls
    summary = f"{share(reduced, len(judged))} evaluations printed a number that came of an exchange with the others."
    findings = _findings(trace, slips, len(judged), quiet=silent == len(judged), world=group["world"])
    watched = len(judged) if findings else reduced if reduced >= AGREEING * len(judged) else 0
    return Observation(KIND, watched, summary, findings)


def _exchanged(trace: Trace, firsts: set[int]) -> dict[int, list[Event]]:
    """The collective calls from each of these forwards, the first of an evaluation, to the next training."""
    calls: dict[int, list[Event]] = {first: [] for first in firsts}
    evaluation: int | None = None
    for event in trace.events:
        if event["t"] == "forward" and event["id"] in firsts:
            evaluation = event["id"]
        elif event["t"] in ("backward", "step"):
            evaluation = None
        elif event["t"] == "note" and (event["by"], event["what"]) == (WATCHER, "exchanged") and evaluation is not None:
            calls[evaluation].append(event["facts"])
    return calls


class _Received:
    """The numbers that collective calls left behind after one evaluation."""

    def __init__(self, calls: Sequence[Event], world: int, wholes: set[int]) -> None:
        self._wholes = wholes
        self._large = False
        self._numbers: list[float] = []
        for call in calls:
            if call["name"] in _GIVEN_AWAY:
                continue
            got = call["results"]
            if got is None or ("gather" in call["name"] and len(got) % world):
                self._large = True
            elif "gather" in call["name"]:
                # One's own part is among what was gathered: only what is added up over all is more than that.
                self._numbers += [sum(got[place :: len(got) // world]) for place in range(len(got) // world)]
            else:
                self._numbers += got
        self._world = world

    def explains(self, number: Printed, report: Report) -> bool:
        """Whether the number may have been made of what was received."""
        return self._large or any(number.is_about(made) for made in self._made(report))

    def holds_the_whole_of(self, own: Printed, report: Report) -> bool:
        """Whether beside this result of one's own rows the line has one like it that was received: both were told."""
        return any(
            number.line is own.line
            and number.position != own.position
            and abs(number.value - own.value) <= LIKE * abs(own.value)
            and any(number.is_about(made) for made in self._made(report))
            for number in report.numbers
        )

    def _made(self, report: Report) -> Iterator[float]:
        own = {sum(series.weights) for series in report.series}
        tried = self._numbers[:_MOST_TRIED]
        for value in tried:
            yield value
            for below in {self._world, *self._wholes, *own, *(rows * self._world for rows in own)}:
                yield value / below
            for other in tried:
                if other:
                    yield value / other


def _slips(report: Report, received: _Received, world: int) -> Iterator[tuple[Slip, tuple[Printed, Series]]]:
    """Numbers that are the result of this process's rows, and of nothing that it received."""
    for number in report.numbers:
        if received.explains(number, report):
            continue
        for series in report.series:
            for what, value in (("", series.average), (f", divided by {world}", series.average / world)):
                if number.is_about(value):
                    yield (number.line["at"], number.position, what), (number, series)


def _findings(
    trace: Trace, slips: dict[Slip, list[tuple[Printed, Series]]], judged: int, *, quiet: bool, world: int
) -> tuple[Finding, ...]:
    if not slips:
        return ()
    (_, _, what), cases = max(slips.items(), key=lambda item: len(item[1]))
    different = {number.value for number, _ in cases} - _COMMON
    sharp = quiet and all(number.slack < 0.6 * 10.0**-DECIMALS for number, _ in cases)
    if len(cases) < AGREEING * judged or len(different) < (1 if sharp else FEWEST_DIFFERENT):
        return ()
    number, series = cases[-1]
    message = (
        f"{share(len(cases), judged)} evaluations printed the result of one process's "
        f"{counted(sum(series.weights), 'row')}{what}: {number.value:g}. The {world} processes evaluated different "
        "rows, and what the others found is not in it."
    )
    return (Finding(KIND, Severity.BUG, Certainty.NUMERIC, message, trace.place(number.line)),)
