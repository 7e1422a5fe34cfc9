"""Clipping of gradients that are still multiplied by the scale of a GradScaler."""

from __future__ import annotations

from torchdojo.domain.finding import Observation
from torchdojo.domain.trace import Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.findings import bug
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, share

KIND = "clip-before-unscale"
WATCHERS = ("scaling",)

#: A bound this share of the scale or above was multiplied by it on purpose.
SCALED_BOUND = 0.01

ENOUGH, MOST = 2, 0.5


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Gradients have to be unscaled before they are compared with a bound."""
    clips = list(trace.notes("scaling", "clip"))
    scaled = [c for c in clips if c["scaled"] and c["scale"] > 1 and c["limit"] < SCALED_BOUND * c["scale"]]
    findings = []
    if len(scaled) >= ENOUGH and len(scaled) > MOST * len(clips):
        first = scaled[0]
        message = (
            f"{share(len(scaled), len(clips))} calls clipped gradients that were still multiplied by the scale, "
            f"{first['scale']:,.0f}: a bound of {first['limit']:g} then means {first['limit'] / first['scale']:.2g} "
            "for the true gradient."
        )
        findings.append(bug(KIND, message, distinct_places(trace, scaled)))
    summary = f"{counted(len(clips), 'call')} clipped gradients after they had been unscaled."
    return Observation(KIND, len(clips), summary, tuple(findings))
