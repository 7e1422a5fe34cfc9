"""Questions and guides are proved: links lead somewhere, code prints what it says, no common error is taught."""

from __future__ import annotations

import re

import pytest

from torchdojo.authoring import Verification, verify_content
from torchdojo.authoring.scripts import WarmScripts
from torchdojo.domain.blocks import BlockRun
from torchdojo.domain.errors import BadInput
from torchdojo.library import Library

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9" stroke="currentColor"/></svg>'


def no_grading(*_: object, **__: object) -> None:
    raise AssertionError("nothing of a text is graded")


@pytest.fixture(scope="module")
def run_block():
    """Runs programs in forks of one process, which imports torch once for all the tests."""
    with WarmScripts() as scripts:

        def run(source: str) -> BlockRun:
            ran = scripts(source, {})
            return BlockRun(ran.printed, not ran.failed, ran.failed)

        yield run


@pytest.fixture
def verified(content, write_exercise, run_block):
    """Verifies texts beside a sound exercise."""
    write_exercise()

    def verify(*names: str) -> list[Verification]:
        return verify_content(Library(shipped=content), names, no_grading, run_block=run_block)

    return verify


def told(result: Verification) -> str:
    return " ".join(f"{claim.name}: {claim.evidence}" for claim in result.broken)


def test_a_sound_question_and_a_sound_guide_hold(content, write_exercise, write_question, write_guide):
    write_exercise()
    write_question()
    write_guide()
    question, guide = verify_content(Library(shipped=content), ["gradient-step", "how-to-learn"], no_grading)
    assert question.ok, told(question)
    assert guide.ok, told(guide)
    assert ("code", "1 ran and printed what the text says, 1 parse") in [(c.name, c.evidence) for c in question.claims]
    assert "1 follow-ups, 1 quizzes, 1 tables" in question.claims[0].evidence


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        (("exercise:line-fit", "exercise:line-fat"), "links: .*line 17: there is no exercise 'line-fat'"),
        (("exercise:line-fit", "question:nowhere"), "line 17: there is no question 'nowhere'"),
        (("exercise:line-fit", "kind:no-such-kind"), "line 17: there is no kind 'no-such-kind'"),
        (("exercise:line-fit", "question:gradient-step#lost"), "has no place #lost"),
        (("exercise:line-fit", "#lost"), "the link #lost leads nowhere"),
        (("exercise:line-fit", "other.md"), "'other.md' is of no known kind"),
        (("They add up.", "![](pictures/a.svg)"), "line 46: the picture .*a.svg is missing"),
        (('bugs = ["missing-zero-grad"]', 'bugs = ["nothing"]'), "`bugs` names 'nothing'"),
        (('bugs = ["missing-zero-grad"]', 'see = ["nothing"]'), "`see` names 'nothing'"),
        (('bugs = ["missing-zero-grad"]', 'see = ["gradient-step"]'), "`see` names 'gradient-step'"),
        (('exercises = ["line-fit"]', 'exercises = ["gone"]'), "`exercises` names 'gone'"),
        (("```output\n1.0", "```output\n2.0"), "line 32: the block printed '1.0', the text says '2.0'"),
        (("grad = 1 + 1", "grad = 1 +"), "line 48: the Python block does not parse"),
    ],
)
def test_what_does_not_hold_is_named_with_its_line(verified, write_question, change, fact):
    write_question("gradient-step", change)
    (result,) = verified("gradient-step")
    assert len(result.broken) == 1
    assert re.search(fact, told(result))


def test_links_to_places_that_exist_hold(verified, write_question, write_guide):
    write_question("gradient-step", ("exercise:line-fit", "guide:how-to-learn#times"), ("They add up.", "[So](#adds)."))
    write_guide("how-to-learn", ("question:gradient-step", "question:gradient-step#why-clear"))
    assert [told(result) for result in verified("gradient-step", "how-to-learn")] == ["", ""]


