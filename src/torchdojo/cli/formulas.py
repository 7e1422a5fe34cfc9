"""Formulas in a terminal: TeX in one line of Unicode, as far as there is a sign for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

_RAISED = dict(zip("0123456789+-=()in", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱⁿ", strict=True)) | {"⊤": "ᵀ", "T": "ᵀ"}
_LOWERED = dict(zip("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
_FUNCTIONS = ("arg", "cos", "cosh", "det", "exp", "lim", "ln", "log", "max", "min", "sin", "sinh", "tan", "tanh")

#: Signs that stand for others until all braces and blanks are put right.
_OPEN, _CLOSE, _DOWN, _UP, _ROW, _OVER, _PAST, _NAME, _GAP = (chr(0xE000 + number) for number in range(9))
_READ = {r"\{": _OPEN, r"\}": _CLOSE, r"\|": "‖", r"\_": _DOWN}
_IN_THE_END = {"{": "", "}": "", _OPEN: "{", _CLOSE: "}", _DOWN: "_", _UP: "^", _OVER: "", _PAST: ""}

_SIGNS = {"ne": "≠", "mid": " | ", "bmod": " mod "}

_GAPS = re.compile(r"\\q?quad(?![a-zA-Z])")
_NORMS = re.compile(r"\\l([vV])ert(?![a-zA-Z])\s*|\s*\\r([vV])ert(?![a-zA-Z])")
_SIZES = re.compile(r"\\(?:left|right|[bB]igg?[lr]?)(?![a-zA-Z])\s*\.?")
_ROWS = re.compile(r"\\begin\{(cases|aligned|[bp]?matrix)\}(.*?)\\end\{\1\}", re.DOTALL)
_SCRIPT = re.compile(r"([_^])(?:\{([^{}]*)\}|([^\s{}_^]))")
#: A fraction that something is multiplied with, or that a function is taken of.
_FACTOR = re.compile(
    rf"(?:{{{_NAME}(?P<of>{'|'.join(_FUNCTIONS)})}}\s*)?{_OVER}(?P<it>[^{_OVER}{_PAST}]*){_PAST}"
    r"(?P<on>\s*(?!if\b|otherwise\b)(?=[\w({√∑∏‖∂∇⟨]))?"
)
#: Blanks where TeX has written none, and none where it has.
_BLANKS = (
    (re.compile(rf"(?<=[^\W_]){_NAME}"), " "),
    (re.compile(_NAME), ""),
    (re.compile(r"\s*([·≈∝∼←→⊙≤≥≠∈×])\s*"), r" \1 "),
    (re.compile(r"([(⟨⌊⌈∂∇√])\s+"), r"\1"),
    (re.compile(r"\s+([)⟩⌋⌉,;.])"), r"\1"),
    (re.compile(rf"\b({'|'.join(_FUNCTIONS)})\s+(?=\()"), r"\1"),
)


def formula(tex: str) -> str:
    r"""`tex` as text: `x_{t-1}` becomes "xₜ₋₁" and `\frac{a+b}{c}` becomes "(a+b)/c".

    Rows of an alignment stand one below the other; all else is one line. A macro without a sign is left out.
    """
    for written, kept in _READ.items():
        tex = tex.replace(written, kept)
    tex = _NORMS.sub(lambda match: "|" if "v" in match.groups() else "‖", _SIZES.sub("", _GAPS.sub(_GAP, tex)))
    text = _scripts(_reader()(_ROWS.sub(_in_rows, tex)))
    while (once := _FACTOR.sub(_factor, text)) != text:
        text = once
    for sign, read in _IN_THE_END.items():
        text = text.replace(sign, read)
    for wrong, right in _BLANKS:
        text = wrong.sub(right, text)
    rows = [" ".join(row.split()) for row in text.split(_ROW)]
    return "\n".join(re.sub(f" ?{_GAP} ?", "   ", row).strip() for row in rows)


def _in_rows(match: re.Match[str]) -> str:
    """Cases one after the other; a matrix in brackets, row by row."""
    written = [row for row in re.split(r"\\\\(?:\[[^\]]*\])?", match[2]) if row.strip()]
    rows = [[cell.strip() for cell in row.split("&")] for row in written]
    if match[1] == "aligned":
        return _ROW.join(" ".join(row) for row in rows)
    if match[1] == "cases":
        return "; ".join(_case(*row) for row in rows)
    return "[" + "; ".join(", ".join(row) for row in rows) + "]"


def _case(value: str, condition: str = "") -> str:
    value, condition = value.rstrip(",. "), condition.rstrip(",. ")
    if not condition:
        return value
    word = "" if re.match(r"\\text\{\s*(?:otherwise|else|if|for)\b", condition) else "if "
    return rf"{value}{_GAP}\text{{{word}}}{condition}"


def _scripts(text: str) -> str:
    while (once := _SCRIPT.sub(_script, text)) != text:
        text = once
    return text


def _script(match: re.Match[str]) -> str:
    signs = _RAISED if match[1] == "^" else _LOWERED
    inner = match[3] if match[2] is None else _scripts(match[2].replace(_NAME, "").strip())
    # Words below a letter are read more easily as words.
    if inner and all(sign in signs for sign in inner) and not re.fullmatch("[a-z]{2,}", inner):
        return "".join(signs[sign] for sign in inner)
    alone = re.fullmatch(r"\w+|.|\([^()]*\)|-\w+", inner)
    return (_DOWN if match[1] == "_" else _UP) + (inner if alone else f"({inner})")


def _fraction(node: Any, l2tobj: Any) -> str:
    parts = node.nodeargd.argnlist if node.nodeargd else ()
    if len(parts) != 2 or None in parts:
        return str(node.latex_verbatim())  # Something is missing; what there is shall be seen.
    above, below = (_scripts(_bare(str(l2tobj.nodelist_to_text([part])))) for part in parts)
    return f"{_OVER}{_together(above)}/{_together(below)}{_PAST}"


def _bare(text: str) -> str:
    return text[1:-1] if text.startswith("{") and text.endswith("}") else text


def _together(text: str) -> str:
    """In parentheses what would be torn apart."""
    text = text.strip()
    outside = text
    while (less := re.sub(r"\{[^{}]*\}|\([^()]*\)", "", outside)) != outside:
        outside = less
    return f"({text})" if re.search(r"[-+*/=,·×\s]", outside) else text


def _factor(match: re.Match[str]) -> str:
    of, it, on = match["of"], match["it"], match["on"]
    if of is None and on is None:
        return it
    return f"{of or ''}({it}){' ' if on is not None else ''}"


@cache
def _reader() -> Callable[[str], str]:
    from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec
    from pylatexenc.latex2text import get_default_latex_context_db as default_words
    from pylatexenc.latexwalker import get_default_latex_context_db as default_grammar
    from pylatexenc.macrospec import MacroSpec

    grammar, words = default_grammar(), default_words()
    grammar.add_context_category("ours", [MacroSpec(name, "{{") for name in ("tfrac", "dfrac", "binom")], prepend=True)
    fractions = [MacroTextSpec(name, simplify_repl=_fraction) for name in ("frac", "tfrac", "dfrac")]
    functions = [MacroTextSpec(name, simplify_repl=f"{{{_NAME}{name}}} ") for name in _FUNCTIONS]
    signs = [MacroTextSpec(name, simplify_repl=sign) for name, sign in _SIGNS.items()]
    choose = MacroTextSpec("binom", simplify_repl="(%s choose %s)")
    words.add_context_category("ours", [*fractions, *functions, *signs, choose], prepend=True)
    reader = LatexNodes2Text(words, math_mode="text", keep_braced_groups=True, strict_latex_spaces="based-on-source")
    return lambda tex: str(reader.latex_to_text(tex, latex_context=grammar))
