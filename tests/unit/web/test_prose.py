"""Markdown becomes HTML, and nothing in it becomes markup of its own."""

from __future__ import annotations

from torchdojo.web.prose import code, inline, markdown


def test_markup_and_script_links_in_content_stay_text() -> None:
    html = markdown("<script>alert(1)</script> [x](javascript:alert(1)) `<b>` $<i>$\n\n```html\n<u>\n```\n")
    assert "<script>" not in html
    assert "href" not in html
    for tag in ("<b>", "<i>", "<u>"):
        assert tag not in html


def test_headings_fit_under_the_title_of_the_page() -> None:
    assert "<h2>Top</h2>" in markdown("# Top")
    assert "<h6>Deep</h6>" in markdown("###### Deep")


def test_formulas_stand_as_their_text_until_they_are_drawn() -> None:
    assert '<span class="formula">x_1 &lt; 2</span>' in markdown("$x_1 < 2$")
    assert "formula-block" in markdown("$$\na\n$$")


def test_amounts_of_money_are_no_formulas() -> None:
    assert "formula" not in markdown("It costs $5 and then $6.")


def test_python_is_coloured_and_an_unknown_language_is_shown_plain() -> None:
    assert '<span class="k">def</span>' in markdown("```python\ndef f(): pass\n```")
    assert "a &lt; b" in markdown("```nonsense\na < b\n```")
    assert "&lt;b&gt;" in code("x = '<b>'")


def test_links_by_kind_and_name_lead_to_pages() -> None:
    html = markdown("[a](question:x#y) [b](kind:z) | [c](guide:g) [d](exercise:e) [f](https://h.org)")
    for address in ("/questions/x#y", "/explain/z", "/guides/g", "/exercises/e", "https://h.org"):
        assert f'href="{address}"' in html


def test_an_id_behind_a_heading_is_its_anchor_and_not_shown() -> None:
    assert '<h3 id="a-b">Table of <code>x</code></h3>' in markdown("### Facts: Table of `x` {#a-b}", 0)
    assert "<h2>Braces {x}</h2>" in markdown("## Braces {x}", 0)


def test_a_title_is_marked_up_without_a_paragraph() -> None:
    assert inline("What does `view` do to $x$?").startswith("What does <code>view</code> do to <span")
    assert "<b>" not in inline("<b>")


def test_a_picture_that_is_missing_is_told_in_words() -> None:
    assert "<em>A tree</em>" in markdown("![A tree](pictures/tree.svg)", 0, lambda name: "")
