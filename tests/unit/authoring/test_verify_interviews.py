"""Interviews are proved: what they name exists, fits, and is worth its price."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from tests.unit.library.test_interviews import MANIFEST, SCRIPT

from torchdojo.authoring import verify_content
from torchdojo.cli.root import cli
from torchdojo.domain.errors import BadInput
from torchdojo.library import Library


@pytest.fixture
def verified(content, write_exercise, write_question):
    write_exercise()
    write_question()

    def verify(manifest: tuple[str, str] = ("", ""), script: tuple[str, str] = ("", "")):
        folder = content.parent / "interviews" / "a-line"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "interview.toml").write_text(MANIFEST.replace(*manifest))
        (folder / "script.md").write_text(SCRIPT.replace(*script))
        (result,) = verify_content(Library(shipped=content), ["interview:a-line"], lambda *_, **__: None)
        return result

    return verify


def test_a_sound_interview_holds(verified):
    result = verified()
    assert result.ok, [claim.evidence for claim in result.broken]
    assert result.exercise == "interview:a-line"


@pytest.mark.parametrize(
    ("manifest", "script", "told"),
    [
        (('exercise = "line-fit"', 'exercise = "line-fat"'), ("", ""), "there is none"),
        (('round = "debug"', 'round = "implement"'), ("", ""), "the round is implement"),
        (("minutes = 15", "minutes = 14"), ("", ""), "stages take"),
        (("missing-zero-grad-1", "missing-zero-grad-9"), ("", ""), "which nobody asks"),
        (("", ""), ("bug=missing-zero-grad", "bug=no-such-bug"), "'no-such-bug'"),
        (("", ""), ("{#in-grad price=2", "{#about-too-fast price=2"), "'about-too-fast' is also"),
        (('id = "debugging"', 'id = "courage"'), (" debugging}", " courage}"), ""),
        (("", ""), ("bugs probing", "bugs"), "own questions"),
        (("", ""), ("bugs probing", "probing"), "what is graded"),
        (("minutes = 15", "minutes = 15\nnudge_price = 20"), ("price=2 ", "price=20 "), ""),
        (("work = 50", "work = 20"), ("price=2 ", "price=9 "), "costs 9"),
        (("", ""), ("Explain.", "Explain [this](question:nowhere)."), "no question 'nowhere'"),
    ],
)
def test_what_does_not_hold_is_told(verified, manifest, script, told):
    if manifest[0] == "work = 50":
        manifest = ("work = 50\nanswers = 15\ncriteria = 35", "work = 20\nanswers = 15\ncriteria = 65")
    result = verified(manifest, script)
    assert result.ok is (told == "")
    assert told in " ".join(claim.evidence for claim in result.broken)


def test_an_unknown_interview_is_no_exercise(verified, content):
    verified()
    with pytest.raises(BadInput, match="interview:a-lane") as caught:
        verify_content(Library(shipped=content), ["interview:a-lane"], lambda *_, **__: None)
    assert "interview:a-line" in caught.value.cure


def test_a_new_interview_is_refused_until_it_is_filled_in(content, write_exercise):
    write_exercise()
    made = CliRunner().invoke(cli, ["author", "new", "interview", "my-round", "--root", str(content)])
    assert made.exit_code == 0, made.output
    assert "verify interview:my-round" in made.output
    library = Library(shipped=content)
    (result,) = verify_content(library, ["interview:my-round"], lambda *_, **__: None)
    assert "FILL IN" in result.broken[0].evidence
    again = CliRunner().invoke(cli, ["author", "new", "interview", "my-round", "--root", str(content)])
    assert (again.exit_code, "exists already" in again.output) == (2, True)


def test_list_show_and_guide_from_the_terminal(tmp_path):
    run = CliRunner().invoke
    assert "spiral-classifier" in run(cli, ["interview", "list"]).output
    assert '"round": "concepts"' in run(cli, ["interview", "show", "concepts", "--json"]).output
    assert "What do you know already" in run(cli, ["interview", "show", "diagnosis"]).output
    file = tmp_path / "guide.html"
    assert run(cli, ["interview", "guide", "spiral-classifier", "--html", str(file)]).exit_code == 0
    assert "Scoring sheet" in file.read_text(encoding="utf-8")
