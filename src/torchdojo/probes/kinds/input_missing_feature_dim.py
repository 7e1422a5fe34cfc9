"""A batch of single numbers that arrives as one row of features."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, shape

KIND = "input-missing-feature-dim"


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """A floating-point batch must reach the first affine layer with a batch dimension and a feature dimension."""
    forwards = [f for f in trace.of("forward") if f.get("shape") and str(f.get("dtype", "")).startswith(_FLOATS)]
    flat = [f for f in forwards if _is_flat(f)]
    findings: tuple[Finding, ...] = ()
    if flat:
        first = flat[0]
        seen = _reaching(first)
        ending = "and the first layer refused it" if first.get("failed") else "and was taken as the features of one row"
        message = (
            f"A batch of {counted(first['shape'][0], 'sample')} reached the first layer as {shape(seen)}, {ending}."
        )
        where = distinct_places(trace, flat, most=1)
        findings = (Finding(KIND, Severity.BUG, Certainty.EVENT, message, where),)
    trained = trace.training_forwards
    shapes = sorted({shape(_reaching(f)) for f in trained if _reaching(f)})
    summary = (
        f"{counted(len(trained), 'training batch', 'training batches')} reached the first layer as "
        f"{' and '.join(shapes[:2])}: rows first, features last."
    )
    return Observation(KIND, len(trained) if shapes else 0, summary, findings)


_FLOATS = ("float", "bfloat")


def _reaching(forward: Event) -> list[int]:
    return list(forward.get("entry") or forward.get("shape") or ())


def _is_flat(forward: Event) -> bool:
    """One dimension at the first layer, or one row that holds what was the batch."""
    given, reached = list(forward["shape"]), _reaching(forward)
    if len(given) != 1 or given[0] < 2:
        return False
    return len(reached) == 1 or (len(reached) == 2 and reached[0] == 1 and reached[1] == given[0])
