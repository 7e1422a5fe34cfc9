"""The state of one bug, and how a probe's observation becomes one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.report import BugState, RestsOn

_GRAVITY = {Severity.BUG: 0, Severity.PERFORMANCE: 1, Severity.STYLE: 2}


@dataclass(frozen=True, slots=True)
class State:
    """Whether a bug is gone, on what that rests, the evidence in one or two sentences, and where."""

    state: BugState
    rests_on: RestsOn
    evidence: str
    where: str = ""

    def because(self, sentence: str) -> State:
        """The same state with a sentence added to its evidence."""
        return replace(self, evidence=f"{self.evidence} {sentence}".strip())


@dataclass(frozen=True, slots=True)
class Opinion:
    """What values from outside say: True supports the fix, False contradicts it."""

    fixed: bool
    sentence: str


def worst(findings: tuple[Finding, ...]) -> Finding:
    """The gravest finding, the first of equals."""
    return min(findings, key=lambda f: _GRAVITY[f.severity])


def from_observation(observation: Observation, enough: int, missing: str) -> State:
    """Open with a finding, fixed with enough occasions and none; `missing` is said when there were too few."""
    if observation.findings:
        finding = worst(observation.findings)
        rests_on = RestsOn.EVENTS if finding.certainty is not Certainty.NUMERIC else RestsOn.BOTH
        return State(BugState.OPEN, rests_on, finding.message, finding.where)
    if observation.applicable < enough:
        return State(BugState.NO_EVIDENCE, RestsOn.EVENTS, missing)
    return State(BugState.FIXED, RestsOn.EVENTS, observation.summary)


def combine(events: State, opinion: Opinion | None, unavailable: str) -> State:
    """Events and values together: both must agree on a fix; one that contradicts it is believed.

    Values alone never make a fix out of missing events: what was not seen during the run was not done there.
    """
    if opinion is None:
        return events.because(unavailable) if events.state is BugState.FIXED else events
    if events.state is BugState.FIXED and not opinion.fixed:
        return State(
            BugState.OPEN,
            RestsOn.BOTH,
            f"{opinion.sentence} The recorded run shows nothing of this; the values are believed.",
            events.where,
        )
    if events.state is BugState.OPEN and opinion.fixed:
        return State(
            events.state, RestsOn.BOTH, f"{events.evidence} In a short run on fresh data it did not show.", events.where
        )
    if events.state is BugState.NO_EVIDENCE:
        return events if opinion.fixed else State(BugState.OPEN, RestsOn.VALUES, opinion.sentence, events.where)
    return State(events.state, RestsOn.BOTH, events.evidence, events.where).because(opinion.sentence)
