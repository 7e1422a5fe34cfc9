"""Checks in a terminal: all by name, the first failing one in full, in as many lines as there are."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from torchdojo.cli.printing import print_board, print_report
from torchdojo.cli.watching import changes
from torchdojo.domain.failure import Failure, Shown
from torchdojo.domain.report import CheckOutcome, CheckResult, Report, Verdict

WIDE = tuple(tuple(f"-0.{row}{column}34567" for column in range(6)) for row in range(6))


def failed(name: str, cells=(("1.5", "2"),), told: str = "The result is wrong at [0].") -> CheckResult:
    failure = Failure(
        lesson=f"The lesson of {name}.",
        told=told,
        case="n=2",
        call="scale(float32[1, 2], factor=2.0)",
        called="scale",
        arguments=(Shown("x", "float32[1, 2]", cells), Shown("factor", "float", (("2.0",),))),
        got=Shown("", "float32[1, 2]", cells, (0, 0), "", ((0, 0),)),
        expected=Shown("", "float32[1, 2]", cells, (0, 0), "", ((0, 0),)),
    )
    return CheckResult(name, CheckOutcome.FAILED, "Everything in one text.", "line 8, scale", failure)


def report(*checks: CheckResult) -> Report:
    passed = sum(check.outcome is CheckOutcome.PASSED for check in checks)
    verdict = Verdict.PASSED if passed == len(checks) else Verdict.WRONG_ANSWER
    return Report("scale", "implement", verdict, passed / len(checks), checks=checks)


def drawn(draw, seen: Report, height: int = 24) -> list[str]:
    out = Console(file=StringIO(), width=80, height=height, highlight=False)
    draw(seen, {}, out, path="scale.py")
    return out.file.getvalue().splitlines()  # type: ignore[attr-defined]


PASSED = CheckResult("test_rows_sum_to_one", CheckOutcome.PASSED)
SKIPPED = CheckResult("test_never_run", CheckOutcome.SKIPPED)


@pytest.mark.parametrize("draw", [print_report, print_board])
def test_every_check_is_named_in_words_with_its_sign(draw):
    lines = drawn(draw, report(PASSED, failed("test_one_is_wrong"), SKIPPED), height=60)
    assert " ✓ rows sum to one" in lines
    assert " ✗ one is wrong" in lines
    assert " · never run" in lines
    assert not any(line.lstrip(" ✓✗·").startswith("test_") for line in lines)


def test_the_first_failure_is_told_in_full_and_the_others_in_a_line():
    lines = drawn(print_report, report(failed("test_first"), failed("test_second", told="Another\nreason.")))
    text = "\n".join(lines)
    assert "The lesson of test_first." in text
    assert "scale(x, factor=2.0)" in text
    assert "The lesson of test_second." not in text
    (second,) = [line for line in lines if "second" in line]
    assert "Another" in second
    assert "scale.py:8, scale" in text


def test_wrong_values_are_marked_beside_what_was_expected():
    lines = drawn(print_report, report(failed("test_first")))
    (heading,) = [line for line in lines if "expected float32[1, 2]" in line]
    assert "got float32[1, 2]" in heading
    values = lines[lines.index(heading) + 1]
    assert values.count("1.5*") == 2
    assert "2*" not in values
    assert any("* differs" in line for line in lines)


def test_wide_tables_stand_below_each_other_within_80_columns():
    lines = drawn(print_report, report(failed("test_first", WIDE)))
    assert max(map(len, lines)) <= 80
    expected = next(at for at, line in enumerate(lines) if "expected float32" in line)
    got = next(at for at, line in enumerate(lines) if "got float32" in line)
    assert got > expected + 6


@pytest.mark.parametrize("cells", [(("1.5", "2"),), WIDE], ids=["small", "large"])
@pytest.mark.parametrize("others", [0, 3, 15])
def test_the_board_fits_24_lines_and_always_says_what_to_look_at(cells, others):
    more = [failed(f"test_number_{n}", cells) for n in range(others)]
    lines = drawn(print_board, report(*[PASSED] * 5, failed("test_first", cells), *more))
    assert len(lines) <= 20
    text = "\n".join(lines)
    assert "The lesson of test_first." in text
    assert "The result is wrong" in text
    assert "scale.py:8, scale" in text


def test_a_pass_lists_what_was_passed():
    lines = drawn(print_report, report(PASSED))
    assert "passed" in lines[0]
    assert " ✓ rows sum to one" in lines


def test_a_pass_of_many_checks_leaves_the_board_on_the_screen():
    assert len(drawn(print_board, report(*[PASSED] * 30))) <= 20


def test_a_save_that_changes_many_checks_is_told_in_few_words():
    names = [f"test_number_{n}" for n in range(12)]
    before = report(*[CheckResult(name, CheckOutcome.PASSED) for name in names])
    now = report(*[failed(name) for name in names])
    told = changes(before, now, {})
    assert told.startswith("passed before, fails now: number 0, number 1")
    assert "10 more" in told
    assert len(told) < 80
    assert changes(before, before, {}) == ""
    assert "new since the last save: number 0" in changes(now, before, {})


def test_a_failure_without_pieces_is_told_by_its_message():
    check = CheckResult("test_inputs_are_left_alone", CheckOutcome.FAILED, "Your code changes its input.")
    text = "\n".join(drawn(print_report, report(PASSED, check)))
    assert text.count("Your code changes its input.") == 1


def test_what_happened_before_any_check_is_told():
    seen = Report("scale", "implement", Verdict.IMPORT_ERROR, 0.0, "Your file defines no scale.", checks=(SKIPPED,))
    assert "Your file defines no scale." in drawn(print_report, seen)
