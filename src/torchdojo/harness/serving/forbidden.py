"""Sees the calls an exercise forbids, whatever name they are reached by, and tells on which line."""

from __future__ import annotations

import functools
import importlib
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator
from types import FrameType
from typing import Any

import torch

from torchdojo.harness.serving.objects import named

_frame_at = sys._getframe

#: Where the same function is offered under the same name.
_FAMILY = ("torch", "torch.nn.functional", "torch.Tensor", "torch.special", "torch.linalg", "torch.ops.aten")

#: Namespaces in which a function may be found under yet another name.
_NAMESPACES = (
    "torch",
    "torch.nn.functional",
    "torch._C._nn",
    "torch.nn",
    "torch.special",
)

_MOST_HITS = 20


class Hits:
    """Forbidden calls made from the submission's lines since last asked."""

    def __init__(self, filename: str) -> None:
        self._filename = filename
        self._hits: list[list[Any]] = []

    def taken(self) -> list[list[Any]]:
        """[name, line] of each, and start afresh."""
        hits, self._hits = self._hits, []
        return hits

    def called(self, name: str) -> None:
        """Count a call if the nearest code that is no library's is the submission's."""
        frame: FrameType | None = _frame_at(2)
        while frame is not None:
            file = frame.f_code.co_filename
            if file == self._filename:
                if len(self._hits) < _MOST_HITS:
                    self._hits.append([name, frame.f_lineno])
                return
            if file.endswith("support.py"):
                return
            frame = frame.f_back


class _Watched:
    """A function that tells of being called, and is otherwise what it stands for."""

    def __init__(self, function: Any, tell: Callable[[], None]) -> None:
        functools.update_wrapper(self, function, updated=())
        self._function = function
        self._tell = tell

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self._tell()
        return self._function(*args, **kwargs)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else functools.partial(self, instance)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_function"], name)


def watch_calls(names: Iterable[str], filename: str) -> Hits:
    """From now on count calls of the functions and uses of the classes with these dotted names."""
    hits = Hits(filename)
    for name in names:
        tell = functools.partial(hits.called, name)
        found = named(name)
        if inspect.isclass(found):
            _watch_class(found, tell)
        else:
            for owner, attribute in list(_homes(name, found)):
                setattr(owner, attribute, _Watched(getattr(owner, attribute), tell))
    return hits


def _watch_class(found: Any, tell: Callable[[], None]) -> None:
    for method in ("__init__", "forward"):
        original = getattr(found, method, None)
        if original is not None:
            setattr(found, method, _told_of(original, tell))


def _told_of(original: Any, tell: Callable[[], None]) -> Any:
    @functools.wraps(original)
    def method(*args: Any, **kwargs: Any) -> Any:
        tell()
        return original(*args, **kwargs)

    return method


def _homes(name: str, found: Any) -> Iterator[tuple[Any, str]]:
    """Every place the function can be taken from: its own, its relatives of the same name, and its aliases."""
    path, _, last = name.rpartition(".")
    seen: set[tuple[int, str]] = set()
    places = [(named(path) if "." in path else importlib.import_module(path), last)]
    if path in _FAMILY:
        for relative in _FAMILY:
            owner = named(relative) if "." in relative else torch
            places += [(owner, last), (owner, last + "_")] if relative == "torch.Tensor" else [(owner, last)]
    for namespace in _NAMESPACES:
        owner = named(namespace) if "." in namespace else torch
        places += [(owner, other) for other, value in vars(owner).items() if value is found]
    for owner, attribute in places:
        if (id(owner), attribute) not in seen and hasattr(owner, attribute):
            seen.add((id(owner), attribute))
            yield owner, attribute
