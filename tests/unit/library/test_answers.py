"""The header of an answer is its promise."""

from __future__ import annotations

import pytest

from torchdojo.domain.errors import BadContent
from torchdojo.domain.report import Verdict
from torchdojo.library import fake_answers, load_exercise, right_answers


def test_answers_come_by_name_with_what_they_declare(write_exercise):
    crash = "# style: crashes\n# open: too-fast, missing-zero-grad\n# verdict: runtime_error\nx = 1  # open: nothing\n"
    cheat = "# style: prints a pass\n# open: none\n"
    exercise = load_exercise(write_exercise(fake__crash_py=crash, fake__cheat_py=cheat))
    assert [(a.name, a.style, a.verdict) for a in right_answers(exercise)] == [
        ("right/first.py", "the first", Verdict.PASSED),
        ("right/second.py", "the second", Verdict.PASSED),
    ]
    declared = {a.name: (a.open, a.verdict) for a in fake_answers(exercise)}
    assert declared["fake/crash.py"] == (("missing-zero-grad", "too-fast"), Verdict.RUNTIME_ERROR)
    assert declared["fake/cheat.py"] == ((), Verdict.WRONG_ANSWER)
    assert declared["fake/once.py"] == (("missing-zero-grad",), Verdict.WRONG_ANSWER)


@pytest.mark.parametrize(
    ("name", "text", "fact"),
    [
        ("fake__bad_py", "x = 1\n", "says no style"),
        ("fake__bad_py", "# style: s\nx = 1\n", "lists no bugs"),
        ("fake__bad_py", "# style: s\n# open: no-such-bug\n", "names 'no-such-bug'"),
        ("fake__bad_py", "# style: s\n# open:\n", "is empty"),
        ("fake__bad_py", "# style: s\n# open: none\n# verdict: passed\n", "`# verdict:` is 'passed'"),
        ("fake__bad_py", "# style: s\n# style: t\n# open: none\n", "stands twice"),
        ("right__bad_py", "# style: s\n# open: too-fast\n", "a right answer declares `open`"),
    ],
)
def test_a_header_out_of_format_is_refused(write_exercise, name, text, fact):
    exercise = load_exercise(write_exercise(**{name: text}))
    with pytest.raises(BadContent) as caught:
        right_answers(exercise)
        fake_answers(exercise)
    assert fact in caught.value.fact
    assert "bad.py" in caught.value.fact
    assert caught.value.cure
