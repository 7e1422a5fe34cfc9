"""The verdict on a typed answer: right, wrong with the part that is wrong and the mistake behind it, or unreadable."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from torchdojo.domain.computation import RAISES, AnswerKind, Question, Value, tolerance
from torchdojo.domain.typed import (
    BINARY_UNITS,
    BYTE_UNITS,
    Number,
    Unreadable,
    read_bytes,
    read_choice,
    read_decimal,
    read_shape,
    read_whole,
)

#: A rounded answer shows at least so many digits.
FEWEST_DIGITS = 3

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


class Outcome(StrEnum):
    """What an answer came to. An unreadable one counts as none."""

    RIGHT = "right"
    WRONG = "wrong"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Judged:
    """`said` tells what is wrong, without telling what is right; `mistake` is the one that leads to what was typed."""

    outcome: Outcome
    said: str = ""
    mistake: str = ""
    wrong_parts: tuple[int, ...] = ()


def judge(question: Question, text: str) -> Judged:
    """What `text` is worth as an answer. Never raises for anything that can be typed."""
    try:
        if question.kind is AnswerKind.SHAPE:
            return _judge_shape(question, read_shape(text))
        if question.kind is AnswerKind.CHOICE:
            return _judge_choice(question, read_choice(text, question.choices))
        return _judge_number(question, _read_number(question, text))
    except Unreadable as fault:
        return Judged(Outcome.UNREADABLE, str(fault))


def _read_number(question: Question, text: str) -> Number:
    if question.kind is AnswerKind.BYTES:
        return read_bytes(text, question.unit or "B")
    if question.kind is AnswerKind.DECIMAL:
        return read_decimal(text, question.unit)
    number = read_whole(text, question.unit)
    if number.half >= 1 and not question.rounding and not _is(question, number, question.answer):
        raise Unreadable("Here every digit counts: write the number in full.")
    return number


def _judge_number(question: Question, number: Number) -> Judged:
    if _is(question, number, question.answer):
        return Judged(Outcome.RIGHT)
    if _too_rough(question, number):
        raise Unreadable(f"That is rounded too much to tell: write {FEWEST_DIGITS} digits or more.")
    mistake = next((d.mistake for d in question.distractors if _is(question, number, d.answer)), "")
    if not mistake and question.kind is AnswerKind.BYTES:
        mistake = _other_unit(question, number)
    assert isinstance(question.answer, (int, float))
    said = "It is too large." if number.value > Fraction(question.answer) else "It is too small."
    return Judged(Outcome.WRONG, said, mistake)


def _is(question: Question, number: Number, value: Value) -> bool:
    """Whether the number as typed says this value."""
    if not isinstance(value, (int, float)):
        return False
    exact = Fraction(value)
    if question.kind is AnswerKind.DECIMAL:
        return abs(number.value - exact) <= Fraction(tolerance(question))
    if number.value == exact:
        return True
    may_round = question.rounding or question.kind is AnswerKind.BYTES
    return (
        may_round and number.shortened and number.digits >= FEWEST_DIGITS and abs(number.value - exact) <= number.half
    )


def _too_rough(question: Question, number: Number) -> bool:
    if question.kind is AnswerKind.DECIMAL or not number.shortened or number.digits >= FEWEST_DIGITS:
        return False
    assert isinstance(question.answer, (int, float))
    return abs(number.value - Fraction(question.answer)) <= number.half


def _other_unit(question: Question, number: Number) -> str:
    """The confusion of GiB and GB, where that alone makes the difference."""
    for unit, other in zip(("kib", "mib", "gib", "tib"), ("kb", "mb", "gb", "tb"), strict=True):
        for typed, meant in ((unit, other), (other, unit)):
            if number.unit == typed:
                factor = Fraction(BYTE_UNITS[meant], BYTE_UNITS[typed])
                swapped = Number(number.value * factor, number.half * factor, number.digits, True, meant)
                if _is(question, swapped, question.answer):
                    return f"the number is right for {_spelled(meant)}, and you wrote {_spelled(typed)}"
    return ""


def _spelled(unit: str) -> str:
    return f"{unit[0].upper()}iB" if unit in BINARY_UNITS else unit.upper()


def _judge_choice(question: Question, chosen: str) -> Judged:
    if chosen == question.answer:
        return Judged(Outcome.RIGHT)
    return Judged(Outcome.WRONG, f"{chosen.capitalize()} is not it.", _mistake(question, chosen))


def _judge_shape(question: Question, typed: tuple[int, ...] | str) -> Judged:
    answer = question.answer
    if typed == answer:
        return Judged(Outcome.RIGHT)
    mistake = _mistake(question, typed)
    if answer == RAISES:
        return Judged(Outcome.WRONG, "No shape comes out of this.", mistake)
    assert isinstance(answer, tuple)
    if isinstance(typed, str):
        return Judged(Outcome.WRONG, "It runs: a shape comes out.", mistake)
    if len(typed) != len(answer):
        said = f"It has {_counted(len(answer))}, you wrote {len(typed)}."
        return Judged(Outcome.WRONG, said, mistake)
    wrong = tuple(place for place, (mine, right) in enumerate(zip(typed, answer, strict=True)) if mine != right)
    named = [_part(question, place) for place in wrong]
    if len(wrong) == len(answer) > 1:
        said = "None of the sizes is right."
    elif len(named) == 1:
        said = f"Only the {named[0]} is wrong." if len(answer) > 1 else f"The {named[0]} is wrong."
    else:
        said = f"Wrong are the {', the '.join(named[:-1])} and the {named[-1]}."
    return Judged(Outcome.WRONG, said, mistake, wrong)


def _part(question: Question, place: int) -> str:
    ordinal = f"{_ORDINALS[place]} size" if place < len(_ORDINALS) else f"size {place + 1}"
    return f"{ordinal} ({question.parts[place]})" if place < len(question.parts) else ordinal


def _counted(dimensions: int) -> str:
    return "no dimensions" if dimensions == 0 else "1 dimension" if dimensions == 1 else f"{dimensions} dimensions"


def _mistake(question: Question, typed: Value) -> str:
    return next((each.mistake for each in question.distractors if each.answer == typed), "")
