"""The rows are shuffled, but into the same order in every epoch."""

from __future__ import annotations

from collections.abc import Sequence

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.passes import WATCHER, runs, same_neighbours, training_passes
from torchdojo.probes.wording import counted, share

KIND = "same-order-every-epoch"
WATCHERS = (WATCHER, "seeds")

#: So many of the epochs have to repeat the order of the one before.
REPEATED_SHARE = 0.8
#: Fewer rows come in the same order by chance.
FEWEST_ROWS = 8


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Compare the order in which rows are drawn, epoch by epoch, where it was meant to be a random one."""
    compared = 0
    findings: list[Finding] = []
    for order in (*_of_loaders(trace), *_by_hand(trace)):
        compared += len(order) - 1
        same = same_neighbours([event["order"] for event in order])
        if same and same >= REPEATED_SHARE * (len(order) - 1) and not _reseeded(trace, order):
            findings.append(_finding(trace, order, same))
    summary = f"{counted(compared, 'epoch')} drew the rows in another order than the epoch before."
    return Observation(KIND, compared, summary, tuple(findings))


def _of_loaders(trace: Trace) -> list[list[Event]]:
    """Whole passes that train, over several batches, by samplers that draw at random."""
    complete = [
        (event, model)
        for event, model in training_passes(trace)
        # A list of rows, or a sampler of one's own, has the order it has by intent.
        if event["random"] and event["finished"] and event["batches"] > 1 and event["drawn"] >= FEWEST_ROWS
    ]
    return [run for run in runs(complete) if len(run) > 1]


def _by_hand(trace: Trace) -> list[list[Event]]:
    """Orders of one size drawn at one line, each followed by several updates of one model."""
    found: dict[tuple[int, int, int], list[Event]] = {}
    draws = [e for e in trace.notes(WATCHER, "permutation") if e["size"] >= FEWEST_ROWS]
    for event, model in _with_models(trace, draws):
        found.setdefault((event["at"], event["size"], model), []).append(event)
    return [order for order in found.values() if len(order) > 1]


def _with_models(trace: Trace, draws: Sequence[Event]) -> list[tuple[Event, int]]:
    """The draws that several updates follow before the next one, with the model that they train."""
    found = []
    for index, draw in enumerate(draws):
        until = next((d["after"] for d in draws[index + 1 :] if d["at"] == draw["at"]), float("inf"))
        trained = [f for f in trace.training_forwards if draw["after"] < f["id"] <= until]
        if len(trained) > 1:
            found.append((draw, trained[0]["model"]))
    return found


def _reseeded(trace: Trace, order: Sequence[Event]) -> bool:
    """Whether a global generator was seeded in between: the order repeats because everything does."""
    first, last = order[0]["after"], order[-1]["after"]
    return any(first < seed["after"] <= last for seed in trace.notes("seeds", "seed"))


def _finding(trace: Trace, order: Sequence[Event], same: int) -> Finding:
    how = f"a {order[0]['sampler']}" if "sampler" in order[0] else "a random order drawn anew"
    message = (
        f"{share(same, len(order) - 1)} epochs served the rows in exactly the order of the epoch before, although "
        f"{how} shuffles them: the random numbers start from the same seed each time."
    )
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, trace.place(order[-1]))
