"""What a terminal shows of Markdown with formulas in it."""

from __future__ import annotations

import io

import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from rich.console import Console

from torchdojo.cli.formulas import formula
from torchdojo.cli.prose import readable
from torchdojo.library import Library, beside, shipped_root


def printed(text: str) -> str:
    out = Console(file=io.StringIO(), width=100, force_terminal=False)
    out.print(readable(text))
    return out.file.getvalue()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        pytest.param(r"x_{t-1} + W^\top x^{2}", "xₜ₋₁ + Wᵀ x²", id="scripts"),
        pytest.param(r"L_{\text{simple}} + e^{r/\beta}", "L_simple + e^(r/β)", id="scripts without signs"),
        pytest.param(r"W^{(l)} h^{(l-1)}", "W^(l) h^(l-1)", id="scripts in parentheses"),
        pytest.param(r"\frac{a+b}{\sqrt{d_k}}", "(a+b)/√(dₖ)", id="fraction"),
        pytest.param(r"\frac{\alpha}{r} BA", "(α/r) BA", id="fraction as a factor"),
        pytest.param(r"-\log \frac{e^{z_t}}{\sum_k e^{z_k}}", "-log(e^zₜ/(∑ₖ e^zₖ))", id="function of a fraction"),
        pytest.param(r"-\,\alpha_t\,(1 - p_t)^{\gamma}\,\log p_t", "- αₜ (1 - pₜ)^γ log pₜ", id="thin spaces"),
        pytest.param(
            r"\begin{cases} p & y = 1 \\ 1 - p & \text{otherwise} \end{cases}",
            "p   if y = 1; 1 - p   otherwise",
            id="cases",
        ),
        pytest.param(r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", "[a, b; c, d]", id="matrix"),
        pytest.param(
            "\\begin{aligned} x &= 1 \\\\ y &= 2 \\end{aligned}", "x = 1\ny = 2", id="rows one below the other"
        ),
        pytest.param(r"\left\| a - b \right\|^2 \le \lVert c \rVert", "‖ a - b ‖² ≤ ‖c‖", id="norms"),
        pytest.param(r"k \in \{0, 1\}, \quad q_\max", "k ∈ {0, 1},   q_max", id="braces that are meant"),
        pytest.param(r"\frac{a}", r"\fraca", id="what is broken is shown"),
    ],
)
def test_a_formula_is_one_line_of_text(tex: str, text: str) -> None:
    assert formula(tex) == text


def test_formulas_stand_in_the_text() -> None:
    shown = printed("with $p = \\sigma(z)$ and\n\n$$ -\\,\\alpha_t \\log p_t $$\n\nwhere `$x$` costs \\$5.")
    assert "with p = σ(z) and" in shown
    assert "- αₜ log pₜ" in shown
    assert "where $x$ costs $5." in shown


def test_no_formula_of_the_content_shows_its_macros() -> None:
    parser = MarkdownIt().enable("table").use(dollarmath_plugin, allow_space=False, allow_digits=False)
    texts = [exercise.prompt for exercise in Library().exercises()]
    texts += [path.read_text() for path in beside(shipped_root(), "questions").glob("*/*.md")]
    seen = 0
    for text in texts:
        for token in parser.parse(text):
            for part in (token, *(token.children or ())):
                if part.type in ("math_inline", "math_block"):
                    seen += 1
                    shown = formula(part.content)
                    assert shown, part.content
                    assert "\\" not in shown, part.content
                    assert not any("\ue000" <= sign <= "\uf8ff" for sign in shown), part.content
    assert seen > 500
