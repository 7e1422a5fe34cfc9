"""Events and values have to agree on a fix; the one that contradicts it is believed."""

from __future__ import annotations

import pytest

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.report import BugState, RestsOn
from torchdojo.judge.findings import Opinion, State, combine, from_observation

FIXED = State(BugState.FIXED, RestsOn.EVENTS, "Seen in 380 steps.")
OPEN = State(BugState.OPEN, RestsOn.EVENTS, "Seen to be wrong.", "line 9")
UNSEEN = State(BugState.NO_EVIDENCE, RestsOn.EVENTS, "Nothing was seen.")
SOUND, FAULTY = Opinion(True, "Gradients fit."), Opinion(False, "Gradients are those of the bug.")


@pytest.mark.parametrize(
    ("events", "opinion", "state", "rests_on"),
    [
        (FIXED, SOUND, BugState.FIXED, RestsOn.BOTH),
        (FIXED, None, BugState.FIXED, RestsOn.EVENTS),
        (FIXED, FAULTY, BugState.OPEN, RestsOn.BOTH),
        (OPEN, SOUND, BugState.OPEN, RestsOn.BOTH),
        (OPEN, FAULTY, BugState.OPEN, RestsOn.BOTH),
        (UNSEEN, SOUND, BugState.NO_EVIDENCE, RestsOn.EVENTS),
        (UNSEEN, FAULTY, BugState.OPEN, RestsOn.VALUES),
    ],
)
def test_a_fix_needs_both_to_agree(events, opinion, state, rests_on):
    combined = combine(events, opinion, "(No values.)")
    assert (combined.state, combined.rests_on) == (state, rests_on)


def test_missing_values_are_admitted_beside_a_fix():
    assert combine(FIXED, None, "(No values: the model differs.)").evidence.endswith("(No values: the model differs.)")


def test_silence_without_enough_occasions_is_no_evidence():
    quiet = Observation("missing-zero-grad", 19, "19 steps were fine.")
    assert from_observation(quiet, 20, "Too few steps.") == State(
        BugState.NO_EVIDENCE, RestsOn.EVENTS, "Too few steps."
    )


def test_the_gravest_finding_is_the_one_shown():
    style = Finding("k", Severity.STYLE, Certainty.EVENT, "a matter of taste")
    bug = Finding("k", Severity.BUG, Certainty.EVENT, "a bug", "line 3")
    state = from_observation(Observation("k", 100, "", (style, bug)), 20, "")
    assert (state.state, state.evidence, state.where) == (BugState.OPEN, "a bug", "line 3")
