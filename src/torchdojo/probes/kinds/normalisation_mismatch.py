"""Training and evaluation see inputs on different scales."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.evaluation import covering_passes
from torchdojo.probes.expected import Expected
from torchdojo.probes.training import distinct_places, main_forwards
from torchdojo.probes.wording import counted

KIND = "normalisation-mismatch"
WATCHERS = ("inputs",)

#: How close to mean 0 and deviation 1 features are that were standardised with their own statistics; of few features
#: chance may bring one as close.
STANDARD, STANDARD_OF_FEW, FEW = 0.06, 0.015, 4
#: Two points at -1 and 1 have such a mean and deviation by nature; so many different rows have them by standardising.
ENOUGH_ROWS = 12
#: From here on, a mean (in deviations) or a deviation (as a ratio) is another one.
SHIFT, RATIO = 0.6, 1.6
#: Pixels of 0 to 255 beside pixels of 0 to 1, or beside some that were standardised.
PIXELS, BRIGHTEST, STANDARDISED = 20.0, 255.0, 5.0


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean and deviation of each feature over some batches, the range of all values, how many different rows."""

    means: Sequence[float]
    deviations: Sequence[float]
    low: float
    high: float
    rows: int
    whole: bool = False

    @property
    def standard(self) -> bool:
        """Whether every feature that varies has mean 0 and deviation 1, as after standardising."""
        near = STANDARD if len(self.means) >= FEW else STANDARD_OF_FEW
        varying = [(m, d) for m, d in zip(self.means, self.deviations, strict=True) if d > 1e-6]
        return (
            self.rows >= ENOUGH_ROWS
            and bool(varying)
            and all(abs(m) <= near and abs(d - 1) <= near for m, d in varying)
        )

    def differs(self, other: Spread) -> bool:
        """Whether at least half of the features lie elsewhere, or are wider or narrower."""
        far = [
            abs(m - n) > SHIFT * d or not d / RATIO <= e <= d * RATIO
            for m, d, n, e in zip(self.means, self.deviations, other.means, other.deviations, strict=False)
            if d > 1e-6
        ]
        return bool(far) and sum(far) >= 0.5 * len(far)


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Compare mean and deviation of each feature in training with those in each evaluation pass."""
    notes = {e["forward"]: e for e in trace.notes(WATCHERS[0], "spread")}
    training = _spread([notes[f["id"]] for f in main_forwards(trace) if f["id"] in notes])
    model = {f["model"] for f in main_forwards(trace)}
    passes: list[tuple[tuple[Event, ...], Spread]] = []
    singles: list[Spread] = []
    for found in covering_passes(trace, expected)[0]:
        batches = [notes[f["id"]] for f in found if f["id"] in notes and f["model"] in model]
        if (spread := _spread(batches)) is not None:
            passes.append((found, spread))
            singles += [single for batch in batches if (single := _spread([batch])) is not None]
    findings = []
    # A batch that is like those of training speaks for the way it took; others then come from elsewhere on purpose.
    if training is not None and passes and all(_mismatch(training, s) for s in (*singles, *(p for _, p in passes))):
        forwards, spread = passes[0]
        message = (
            f"Features had mean {_middle(training.means):.2g} and deviation {_middle(training.deviations):.2g} in "
            f"training, but mean {_middle(spread.means):.2g} and deviation {_middle(spread.deviations):.2g} in "
            f"{counted(len(passes), 'evaluation pass', 'evaluation passes')}: they were not normalised alike."
        )
        where = distinct_places(trace, list(forwards), most=1)
        findings.append(Finding(KIND, Severity.BUG, Certainty.NUMERIC, message, where))
    summary = f"In {counted(len(passes), 'evaluation pass', 'evaluation passes')} inputs were spread as in training."
    return Observation(KIND, len(passes) if training is not None else 0, summary, tuple(findings))


def _mismatch(training: Spread, evaluation: Spread) -> bool:
    """Another scale that only a step of preparation explains: a domain of its own need not be what training saw."""
    if _bytes_beside_fractions(training, evaluation) or _bytes_beside_fractions(evaluation, training):
        return True
    scaled = training.low >= -1.01 and training.high <= 1.01 and evaluation.low >= 0 and evaluation.high > PIXELS
    unscaled = evaluation.low >= -1.01 and evaluation.high <= 1.01 and training.low >= 0 and training.high > PIXELS
    return scaled or unscaled or ((training.standard or evaluation.standard) and training.differs(evaluation))


def _bytes_beside_fractions(one: Spread, other: Spread) -> bool:
    """Whether these are whole numbers as of pixels, and those lie around zero, whatever they were divided by."""
    pixels = one.whole and one.low >= 0 and PIXELS < one.high <= BRIGHTEST
    return pixels and not other.whole and other.low < 0 and max(-other.low, other.high) <= STANDARDISED


def _spread(notes: Sequence[Event]) -> Spread | None:
    """All batches together."""
    if not notes or len({len(e["means"]) for e in notes}) > 1:
        return None
    rows = sum(e["rows"] for e in notes)
    means = [sum(e["means"][i] * e["rows"] for e in notes) / rows for i in range(len(notes[0]["means"]))]
    squares = [sum(e["squares"][i] * e["rows"] for e in notes) / rows for i in range(len(means))]
    deviations = [max(0.0, square - mean**2) ** 0.5 for mean, square in zip(means, squares, strict=True)]
    different = {(tuple(e["means"]), tuple(e["squares"])): e["rows"] for e in notes}
    low, high = min(e["low"] for e in notes), max(e["high"] for e in notes)
    return Spread(means, deviations, low, high, sum(different.values()), all(e["whole"] for e in notes))


def _middle(values: Sequence[float]) -> float:
    """The feature that stands out most speaks for all."""
    return max(values, key=abs)
