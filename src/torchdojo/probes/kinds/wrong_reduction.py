"""A loss that is summed over the batch although the learning rate was chosen for its mean."""

from __future__ import annotations

from math import prod

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.loss_calls import watched_losses
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted

KIND = "wrong-reduction"
WATCHERS = ("loss_inputs",)

NAMES = (
    "cross_entropy",
    "nll_loss",
    "mse_loss",
    "l1_loss",
    "smooth_l1_loss",
    "huber_loss",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "kl_div",
    "poisson_nll_loss",
    "gaussian_nll_loss",
)

#: Sums over fewer rows hardly differ from means.
LEAST_ROWS = 4

#: A loss this many times as large as at first has run off.
RUN_OFF = 2.0
#: The same of sums over batches of unknown size.
FAR_OFF = 50.0

#: A sum that is divided by a count afterwards is far smaller when backward begins.
UNDIVIDED = 0.5
#: Where the mean is known to be wanted, a sum is divided by too little if it counts this many times as much. A term
#: may have a weight of its own, as the squared temperature of a distillation.
TOO_MUCH = 6.0
#: A gradient above 1 has been scaled on purpose, as for half precision.
SCALED = 1.5


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Sums are legitimate, and many good scripts use them: only a sum that makes training run off is a bug."""
    calls = [(e, f) for e, f in watched_losses(trace, *NAMES) if e.get("grad")]
    values = [e["value"] for e in trace.of("backward") if e.get("dtype") or e.get("value") is not None]
    roots = list(trace.notes("loss_inputs", "root"))
    summed = [e for e, f in calls if f["reduction"] == "sum" and e["weight"] >= LEAST_ROWS and _reaches(f, roots)]
    by_hand = [r for r in roots if r["maker"] == "SumBackward0"] if not calls else []
    findings = []
    if summed and len(summed) >= 0.5 * len(calls):
        # Per row or element: sums of longer sequences are larger by themselves.
        names, weight = {e["name"] for e in summed}, summed[0]["weight"]
        means = [e["value"] for e in trace.of("loss") if e["name"] in names and e.get("grad")]
        ran_off = _ran_off(means, RUN_OFF)
        findings.append(_finding(trace, summed, f"{summed[0]['name']} adds up {weight} rows", values, ran_off=ran_off))
    elif len(by_hand) >= 3 and _ran_off(values, FAR_OFF):
        findings.append(_finding(trace, by_hand, "The loss is a sum over the batch", values, ran_off=True))
    elif expected.training_rows is not None and (heavy := _heavy(trace, calls)):
        event, times = heavy[0]
        what = f"{event['name']} over {event['weight']} rows counts {times:.3g} times as much as their mean would"
        findings.append(_finding(trace, [event for event, _ in heavy], what, values, ran_off=False))
    summary = (
        f"{counted(len(values), 'backward pass', 'backward passes')} began at a loss that is a mean over its rows."
    )
    return Observation(KIND, len(values) if calls else 0, summary, tuple(findings))


def _reaches(facts: Event, roots: list[Event]) -> bool:
    """Whether this sum is, undivided, (most of) what the first backward passes began at."""
    value = facts.get("result")
    known = [r["value"] for r in roots if r["value"] is not None]
    if value is None or not known or value <= 0:
        return True
    return max(known) >= UNDIVIDED * value or not roots


def _heavy(trace: Trace, calls: list[tuple[Event, Event]]) -> list[tuple[Event, float]]:
    """The losses whose rows count far more than in a mean, with how much more; none if they are the fewer."""
    pulls = {note["loss"]: note for note in trace.notes("loss_inputs", "pull") if note["greatest"] <= SCALED}
    heavy = []
    for event, facts in calls:
        pull = pulls.get(event["id"])
        if pull is None or event["weight"] < LEAST_ROWS:
            continue
        # Apart, a row may have many elements; their sum is as usual as their mean.
        times = pull["whole"] * (event["weight"] if facts["reduction"] == "sum" else 1 / _elements(event))
        if times >= TOO_MUCH:
            heavy.append((event, times))
    return heavy if len(heavy) >= 0.5 * len(calls) else []


def _elements(event: Event) -> float:
    """How many elements of the targets belong to one row."""
    return float(max(1, prod(event["target_shape"]) // max(1, event["weight"])))


def _ran_off(values: list[float | None], factor: float) -> bool:
    known = [v for v in values if v is not None]
    if not known or len(values) < 5:
        return False
    tail = values[-max(1, len(values) // 10) :]
    return any(v is None for v in tail) or min(v for v in tail if v is not None) > factor * abs(known[0])


def _finding(trace: Trace, events: list[Event], what: str, values: list[float | None], *, ran_off: bool) -> Finding:
    where = distinct_places(trace, events)
    if not ran_off:
        message = f"{what}: the size of a step grows with the batch."
        return Finding(KIND, Severity.STYLE, Certainty.EVENT, message, where)
    last = values[-1]
    ended = "a number that is not finite" if last is None else f"{last:.3g}"
    message = (
        f"{what}, so that each gradient is as many times as large as that of their mean, and the loss ran off from "
        f"{next(v for v in values if v is not None):.3g} to {ended} within {counted(len(values), 'step')}."
    )
    return Finding(KIND, Severity.BUG, Certainty.STATISTICAL, message, where)
