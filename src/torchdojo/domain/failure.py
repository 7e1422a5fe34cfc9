"""Failure: what a failed check saw, in pieces that a terminal and a page can lay out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as far as it can be shown.

    `form` says what it is, e.g. "float32[4, 3]". `cells` are its values as text, row by row, so that NaN and infinities
    are told apart everywhere; a value without rows is one cell, one that is not shown has none. `start` is the index of
    the first cell in the tensor, `part` says which part of the tensor the cells are ("" for all of it), and `wrong` are
    the (row, column) of the cells that differ from what was expected.
    """

    name: str
    form: str
    cells: tuple[tuple[str, ...], ...] = ()
    start: tuple[int, ...] = ()
    part: str = ""
    wrong: tuple[tuple[int, int], ...] = ()

    @property
    def is_tensor(self) -> bool:
        """Whether it is a tensor, so that its cells are a table."""
        return self.form.endswith("]")

    def to_json(self) -> dict[str, Any]:
        """As plain JSON data."""
        return {
            "name": self.name,
            "form": self.form,
            "cells": [list(row) for row in self.cells],
            "start": list(self.start),
            "part": self.part,
            "wrong": [list(cell) for cell in self.wrong],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Shown:
        """The inverse of `to_json`."""
        return cls(
            name=data["name"],
            form=data["form"],
            cells=tuple(tuple(row) for row in data["cells"]),
            start=tuple(data["start"]),
            part=data["part"],
            wrong=tuple((row, column) for row, column in data["wrong"]),
        )


@dataclass(frozen=True, slots=True)
class Failure:
    """What a failed check saw.

    `lesson` is what the check is about, `told` what went wrong, `case` which of its cases it was ("" for the only
    one). `call` is the call that went wrong in words, `called` the name of what was called as the submission defines
    it, e.g. "Net.forward". When an item of an object was asked for, `arguments` are those it was made with. `got` and
    `expected` are None where there was nothing to compare.
    """

    lesson: str = ""
    told: str = ""
    case: str = ""
    call: str = ""
    called: str = ""
    arguments: tuple[Shown, ...] = ()
    got: Shown | None = None
    expected: Shown | None = None

    @property
    def spoken_call(self) -> str:
        """The call with its plain values and the names of all others, e.g. "focal_loss(logits, targets, gamma=2.0)"."""
        name, bracket, _ = self.call.partition("(")
        item = ""
        if not bracket:
            # An item of an object: the arguments are those it was made with.
            name, bracket, item = self.call.partition("[")
        if not self.arguments:
            return self.call
        whole = [argument for argument in self.arguments if "[" not in argument.name]
        words = [f"{a.name}={a.cells[0][0]}" if a.cells and not a.is_tensor else a.name for a in whole]
        return f"{name}({', '.join(words)}){bracket}{item}" if item else f"{name}({', '.join(words)})"

    @property
    def tables(self) -> tuple[Shown, ...]:
        """The arguments that have a table of their own."""
        return tuple(argument for argument in self.arguments if argument.is_tensor)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON data."""
        return {
            "lesson": self.lesson,
            "told": self.told,
            "case": self.case,
            "call": self.call,
            "called": self.called,
            "arguments": [argument.to_json() for argument in self.arguments],
            "got": None if self.got is None else self.got.to_json(),
            "expected": None if self.expected is None else self.expected.to_json(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Failure:
        """The inverse of `to_json`."""
        got, expected = data["got"], data["expected"]
        return cls(
            lesson=data["lesson"],
            told=data["told"],
            case=data["case"],
            call=data["call"],
            called=data["called"],
            arguments=tuple(Shown.from_json(argument) for argument in data["arguments"]),
            got=None if got is None else Shown.from_json(got),
            expected=None if expected is None else Shown.from_json(expected),
        )
