"""A global generator is seeded again and again, so that training uses the same random numbers every time."""

from __future__ import annotations

from collections import Counter

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.passes import WATCHER, runs, same_neighbours, training_passes
from torchdojo.probes.wording import counted

KIND = "reseeding-in-loop"
WATCHERS = ("seeds", WATCHER)

#: A seed that is set twice may belong to two experiments.
FEWEST_SEEDS = 3


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Look for one value seeded again at one line while one model trains, and for random numbers that come again."""
    models = {forward["id"]: forward["model"] for forward in trace.training_forwards}
    if not models:
        return Observation(KIND, 0, "No training was seen.")
    again = _seeded_again(trace, models)
    findings = []
    for seeds in again:
        harm = _repeated_dropout(trace, seeds) or _repeated_draws(trace, seeds, models) or _repeated_order(trace, seeds)
        if harm:
            seed = seeds[0]
            message = (
                f"{seed['library']} was seeded with {seed['value']} {len(seeds)} times while one model trained: {harm}"
            )
            findings.append(Finding(KIND, Severity.BUG, Certainty.EVENT, message, trace.place(seed)))
    summary = (
        f"In {counted(len(models), 'training batch', 'training batches')} no random numbers came a second time because "
        "a generator was seeded anew."
    )
    return Observation(KIND, len(models), summary, tuple(findings[:1]))


def _seeded_again(trace: Trace, models: dict[int, int]) -> list[list[Event]]:
    """Seeds of one value at one line, with updates of one and the same model between them."""
    found: dict[tuple[int, str, int, int], list[Event]] = {}
    trained = sorted(models)
    for seed in trace.notes("seeds", "seed"):
        following = next((i for i in trained if i > seed["after"]), None)
        if following is not None and not seed["inside_fork"]:
            key = (seed["at"], seed["library"], seed["value"], models[following])
            seeds = found.setdefault(key, [])
            if not seeds or any(seeds[-1]["after"] < i <= seed["after"] for i in trained):
                seeds.append(seed)
    return [seeds for seeds in found.values() if len(seeds) >= FEWEST_SEEDS]


def _repeated_dropout(trace: Trace, seeds: list[Event]) -> str:
    """Dropout, or other noise inside the model, that some earlier batch already had."""
    if seeds[0]["library"] != "torch":
        return ""
    repeated = [r for r in trace.notes("seeds", "repeated") if r["earlier"] > seeds[0]["after"]]
    if not repeated:
        return ""
    return (
        f"{counted(len(repeated), 'training batch', 'training batches')} got the very random numbers (dropout, noise) "
        "of an earlier one."
    )


def _repeated_draws(trace: Trace, seeds: list[Event], models: dict[int, int]) -> str:
    """Random numbers drawn between the seed and the training batch that follows it at once, or before later ones."""
    if seeds[0]["library"] != "torch":
        return ""
    # A loader draws a seed for itself; whether its order repeats is another question.
    passes = [p["after"] for p in trace.notes(WATCHER, "pass")]
    drawn = [
        e
        for e in trace.notes("seeds", "drawn")
        if e["earlier"] > seeds[0]["after"] and not any(e["after"] <= begun < e["forward"] for begun in passes)
    ]
    if len(drawn) >= FEWEST_SEEDS:
        return (
            f"what was drawn before {counted(len(drawn), 'training batch', 'training batches')} was the same as before "
            "an earlier one."
        )
    forwards = [f["id"] for f in trace.of("forward")]
    used = [
        e
        for e in trace.notes("seeds", "used")
        if e["value"] == seeds[0]["value"]
        and e["at"] == seeds[0]["at"]
        and e["forward"] in models
        and not any(e["after"] < i < e["forward"] for i in forwards)
        and not any(e["after"] <= begun < e["forward"] for begun in passes)
    ]
    if len(used) < FEWEST_SEEDS:
        return ""
    return f"what was drawn before {counted(len(used), 'training batch', 'training batches')} was the same each time."


def _repeated_order(trace: Trace, seeds: list[Event]) -> str:
    """Epochs, or orders drawn by hand, that equal the one before."""
    first, last = seeds[0]["after"], seeds[-1]["after"]
    orders = [
        [e["order"] for e in run if first <= e["after"]]
        for run in runs((e, m) for e, m in training_passes(trace) if e["random"] and e["batches"] > 1)
    ]
    by_place: Counter[tuple[int, int, int]] = Counter(
        (e["at"], e["size"], e["order"]) for e in trace.notes(WATCHER, "permutation") if first <= e["after"]
    )
    repeated = max([*(same_neighbours(order) + 1 for order in orders if order), *by_place.values()], default=0)
    if repeated < FEWEST_SEEDS or last < 0:
        return ""
    return f"{counted(repeated, 'epoch')} came in the same order."
