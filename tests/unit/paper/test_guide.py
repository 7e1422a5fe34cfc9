"""The printed guide has everything an interviewer needs, in both forms, and nothing in a text can break it."""

from __future__ import annotations

import re
import sys

import pytest
from click.testing import CliRunner

from torchdojo.app.compose import open_dojo
from torchdojo.app.interview_scripts import guide_sheet
from torchdojo.cli.root import cli
from torchdojo.domain.errors import BadInput
from torchdojo.paper import Sheet, to_html, to_pdf
from torchdojo.paper.formulas import formula_to_html, formula_to_typst
from torchdojo.paper.sheet import Asked, Bullets, Grid, Heading, Kept, Listing, Prose, Speech

NASTY = 'A "quote", a \\ backslash, #set page(), $x_1$, `[code]`, *star*, <b>, ] and [ and @name // no comment ☐ ＿'


@pytest.fixture(scope="module")
def dojo():
    with open_dojo(with_grader=False) as opened:
        yield opened


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).replace("&quot;", '"').replace("&#x27;", "'")


def test_the_guide_of_a_debug_round_has_every_part(dojo):
    interview, exercise = dojo.library.interview("spiral-classifier"), dojo.library.find("spiral-classifier")
    page = to_html(guide_sheet(dojo, "spiral-classifier"))
    told = words(page)
    for part in ("Read aloud", "Timetable", "The bugs", "Probing questions", "Scoring sheet", "as it is handed out"):
        assert part in told + page
    for bug in exercise.bugs:
        assert bug.title in told
        assert all(words(asked.question) in told for asked in bug.probing)
    for criterion in interview.criteria:
        assert all(words(anchor) in told for anchor in criterion.anchors.values())
    assert "0:36 – 0:45" in told
    assert "Softmax(dim=1)" in told


def test_the_page_needs_nothing_from_elsewhere(dojo):
    page = to_html(guide_sheet(dojo, "concepts"))
    assert not re.search(r"<script|<link|src=|https?://[^ ]*\.(css|js)|url\(", page)
    assert "&lt;" not in words(page).split("Scoring sheet")[1]


def test_a_generic_guide_takes_the_exercise_it_is_given(dojo):
    with_bugs = words(to_html(guide_sheet(dojo, "any-exercise", "tiny-regressor")))
    assert "Points in order along the line" in with_bugs
    assert "--exercise ID" in words(to_html(guide_sheet(dojo, "any-exercise")))
    implement = words(to_html(guide_sheet(dojo, "any-exercise", "layer-norm")))
    assert "Hints of the exercise" in implement


@pytest.mark.parametrize(
    ("slug", "exercise", "fact"),
    [
        ("spiral-clasifier", "", "no interview"),
        ("spiral-classifier", "tiny-regressor", "is written for"),
        ("diagnosis", "layer-norm", "implement exercise"),
        ("concepts", "layer-norm", "implement exercise"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_cure(dojo, slug, exercise, fact):
    with pytest.raises(BadInput, match=fact) as caught:
        guide_sheet(dojo, slug, exercise)
    assert caught.value.cure


def test_nothing_in_a_text_is_taken_for_markup():
    sheet = Sheet(
        NASTY,
        NASTY,
        NASTY,
        (
            Heading(1, NASTY, NASTY),
            Prose(f"{NASTY}\n\n- {NASTY}\n\n| a | b |\n|---|---|\n| {NASTY} | c |\n\n```python\n{NASTY}\n```"),
            Speech(NASTY),
            Bullets(NASTY, ((NASTY, NASTY),), ticks=True),
            Grid((NASTY,), ((NASTY,),), (1,)),
            Asked(NASTY, NASTY, NASTY),
            Listing(NASTY + "x" * 300),
            Kept((Heading(3, NASTY, NASTY), Prose(NASTY))),
        ),
    )
    assert "<b>" not in to_html(sheet)
    pytest.importorskip("typst")
    assert to_pdf(sheet).startswith(b"%PDF")


@pytest.mark.parametrize("slug", ["tiny-regressor", "concepts", "multi-head-attention", "diagnosis"])
def test_every_guide_becomes_a_pdf_without_the_hour_of_its_making(dojo, slug):
    pytest.importorskip("typst")
    pdf = to_pdf(guide_sheet(dojo, slug))
    assert pdf.startswith(b"%PDF")
    assert b"CreationDate" not in pdf


def pages(sheet: Sheet) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", to_pdf(sheet)))


def test_what_is_kept_together_moves_to_the_next_page_unless_it_is_longer_than_one():
    pytest.importorskip("typst")
    lines = "\n\n".join(["A line."] * 25)
    parted = Sheet("a", "b", "c", (Prose(lines), Prose(lines), Prose(lines)))
    kept = Sheet("a", "b", "c", tuple(Kept((Prose(lines),)) for _ in range(3)))
    endless = Sheet("a", "b", "c", (Kept((Prose("\n\n".join([lines] * 4)),)),))
    assert (pages(parted), pages(kept)) == (2, 3)
    assert pages(endless) >= 3


def test_hints_are_printed_once_and_bugs_only_where_there_are_some(dojo):
    told = words(to_html(guide_sheet(dojo, "multi-head-attention")))
    assert told.count("Which features belong to head 0?") == 1
    assert "The hints of the exercise stand under Write it." in told
    assert "bug table" not in told
    assert "probing questions further on" not in told
    assert "New bugs" not in words(to_html(guide_sheet(dojo, "concepts")))


@pytest.mark.parametrize(
    ("arguments", "fact", "cure"),
    [
        (["tiny-regresor", "--html", "guide.html"], "no interview 'tiny-regresor'", "tiny-regressor"),
        (["concepts"], "Nothing says where", "--pdf guide.pdf"),
        (["concepts", "--html", "nowhere/guide.html"], "guide.html could not be written", "another place"),
        (["any-exercise", "--exercise", "layer-nrm", "--html", "guide.html"], "layer-nrm", "layer-norm"),
    ],
)
def test_the_terminal_says_what_is_wrong_and_what_to_do(tmp_path, monkeypatch, arguments, fact, cure):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli, ["interview", "guide", *arguments])
    told = " ".join(result.output.split())
    assert (result.exit_code, "Traceback" in told) == (2, False)
    assert fact in told
    assert cure in told
    assert list(tmp_path.iterdir()) == []


def test_without_typst_the_terminal_names_the_way_out_and_leaves_no_broken_file(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    file = tmp_path / "guide.pdf"
    result = CliRunner().invoke(cli, ["interview", "guide", "concepts", "--pdf", str(file)])
    assert result.exit_code == 2
    assert "torchdojo[pdf]" in result.output
    assert not file.exists()


def test_without_typst_the_way_out_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(BadInput, match="no Typst") as caught:
        to_pdf(Sheet("a", "b", "c", ()))
    assert "--html" in caught.value.cure


def test_formulas_are_written_or_left_as_they_are():
    assert formula_to_html(r"\sqrt{d_k}") == "√(<i>d</i><sub><i>k</i></sub>)"
    assert formula_to_html(r"\tfrac12 x^2") == "(1)/(2)<i>x</i><sup>2</sup>"
    assert formula_to_typst(r"\frac{a}{b}") == "(a)/(b)"
    assert formula_to_typst(r"\begin{aligned} a \end{aligned}") is None
    assert formula_to_html("{ x") is None
