"""An accelerator that is there and stays idle. Needs a run on a machine, real or simulated, that has one."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.placement import on_accelerator, placements
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, share

KIND = "hardcoded-cpu"


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """With an accelerator at hand, model and batches have to be on it when training runs."""
    end = trace.end
    if end is None or end.get("accelerator_ops") is None:
        return Observation(KIND, 0, "The run had no accelerator to use.")
    forwards = placements(trace)
    idle = [f for f in forwards if not on_accelerator(f)]
    findings: tuple[Finding, ...] = ()
    if idle:
        message = (
            f"An accelerator was there, and {share(len(idle), len(forwards))} training batches ran on "
            f"{idle[0].get('device', 'cpu')} with the model on {idle[0].get('pdevice', 'cpu')}."
        )
        where = distinct_places(trace, idle, most=1)
        findings = (Finding(KIND, Severity.PERFORMANCE, Certainty.EVENT, message, where),)
    summary = (
        f"{counted(len(forwards), 'training batch', 'training batches')} and the model on the accelerator, "
        f"{counted(end['accelerator_ops'], 'operation')} ran there."
    )
    return Observation(KIND, len(forwards), summary, findings)
