"""Predictions of what a program prints, as people type them."""

from __future__ import annotations

import pytest

from torchdojo.domain.judged import Outcome
from torchdojo.domain.printed import judge_printed, labels_of

PRINTED = "torch.Size([2, 3])\nloss 0.25   ok\n\nTrue\n"


@pytest.mark.parametrize(
    "text",
    [PRINTED, "torch.Size( [2,3] )\nloss 0.25 ok\nTrue", "\n  torch.Size([2, 3])\r\nloss  0.25 ok\r\n\r\nTrue"],
)
def test_spaces_and_empty_lines_do_not_matter(text):
    assert judge_printed(PRINTED, text).outcome is Outcome.RIGHT


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("torch.Size([2, 3])\nloss 0.25 ok\nFalse", "Line 3 is wrong."),
        ("torch.Size([3, 2])\nloss 0.25ok\nTrue", "Lines 1 and 2 are wrong."),
        ("torch.Size([2, 3])", "It prints 3 lines, you wrote 1."),
        ("torch.Size([2, 3])\nloss 0.3 ok", "It prints 3 lines, you wrote 2. Line 2 is wrong."),
    ],
)
def test_what_is_wrong_is_named_and_what_is_right_is_not(text, said):
    judged = judge_printed(PRINTED, text)
    assert (judged.outcome, judged.said) == (Outcome.WRONG, said)


def test_a_whole_number_needs_no_point():
    printed = "w 30.0 [1.0, -2.0]  0.50 v1.0"
    assert judge_printed(printed, "w 30 [1, -2.] 0.50 v1.0").outcome is Outcome.RIGHT
    for text in ("w 3 [1, -2] 0.50 v1.0", "w 30 [1, -2] 0.5 v1", "w 30 [1, 2] 0.50 v1.0"):
        assert judge_printed(printed, text).outcome is Outcome.WRONG


def test_numbers_side_by_side_stay_two():
    assert judge_printed("0.5 0.25", "0.50.25").outcome is Outcome.WRONG


def test_nothing_is_no_answer():
    assert judge_printed("1", " \n").outcome is Outcome.UNREADABLE


PROGRAM = """
for x in (True, False):
    print("drops:", f"at {x} rate", "yes" if x else "no")
print("refused")
"""
DROPS = "drops: at True rate yes\ndrops: at False rate no\nrefused\n"


def test_only_words_that_are_printed_whatever_happens_may_be_left_out():
    labels = labels_of(PROGRAM)
    assert judge_printed(DROPS, "True yes\nFalse no\nrefused", labels).outcome is Outcome.RIGHT
    assert judge_printed(DROPS, DROPS, labels).outcome is Outcome.RIGHT
    assert judge_printed(DROPS, "True\nFalse no\nrefused", labels).said == "Line 1 is wrong."
    assert judge_printed(DROPS, "True yes\nFalse no\n-", labels).said == "Line 3 is wrong."
