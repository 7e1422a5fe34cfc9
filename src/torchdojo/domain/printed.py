"""The verdict on a typed prediction of what a program prints: line by line, whatever the spaces and the zeros."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from torchdojo.domain.judged import Judged, Outcome

_BESIDE_SIGNS = re.compile(r"\s*([\[\](){},:;=|])\s*")
_WHOLE = re.compile(r"(?<![\w.])(\d+)\.0*(?![\w.])")


def judge_printed(printed: str, text: str, labels: Sequence[str] = ()) -> Judged:
    """What `text` is worth as a prediction of `printed`; `said` names the wrong lines without telling what is right.

    `labels` are what stands on the page anyway: a line is as right without them, if anything is left of it.
    """
    expected, typed = _lines(printed), _lines(text)
    if not typed:
        return Judged(Outcome.UNREADABLE, "Nothing is written.")
    wrong = tuple(
        place
        for place, (mine, right) in enumerate(zip(typed, expected, strict=False))
        if mine not in (right, _without(labels, right))
    )
    if not wrong and len(typed) == len(expected):
        return Judged(Outcome.RIGHT)
    said = []
    if len(typed) != len(expected):
        said.append(f"It prints {_counted(len(expected))}, you wrote {len(typed)}.")
    if wrong and len(expected) > 1:
        said.append(_named(wrong))
    return Judged(Outcome.WRONG, " ".join(said) or "It prints something else.", wrong_parts=wrong)


def labels_of(source: str) -> list[str]:
    """The words that the program's print statements spell out whatever happens."""
    return list(dict.fromkeys(_spelled_out(source)))


def _spelled_out(source: str) -> Iterator[str]:
    for call in ast.walk(ast.parse(source)):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "print"):
            continue
        for argument in call.args:
            # Of `"a" if b else "c"` neither: which of the two it is has to be known.
            for part in argument.values if isinstance(argument, ast.JoinedStr) else [argument]:
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and re.search("[A-Za-z]", part.value):
                    yield part.value


def _without(labels: Sequence[str], line: str) -> str:
    """The line without the labels, longest first; the line itself when they are all of it."""
    left = line
    for label in sorted(map(_alike, labels), key=len, reverse=True):
        left = left.replace(label, " ")
    return _alike(left) or line


def _lines(text: str) -> list[str]:
    """The lines that are not empty, each with its spaces made alike."""
    return [line for line in map(_alike, text.splitlines()) if line]


def _alike(line: str) -> str:
    """With the fewest signs: `[1,2]` is written as well as `[1.0, 2.0]`."""
    return _WHOLE.sub(r"\1", _BESIDE_SIGNS.sub(r"\1", " ".join(line.split())))


def _counted(lines: int) -> str:
    return f"{lines} line" if lines == 1 else f"{lines} lines"


def _named(wrong: tuple[int, ...]) -> str:
    numbers = [str(place + 1) for place in wrong]
    if len(numbers) == 1:
        return f"Line {numbers[0]} is wrong."
    return f"Lines {', '.join(numbers[:-1])} and {numbers[-1]} are wrong."
