"""How generate.py writes a question down, by the kind of its answer. Mistakes that miss nothing here are left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from torchdojo.domain.computation import RAISES, YES_NO, AnswerKind, Question, Value, distractors
from torchdojo.domain.spelling import spelled

#: What a mistake leads to, and the mistake as the end of "That is what comes out when ...".
Mistakes = Iterable[tuple[Value, str]]


def whole(
    prompt: str, *, answer: int, formula: int, working: str, unit: str, mistakes: Mistakes, rounding: bool = False
) -> Question:
    """A count. With `rounding` three digits of it are enough."""
    made = Question(prompt, AnswerKind.WHOLE, answer, formula, working, unit, rounding=rounding)
    return _with(made, mistakes)


def decimal(
    prompt: str, *, answer: float, formula: float, working: str, decimals: int, mistakes: Mistakes, unit: str = ""
) -> Question:
    """A number that has to be right to so many decimals."""
    made = Question(prompt, AnswerKind.DECIMAL, float(answer), float(formula), working, unit, decimals=decimals)
    return _with(made, mistakes)


def memory(prompt: str, *, answer: int, formula: int, working: str, mistakes: Mistakes, unit: str = "B") -> Question:
    """A number of bytes; typed without a unit, it counts in `unit`."""
    made = Question(prompt, AnswerKind.BYTES, answer, formula, working, unit)
    return _with(replace(made, working=f"{working} That is {spelled(made, formula)}."), mistakes)


def shape(
    prompt: str,
    *,
    answer: Value,
    formula: Value,
    working: str,
    mistakes: Mistakes,
    parts: Sequence[str] = (),
) -> Question:
    """The sizes of a tensor (or its strides), or that it raises. `parts` are what the sizes are called."""
    return _with(Question(prompt, AnswerKind.SHAPE, answer, formula, working, parts=tuple(parts)), mistakes)


def choice(
    prompt: str, *, answer: str, formula: str, working: str, choices: Sequence[str], mistakes: Mistakes
) -> Question:
    """One of some words."""
    return _with(Question(prompt, AnswerKind.CHOICE, answer, formula, working, choices=tuple(choices)), mistakes)


def yes_no(prompt: str, *, answer: bool, formula: bool, working: str, mistake: str) -> Question:
    """Yes or no; `mistake` is what leads to the other one."""
    words = {True: "yes", False: "no"}
    return choice(
        prompt,
        answer=words[answer],
        formula=words[formula],
        working=f"{working}\n\nSo the answer is {words[formula]}.",
        choices=YES_NO,
        mistakes=[(words[not answer], mistake)],
    )


def told(value: Value) -> str:
    """A value inside a working: 1,792 or (8, 64, 32, 32)."""
    return f"{value:,}" if isinstance(value, int) else "it raises an error" if value == RAISES else str(value)


def product(*factors: int) -> str:
    """The factors with signs between them: 3 × 3 × 64."""
    return " × ".join(f"{factor:,}" for factor in factors)


def _with(question: Question, mistakes: Mistakes) -> Question:
    return replace(question, distractors=distractors(question, mistakes))
