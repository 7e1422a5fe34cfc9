"""The state of every planted bug, from probes, values, device runs and transplants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from torchdojo.domain.report import BugResult, BugState, RestsOn
from torchdojo.domain.trace import Trace
from torchdojo.judge.coverage import Coverage
from torchdojo.judge.ending import Ending
from torchdojo.judge.findings import Opinion, State, combine, from_observation
from torchdojo.judge.reference import Facts, facts_of
from torchdojo.probes import probes
from torchdojo.probes.training import ENOUGH_STEPS

#: Kinds that are judged by the evaluation passes; every other kind by the training steps.
EVALUATION_KINDS = frozenset(
    {
        "evaluation-on-training-data",
        "metric-broadcasting",
        "metric-not-reduced",
        "missing-eval-mode",
        "missing-no-grad",
        "wrong-decision-rule",
        "wrong-metric-average",
    }
)

#: Those of them that need layers which have an eval mode.
MODE_KINDS = frozenset({"missing-eval-mode", "missing-no-grad"})

#: Kinds for which the rows that were trained on must be (nearly) all of them.
ROW_KINDS = frozenset({"unshuffled-training"})

#: Kinds whose one occasion in a run is enough: what is restored or read to go on, or looked at once for a model.
SINGLE_KINDS = frozenset(
    {
        "adapter-not-identity",
        "batch-dimension-merged",
        "best-state-by-reference",
        "load-matches-nothing",
        "resume-loses-state",
        "view-instead-of-permute",
    }
)

#: Kinds whose occasions are epochs, of which a run has few.
EPOCH_KINDS = frozenset({"same-order-every-epoch"})

ENOUGH_EPOCHS = 2

#: Kinds on which values can say something.
VALUE_KINDS = frozenset(
    {
        "softmax-before-cross-entropy",
        "missing-zero-grad",
        "target-shape-broadcast",
        "unshuffled-training",
        "missing-eval-mode",
    }
)


#: Kinds that keep a part of the network from training: while one is open, the others are judged by the rest.
CUTTING_KINDS = frozenset(
    {
        "broken-graph",
        "checkpoint-kills-adapter-gradients",
        "parameters-not-in-optimizer",
        "unregistered-layers",
        "wrong-part-frozen",
    }
)

#: What half a fix leaves behind, by the kind that was to be fixed: looked for as new only once that is fixed.
LEFT_BEHIND = {"target-shape-broadcast": frozenset({"metric-broadcasting"})}

#: The kind by which a task says what is to be trained.
FREEZING = "wrong-part-frozen"

#: What is said of a kind without a probe.
UNSEEN = "Nothing in a single run can tell whether this bug is there."


def all_from_events(
    kinds: Iterable[str], trace: Trace, clean: Facts, cover: Coverage, ended: Ending
) -> dict[str, State]:
    """What the recorded run alone says about each of these kinds.

    That a part of the network is not trained withholds the evidence of a fix, unless a planted bug that is open is
    the reason: the run fails by that one anyway.
    """
    chosen = sorted(kinds)
    states = {kind: from_events(kind, trace, clean, cover, ended) for kind in chosen}
    if any(states[kind].state is BugState.OPEN for kind in CUTTING_KINDS & states.keys()):
        if cover.parameters:
            rest = replace(cover, parameters="")
            states = {kind: from_events(kind, trace, clean, rest, ended) for kind in chosen}
    elif FREEZING in states and states[FREEZING].state is BugState.FIXED:
        states[FREEZING] = _as_much_trained(states[FREEZING], facts_of(trace), clean)
    return states


def from_events(kind: str, trace: Trace, clean: Facts, cover: Coverage, ended: Ending) -> State:
    """What the recorded run alone says about one kind."""
    if kind not in probes():
        return State(BugState.NO_EVIDENCE, RestsOn.EVENTS, UNSEEN)
    observation = probes()[kind].observe(trace, clean.expected)
    evaluation = kind in EVALUATION_KINDS
    missing = cover.evaluation if evaluation else cover.steps
    if not missing and kind in MODE_KINDS:
        missing = "No layer that has an eval mode ran."
    if not missing:
        missing = observation.summary if trace.training_forwards else "No model was seen in training."
    enough = 1 if evaluation or kind in SINGLE_KINDS else ENOUGH_EPOCHS if kind in EPOCH_KINDS else ENOUGH_STEPS
    state = from_observation(observation, enough, missing)
    if state.state is BugState.FIXED:
        fault = cover.evaluation if evaluation else cover.steps or cover.parameters
        fault = fault or (cover.rows if kind in ROW_KINDS else "")
        if fault:
            state = State(BugState.NO_EVIDENCE, RestsOn.EVENTS, fault)
    if state.state is BugState.NO_EVIDENCE and ended.obstacle:
        return State(state.state, state.rests_on, f"Not observable until {ended.obstacle}.", ended.where)
    return state


def _as_much_trained(state: State, own: Facts, clean: Facts) -> State:
    """The same, if as many weights train at last as in the clean run: what is to be frozen is the task's to say."""
    if own.trained == clean.trained or clean.trained < 0:
        return state
    message = f"At last {own.trained:,} weights had a gradient and an optimizer; {clean.trained:,} are to be trained."
    return State(BugState.OPEN, RestsOn.EVENTS, message)


def with_values(kind: str, state: State, opinions: Mapping[str, Opinion], unavailable: str) -> State:
    """The same with the values taken into account, where the kind has any."""
    return combine(state, opinions.get(kind), unavailable) if kind in VALUE_KINDS else state


def results(bugs: Sequence[tuple[str, str]], states: Mapping[str, State]) -> tuple[BugResult, ...]:
    """The report's entries for these bugs (id and kind), in this order."""
    return tuple(
        BugResult(bug_id, state.state, state.rests_on, state.evidence, state.where)
        for bug_id, kind in bugs
        for state in (states[kind],)
    )
