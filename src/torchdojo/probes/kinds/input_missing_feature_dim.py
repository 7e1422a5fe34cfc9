"""A batch of single numbers that arrives as one row of features."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.entry import reaching, takes_batch_as_one_row
from torchdojo.probes.expected import Expected
from torchdojo.probes.training import ENOUGH_STEPS, distinct_places
from torchdojo.probes.wording import counted, shape, share

KIND = "input-missing-feature-dim"

#: Of the training forwards so many are alike when a script does what they show.
MOSTLY = 0.9


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """A floating-point batch must reach the first affine layer with a batch dimension and a feature dimension."""
    refused = "shapes cannot be multiplied" in str((trace.end or {}).get("message"))
    of_a_batch = _scored_as_batches(trace)
    # Of a graded script it is known that its batches are rows, whatever they are scored against.
    graded = expected.training_rows is not None
    # Where no affine layer was reached, only an error can say that one was to come.
    flat = [
        f
        for f in trace.of("forward")
        if takes_batch_as_one_row(f)
        and (f.get("entry") or (f.get("failed") and refused))
        and (f.get("failed") or len(f["shape"]) > 1 or f["id"] in of_a_batch or graded)
    ]
    findings: tuple[Finding, ...] = ()
    if flat:
        first = flat[0]
        seen = reaching(first)
        ending = "and the first layer refused it" if first.get("failed") else "and was taken as the features of one row"
        message = (
            f"A batch of {counted(first['shape'][0], 'sample')} reached the first layer as {shape(seen)}, {ending}."
        )
        where = distinct_places(trace, flat, most=1)
        findings = (Finding(KIND, Severity.BUG, Certainty.EVENT, message, where),)
    elif not graded and (perhaps := _number_by_number(trace)):
        message = (
            f"{share(len(perhaps), len(trace.training_forwards))} training forwards got {shape(perhaps[0]['shape'])}, "
            "with as many targets: to the first layer these are the features of one row. If they are rows of one "
            "feature each, they need an axis for it, as by unsqueeze(1)."
        )
        where = distinct_places(trace, perhaps, most=1)
        findings = (Finding(KIND, Severity.STYLE, Certainty.EVENT, message, where),)
    trained = trace.training_forwards
    shapes = sorted({shape(reaching(f)) for f in trained if reaching(f)})
    summary = (
        f"{counted(len(trained), 'training batch', 'training batches')} reached the first layer as "
        f"{' and '.join(shapes[:2])}: rows first, features last."
    )
    return Observation(KIND, len(trained) if shapes else 0, summary, findings)


def _number_by_number(trace: Trace) -> list[Event]:
    """Training forwards of one axis, if nearly all are, whose outputs and targets are as many as their inputs."""
    lengths = {e["forward"]: e["shape"] for e in trace.of("loss") if e["shape"] == e.get("target_shape")}
    trained = trace.training_forwards
    found = [f for f in trained if takes_batch_as_one_row(f) and lengths.get(f["id"]) == f["shape"]]
    return found if len(found) >= max(ENOUGH_STEPS, MOSTLY * len(trained)) else []


def _scored_as_batches(trace: Trace) -> set[int]:
    """Forwards whose input has one dimension and one target for each of its numbers, but no such output.

    Without that, a vector may as well be the features of one sample, as an agent sees its state.
    """
    length = {f["id"]: f["shape"][0] for f in trace.of("forward") if len(f.get("shape") or ()) == 1}
    found = set()
    for loss in trace.of("loss"):
        targets = list(loss.get("target_shape") or [0])
        if loss.get("forward") in length and targets[0] == length[loss["forward"]] and targets != list(loss["shape"]):
            found.add(loss["forward"])
    return found
