"""The verdict on a typed prediction of what a program prints: line by line, whatever the spaces."""

from __future__ import annotations

import re

from torchdojo.domain.judged import Judged, Outcome

_BESIDE_SIGNS = re.compile(r"\s*([\[\](){},:;=|])\s*")


def judge_printed(printed: str, text: str) -> Judged:
    """What `text` is worth as a prediction of `printed`; `said` names the wrong lines without telling what is right."""
    expected, typed = _lines(printed), _lines(text)
    if not typed:
        return Judged(Outcome.UNREADABLE, "Nothing is written.")
    if typed == expected:
        return Judged(Outcome.RIGHT)
    wrong = tuple(place for place, (mine, right) in enumerate(zip(typed, expected, strict=False)) if mine != right)
    said = []
    if len(typed) != len(expected):
        said.append(f"It prints {_counted(len(expected))}, you wrote {len(typed)}.")
    if wrong and len(expected) > 1:
        said.append(_named(wrong))
    return Judged(Outcome.WRONG, " ".join(said) or "It prints something else.", wrong_parts=wrong)


def _lines(text: str) -> list[str]:
    """The lines that are not empty, each with its spaces made alike: `[1,2]` is written as well as `[1, 2]`."""
    lines = (_BESIDE_SIGNS.sub(r"\1", " ".join(line.split())) for line in text.splitlines())
    return [line for line in lines if line]


def _counted(lines: int) -> str:
    return f"{lines} line" if lines == 1 else f"{lines} lines"


def _named(wrong: tuple[int, ...]) -> str:
    numbers = [str(place + 1) for place in wrong]
    if len(numbers) == 1:
        return f"Line {numbers[0]} is wrong."
    return f"Lines {', '.join(numbers[:-1])} and {numbers[-1]} are wrong."
