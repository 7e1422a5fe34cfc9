"""Each process steps with the gradients of its own rows: what began as one model becomes several."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.passes import WATCHER as PASSES
from torchdojo.probes.processes import WATCHER, is_one_training, together
from torchdojo.probes.wording import counted, share

KIND = "gradients-not-averaged"
WATCHERS = (WATCHER, PASSES)

#: Moments at which weights were compared.
FEWEST = 4

#: Less than this share of a model per backward pass went through collective calls: losses and counts, no gradients.
NO_GRADIENTS = 0.01

#: At least so much of it per pass is meant to be gradients.
OFTEN = 0.5


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Compare the weights of the processes after each update; where they are unknown, look at what was exchanged."""
    group = together(trace)
    if group is None or group["passes"] < FEWEST or not is_one_training(trace, group):
        return Observation(KIND, 0, "No several processes trained one model on parts of the data.")
    if group["began"] is not None:
        return _by_weights(trace, group)
    return _by_calls(trace, group)


def _by_weights(trace: Trace, group: Event) -> Observation:
    """What the weights say: they are known of every process that was seen."""
    equal, compared = group["equal"], group["compared"]
    summary = f"After {share(equal, compared)} updates all {group['seen']} processes had the same weights."
    if not group["began"] or compared < FEWEST:
        return Observation(KIND, 0, summary)
    # Averages of weights now and then are a choice; so are conversations with one neighbour.
    seldom = NO_GRADIENTS * group["passes"] <= group["moved"] < OFTEN * group["passes"]
    if equal == 0 and not group["ended"] and not seldom and not group["posted"]:
        after = "every update" if compared == group["passes"] else f"each of {counted(compared, 'update')}"
        message = (
            f"{group['seen']} processes began with the same weights and had different ones after {after}: each stepped "
            f"with the gradients of its own rows. In the end weights differ by {100 * group['apart']:.2g} per cent."
        )
        return Observation(KIND, compared, summary, (_finding(trace, Certainty.NUMERIC, message),))
    return Observation(KIND, equal if 2 * equal >= compared else 0, summary)


def _by_calls(trace: Trace, group: Event) -> Observation:
    """What went through collective calls: the other processes were not seen."""
    passes = group["passes"]
    worked = counted(passes, "backward pass", "backward passes")
    summary = f"As much as {group['moved']:.3g} models went between the processes in {worked}."
    if not group["joined"] or group["seen"] > 1 or group["wrapped"] or group["posted"]:
        return Observation(KIND, 0, summary)
    if group["moved"] < NO_GRADIENTS * passes:
        message = (
            f"{group['world']} processes train on parts of the data, and in {worked} nothing as large as the gradients "
            "went between them: each steps with its own."
        )
        return Observation(KIND, passes, summary, (_finding(trace, Certainty.EVENT, message),))
    # That much crossed; whether it reached the update shows only in the weights of the others.
    return Observation(KIND, 0, f"{summary} What each process made of it is not seen.")


def _finding(trace: Trace, certainty: Certainty, message: str) -> Finding:
    return Finding(KIND, Severity.BUG, certainty, message, trace.place(trace.steps[-1]) if trace.steps else "")