def test_every_broken_block_is_named_at_once(content, write_exercise, write_question):
    write_exercise()
    write_question("gradient-step", ("1.0\n```", "9\n```"), ("They add up.", "```python run\n1 / 0\n```"))
    (result,) = verify_content(Library(shipped=content), ["gradient-step"], no_grading)
    assert len([claim for claim in result.broken if claim.name == "code"]) == 2


@pytest.mark.parametrize(
    ("ran", "fact"),
    [
        (BlockRun("1.0\n", True), ""),
        (BlockRun("UserWarning: old\n1.0\n", True), "the block printed 'UserWarning: old"),
        (BlockRun("", False, "Needed more than 2048 MB."), "the block ended with Needed more than 2048 MB."),
        (BlockRun("Traceback\nValueError: no\n", False), "the block ended with ValueError: no"),
    ],
)
def test_programs_of_texts_hold_where_a_readers_click_runs_them(verified, content, write_question, ran, fact):
    write_question()
    (result,) = verify_content(Library(shipped=content), ["gradient-step"], no_grading, run_block=lambda source: ran)
    assert fact in told(result)
    assert result.ok == (fact == "")


def test_a_question_that_cannot_be_read_says_why(verified, write_question):
    write_question("broken", ("## In code", "## In cod"))
    (result,) = verified("broken")
    assert "'In cod' is no section" in told(result)


def test_a_picture_has_to_be_there_described_and_plain(content, verified, write_guide):
    pictures = content.parent / "guides" / "pictures"
    pictures.mkdir(parents=True)
    (pictures / "plain.svg").write_text(PICTURE, encoding="utf-8")
    (pictures / "loud.svg").write_text(PICTURE.replace("<path", "<path onclick='x()'"), encoding="utf-8")
    write_guide("plain", ("Again.", "![A line](pictures/plain.svg)"), ("question:gradient-step", "#times"))
    write_guide("bare", ("Again.", "![](pictures/plain.svg)"), ("question:gradient-step", "#times"))
    write_guide("loud", ("Again.", "![A line](pictures/loud.svg)"), ("question:gradient-step", "#times"))
    plain, bare, loud = (told(result) for result in verified("plain", "bare", "loud"))
    assert plain == ""
    assert "no text alternative" in bare
    assert "onclick" in loud


REFUSE = ("Again.\n", "```refused\nadds up to 40\n```\n")


def test_a_common_error_is_found_wherever_it_is_taught(verified, write_question, write_guide):
    write_guide("errata", REFUSE, ("question:gradient-step", "#times"))
    write_question("sound", ("It does not.", "It adds up to 40, they say."))
    write_question("wrong", ("They add up.", "It Adds\nup to 40."))
    sound, wrong, errata = verified("sound", "wrong", "errata")
    assert sound.ok, told(sound)
    assert errata.ok, told(errata)
    assert "line 46: 'Adds\\nup to 40' is a common error (errata.md, line" in told(wrong)


def test_prompts_and_debriefs_are_looked_through_too(content, write_exercise, write_guide):
    write_exercise("line-fit", debrief_md="It adds up to 40.\n")
    write_guide("errata", REFUSE, ("question:gradient-step", "#times"))
    results = verify_content(Library(shipped=content), [], broken_grader)
    assert [result.exercise for result in results] == ["line-fit", "errata", "all exercises", "all texts"]
    assert "debrief.md, line 1: 'adds up to 40'" in told(results[-1])


def broken_grader(exercise, source, **_):
    from torchdojo.domain.report import Report, Verdict

    return Report(exercise.id, "debug", Verdict.INTERNAL_ERROR, 0.0, "not asked")


def test_a_name_that_is_nothing_is_refused_with_the_nearest(verified, write_question):
    write_question()
    with pytest.raises(BadInput, match="question, guide or interview 'gradient-stop'") as caught:
        verified("gradient-stop")
    assert "gradient-step" in caught.value.cure
