"""Computation: a question made from a seed, the answer that running PyTorch gave, and the mistakes that miss it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

#: A number, the sizes of a shape, or one of the words that can be chosen.
Value = int | float | str | tuple[int, ...]

#: The answer where PyTorch refuses: no shape comes out, an error does.
RAISES = "raises"

YES_NO = ("yes", "no")

#: How much an instance asks for: 1 the rule itself, 2 as in an interview, 3 with everything at once.
LEVELS = (1, 2, 3)
LEVEL_NAMES = ("plain", "usual", "hard")

#: Seeds beyond this are refused, so that one fits into any column and any address.
MOST_SEED = 2**31 - 1


class AnswerKind(StrEnum):
    """What an answer looks like."""

    WHOLE = "whole"
    DECIMAL = "decimal"
    BYTES = "bytes"
    SHAPE = "shape"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Distractor:
    """A wrong answer, and the mistake that leads to it."""

    answer: Value
    mistake: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `answer` is what PyTorch gave when it ran, `formula` what the formula in `working` gives.

    `prompt` and `working` are Markdown. `decimals` says how exact a DECIMAL answer has to be; `rounding` allows a
    WHOLE one to be rounded to three digits or more, as a BYTES one always may. A BYTES answer typed without a unit
    counts as `unit`. `choices` are the words of a CHOICE, `parts` the names of the dimensions of a SHAPE.
    """

    prompt: str
    kind: AnswerKind
    answer: Value
    formula: Value
    working: str
    unit: str = ""
    distractors: tuple[Distractor, ...] = ()
    decimals: int = 0
    rounding: bool = False
    choices: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The question as plain JSON data, answer included: never for the eyes of whoever is asked."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Question:
        """The inverse of `to_json`; ValueError when something is missing."""
        try:
            fields = dict(data)
            fields["kind"] = AnswerKind(fields["kind"])
            fields["answer"], fields["formula"] = _value(fields["answer"]), _value(fields["formula"])
            fields["distractors"] = tuple(Distractor(_value(d["answer"]), d["mistake"]) for d in fields["distractors"])
            fields["choices"], fields["parts"] = tuple(fields["choices"]), tuple(fields["parts"])
            return cls(**fields)
        except (KeyError, TypeError) as error:
            raise ValueError(f"question is incomplete: {error!r}") from error


@dataclass(frozen=True, slots=True)
class Instance:
    """The question that a family asks under a seed and a level: always the same one."""

    family: str
    seed: int
    level: int
    question: Question


def distractors(question: Question, pairs: Iterable[tuple[Value, str]]) -> tuple[Distractor, ...]:
    """Those of `pairs` that in this instance really lead elsewhere, each wrong answer once."""
    found: list[Distractor] = []
    taken = [question.answer]
    for answer, mistake in pairs:
        if isinstance(answer, tuple) and any(size < 0 for size in answer):
            continue  # Nobody would write down such a shape.
        if not any(_alike(question, answer, other) for other in taken):
            taken.append(answer)
            found.append(Distractor(answer, mistake))
    return tuple(found)


def _alike(question: Question, left: Value, right: Value) -> bool:
    if question.kind is AnswerKind.DECIMAL and isinstance(left, (int, float)) and isinstance(right, (int, float)):
        # Both may be rounded when they are typed.
        return abs(left - right) <= 2 * tolerance(question)
    return left == right


def agree(question: Question) -> bool:
    """Whether PyTorch and the formula say the same."""
    answer, formula = question.answer, question.formula
    if question.kind is AnswerKind.DECIMAL:
        # What was measured may only differ by less than anybody could notice.
        assert isinstance(answer, float)
        assert isinstance(formula, float)
        return abs(answer - formula) <= tolerance(question) / 2
    return type(answer) is type(formula) and answer == formula


def tolerance(question: Question) -> float:
    """How far off a DECIMAL answer may be: one unit of its last decimal, so that cutting off is as good as rounding."""
    return float(10.0**-question.decimals) * (1 + 1e-6)


def _value(data: Any) -> Value:
    if isinstance(data, list):
        return tuple(int(size) for size in data)
    if isinstance(data, tuple):
        return data
    if not isinstance(data, (int, float, str)) or isinstance(data, bool):
        raise TypeError(f"{data!r} is no answer")
    return data
