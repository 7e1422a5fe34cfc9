"""Objects that stay on this side and are known to the judge by number, and the judge's functions as seen from here."""

from __future__ import annotations

import builtins
import importlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import torch

from torchdojo.harness.serving.opaque import opaque

#: Numbers of the modules the judge knows from the start.
SUBMISSION, TORCH, SUPPORT = range(3)

CallJudge = Callable[[int, Any, Any], Any]


_HOMES = ("torch", "support")


class Kept:
    """A value that is to stay here although it could cross."""

    def __init__(self, value: Any) -> None:
        self.value = value


class JudgeFunction:
    """A function of the judge's process."""

    def __init__(self, number: int, call: CallJudge) -> None:
        self._number = number
        self._call = opaque(call)  # What it is given is no way into this process.

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(self._number, args, kwargs)


class JudgeIterator(JudgeFunction):
    """An iterator of the judge's process, advanced item by item."""

    def __iter__(self) -> JudgeIterator:
        return self

    def __next__(self) -> Any:
        return self()


class Objects:
    """Numbers for objects. An object keeps its number and stays alive for the length of the job."""

    def __init__(self, call_judge: CallJudge) -> None:
        self._call_judge = call_judge
        self._by_number: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._functions: dict[int, JudgeFunction] = {}

    def number(self, value: Any) -> int:
        """The object's number, a new one if it has none."""
        known = self._numbers.get(id(value))
        if known is None:
            known = self._numbers[id(value)] = len(self._by_number)
            self._by_number.append(value)
        return known

    def kept(self, value: Any) -> Kept:
        """Wrap a value so that it is packed as an object."""
        return Kept(value)

    def refer(self, value: Any) -> list[Any]:
        """The node for an object."""
        if isinstance(value, Kept):
            value = value.value
        if isinstance(value, JudgeFunction):
            return ["callback", value._number]
        return ["object", self.number(value), _traits(value)]

    def resolve(self, node: list[Any]) -> Any:
        """The value of a node that stands for an object here, a function there, or something both sides have."""
        kind, what = node[0], node[1]
        if kind == "object":
            return self._by_number[what]
        if kind == "name":
            return named(what)
        if kind == "error":
            return self.exception(what)
        if what not in self._functions:
            self._functions[what] = (JudgeIterator if kind == "iterator" else JudgeFunction)(what, self._call_judge)
        return self._functions[what]

    def exception(self, error: dict[str, Any]) -> BaseException:
        """The exception a function of the judge raised."""
        kind = getattr(builtins, str(error.get("type")), RuntimeError)
        if not (isinstance(kind, type) and issubclass(kind, Exception)):
            kind = RuntimeError
        message = error.get("message")
        return kind(message) if message else kind()


def named(path: str) -> Any:
    """What the dotted name stands for, e.g. "torch.nn.ReLU"."""
    parts = path.split(".")
    for length in range(len(parts) - 1, 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:length]))
        except ImportError:
            continue
        for part in parts[length:]:
            found = getattr(found, part)
        return found
    raise ImportError(path)


def at_home(value: Any) -> bool:
    """Whether a module, class, function or instance is of torch or of the checks' helpers, and really lives there."""
    if isinstance(value, ModuleType):
        return sys.modules.get(value.__name__) is value and value.__name__.partition(".")[0] in _HOMES
    kind = value if isinstance(value, type) or hasattr(value, "__qualname__") else type(value)
    module, path = getattr(kind, "__module__", None), getattr(kind, "__qualname__", None)
    if type(module) is not str or type(path) is not str or module.partition(".")[0] not in _HOMES:
        owner = getattr(value, "__self__", None)
        return owner is not None and owner is not value and not isinstance(owner, type) and at_home(owner)
    found: Any = sys.modules.get(module)
    for part in path.split("."):
        found = getattr(found, part, None)
    return found is kind


def _traits(value: Any) -> dict[str, Any]:
    """What the judge shows of an object. `is` names its classes, nearest first."""
    kind = type(value)
    names = [f"{base.__module__}.{base.__qualname__}" for base in kind.__mro__ if base is not object]
    if isinstance(value, ModuleType):
        what = "module"
    elif isinstance(value, type):
        what = "class"
    elif isinstance(value, torch.Tensor):
        what = "tensor"
    elif callable(value) and hasattr(value, "__name__"):
        what = "function"
    else:
        what = "object"
    name = getattr(value, "__name__", "") if what in ("module", "class", "function") else ""
    return {"what": what, "class": kind.__name__, "is": names[:20], "name": str(name)[:200]}
