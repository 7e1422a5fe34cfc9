"""The TeX of short formulas, as far as answers use it, into Typst and into plain HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}^_]|\d+(?:\.\d+)?|\s+|.", re.DOTALL)
_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho varsigma sigma tau "
    "upsilon phi chi psi omega"
)
_OTHER = (
    "cdot · times × infty ∞ le ≤ leq ≤ ge ≥ geq ≥ approx ≈ ne ≠ neq ≠ pm ± to → partial ∂ nabla ∇ sum ∑ prod ∏ in ∈ "
    "odot ⊙ sim ∼ top ⊤ dots … ldots … cdots … Delta Δ Sigma Σ Omega Ω Theta Θ Phi Φ lvert | rvert | mid |"
)
#: Commands by their character.
_SIGNS = {name: chr(0x3B1 + place) for place, name in enumerate(_GREEK.split(" "))}
_SIGNS |= dict(zip(_OTHER.split(" ")[::2], _OTHER.split(" ")[1::2], strict=True))
_NAMES = frozenset({"log", "exp", "max", "min", "sin", "cos", "tanh", "arg", "softmax"})
_SKIPPED = frozenset({"\\,", "\\;", "\\!", "\\:", "\\ ", "\\left", "\\right", "\\bigl", "\\bigr", "\\big"})
_UPRIGHT = frozenset({"\\mathrm", "\\operatorname", "\\text", "\\mathbf", "\\mathcal", "\\mathbb"})


class _Unknown(Exception):
    """Something this small reader does not know."""


def formula_to_typst(tex: str) -> str | None:
    """The inside of Typst's $…$; None for TeX that is not known here."""
    return _written(tex, _TYPST)


def formula_to_html(tex: str) -> str | None:
    """HTML with <sub> and <sup>; None for TeX that is not known here."""
    return _written(tex, _HTML)


class _Form:
    """How the pieces are written."""

    def sign(self, text: str) -> str:
        raise NotImplementedError

    def upright(self, text: str) -> str:
        raise NotImplementedError

    def root(self, inside: str) -> str:
        raise NotImplementedError

    def over(self, above: str, below: str) -> str:
        raise NotImplementedError

    def raised(self, inside: str, *, down: bool) -> str:
        raise NotImplementedError


class _Typst(_Form):
    def sign(self, text: str) -> str:
        if text in "()[]|,;":
            return f"\\{text}"
        if text.isalnum() or not text.isascii() or text in "=+-<>.":
            return f"{text} "
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '" '

    def upright(self, text: str) -> str:
        return f'upright("{text}") '

    def root(self, inside: str) -> str:
        return f"sqrt({inside}) "

    def over(self, above: str, below: str) -> str:
        return f"({above})/({below}) "

    def raised(self, inside: str, *, down: bool) -> str:
        return f"{'_' if down else '^'}({inside}) "


class _Html(_Form):
    def sign(self, text: str) -> str:
        return f"<i>{text}</i>" if text.isalpha() else escape(text)

    def upright(self, text: str) -> str:
        return escape(text)

    def root(self, inside: str) -> str:
        return f"√({inside})"

    def over(self, above: str, below: str) -> str:
        return f"({above})/({below})"

    def raised(self, inside: str, *, down: bool) -> str:
        return f"<sub>{inside}</sub>" if down else f"<sup>{inside}</sup>"


_TYPST, _HTML = _Typst(), _Html()


def _written(tex: str, form: _Form) -> str | None:
    tokens = iter([token for token in _TOKEN.findall(tex) if not token.isspace()])
    try:
        return "".join(_pieces(tokens, form, until="")).strip()
    except (_Unknown, StopIteration):
        return None


def _pieces(tokens: Iterator[str], form: _Form, until: str) -> Iterator[str]:
    for token in tokens:
        if token == until:
            return
        yield _piece(token, tokens, form)
    if until:
        raise _Unknown


def _piece(token: str, tokens: Iterator[str], form: _Form) -> str:
    if token == "{":
        return "".join(_pieces(tokens, form, until="}"))
    if token in "^_":
        return form.raised(_argument(tokens, form), down=token == "_")
    if token in _SKIPPED:
        return ""
    if token in _UPRIGHT:
        return form.upright(_plain(tokens))
    if token == "\\sqrt":
        return form.root(_argument(tokens, form))
    if token in ("\\frac", "\\tfrac", "\\dfrac"):
        first, second = _halves(tokens, form)
        return form.over(first, second)
    name = token.removeprefix("\\")
    if token.startswith("\\"):
        if name in _NAMES:
            return form.upright(name)
        if name in _SIGNS:
            return form.sign(_SIGNS[name])
        if name in ("{", "}", "%", "_"):
            return form.sign(name)
        raise _Unknown
    if token == "}":
        raise _Unknown
    return form.sign(token)


def _argument(tokens: Iterator[str], form: _Form) -> str:
    return _piece(next(tokens), tokens, form).strip()


def _halves(tokens: Iterator[str], form: _Form) -> tuple[str, str]:
    """The two arguments of a fraction, which may be two digits in one token: \\tfrac12."""
    first = next(tokens)
    if first.isdigit() and len(first) == 2:
        return form.sign(first[0]).strip(), form.sign(first[1]).strip()
    return _piece(first, tokens, form).strip(), _argument(tokens, form)


def _plain(tokens: Iterator[str]) -> str:
    first = next(tokens)
    if first != "{":
        return first
    inside: list[str] = []
    for token in tokens:
        if token == "}":
            return "".join(inside)
        if not token.isalnum():
            raise _Unknown
        inside.append(token)
    raise _Unknown
