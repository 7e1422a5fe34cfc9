"""Sheets in their forms: whatever somebody typed is shown as it was typed, and long lines stay on the page."""

from __future__ import annotations

import xml.etree.ElementTree as xml

import pytest
from hypothesis import given
from hypothesis import strategies as some
from markdown_it import MarkdownIt

from torchdojo.paper import to_html, to_markdown, to_pdf
from torchdojo.paper.markdown_form import literal
from torchdojo.paper.sheet import Bullets, Difference, Grid, Heading, Notice, Picture, Prose, Sheet
from torchdojo.paper.timeline import Lane, Mark, Span, timeline

SVG = "{http://www.w3.org/2000/svg}"


def sheet(*blocks) -> Sheet:
    return Sheet("Title", "about", "foot", blocks)


typed = some.text(some.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=40)


@given(typed)
def test_what_was_typed_is_read_as_it_was_typed(text):
    shown = MarkdownIt("commonmark").renderInline(literal(text))
    assert xml.fromstring(f"<p>{shown.replace('&quot;', chr(34))}</p>").text in (" ".join(text.split()), None)


def test_markup_in_program_text_is_text():
    page = to_html(sheet(Difference((("1", "", "−", "<b>&amp;"), ("", "1", "+", "x < y")))))
    assert "&lt;b&gt;&amp;amp;" in page
    assert "<b>" not in page
    assert "x &lt; y" in page


def test_markdown_has_every_kind_of_block():
    text = to_markdown(
        sheet(
            Heading(2, "Bugs", "2 of 3"),
            Notice("**Broken.**"),
            Prose("One."),
            Bullets("Seen", (("this", "1:00"),)),
            Grid(("a", "b"), (("x|y", "`p`\nq"),), (1, 1)),
            Picture("<svg/>", "Run at 1:00."),
            Difference((("1", "", "−", "old"), ("", "1", "+", "new ```"), ("", "", "⋯", ""))),
        )
    )
    assert "# Title\n\nabout\n\n### Bugs (2 of 3)\n\n> **Broken.**\n\nOne.\n\n**Seen**\n\n- this (1:00)" in text
    assert "| a | b |\n| --- | --- |\n| x\\|y | `p` q |" in text
    assert "*Run at 1:00\\.*" in text
    assert "````diff\n-old\n+new ```\n@@\n````" in text


def test_a_page_needs_nothing_from_elsewhere():
    page = to_html(sheet(Picture(timeline((Lane("Runs", "triangle", marks=(Mark(1, "1"),)),), 60, 60, "said"), "said")))
    assert "<script" not in page
    assert "src=" not in page
    assert page.replace('xmlns="http://www.w3.org/2000/svg"', "").count("http") == 0


def drawn(*lanes: Lane, length: float = 2700, limit: float = 2700) -> xml.Element:
    return xml.fromstring(timeline(lanes, length, limit, "A <said> & done"))


def test_the_picture_says_what_it_shows():
    assert drawn().get("aria-label") == "A <said> & done"


def test_later_is_further_right_and_close_marks_stand_below_one_another():
    svg = drawn(Lane("Fixes", "disc", marks=(Mark(60, "1"), Mark(61, "2"), Mark(1500, "3"))))
    first, second, third = ((float(c.get("cx")), float(c.get("cy"))) for c in svg.iter(f"{SVG}circle"))
    assert first[0] < second[0] < third[0]
    assert first[1] == third[1] < second[1]


@pytest.mark.parametrize("shape", ["triangle", "disc", "cross", "diamond"])
def test_marks_of_one_lane_are_drawn_alike_and_unlike_another_s(shape):
    def outline(name: str) -> str:
        svg = drawn(Lane("x", name, marks=(Mark(100, ""),)))
        plain = drawn(Lane("x", name))
        return xml.tostring(svg, encoding="unicode").replace(xml.tostring(plain, encoding="unicode"), "")

    others = {"triangle", "disc", "cross", "diamond"} - {shape}
    assert outline(shape) not in {outline(other) for other in others}


@given(some.lists(some.tuples(some.floats(0, 40_000), some.floats(0, 40_000)), max_size=30), some.floats(0, 40_000))
def test_nothing_is_drawn_outside_the_picture(times, limit):
    spans = tuple(Span(min(pair), max(pair), "1") for pair in sorted(times))
    marks = tuple(Mark(at, "12") for at, _ in sorted(times))
    length = max((max(pair) for pair in times), default=0.0)
    svg = drawn(Lane("Stages", "bar", spans=spans), Lane("Fixes", "disc", marks=marks), length=length, limit=limit)
    _, _, width, height = map(float, str(svg.get("viewBox")).split())
    for rect in svg.iter(f"{SVG}rect"):
        assert float(rect.get("x")) + float(rect.get("width")) <= width
    for circle in svg.iter(f"{SVG}circle"):
        assert float(circle.get("cx")) + 4 <= width
        assert float(circle.get("cy")) + 4 <= height


def test_a_pdf_says_nothing_of_when_it_was_made():
    pytest.importorskip("typst")
    made = to_pdf(sheet(Prose("One."), Difference((("1", "", "−", "x" * 300),))))
    assert b"/CreationDate" not in made
    assert b"/ModDate" not in made
