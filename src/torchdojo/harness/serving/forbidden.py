"""Sees the calls an exercise forbids, whatever name they are reached by, and tells on which line.

Three nets lie over one another: wrappers around everything with the function's name, a listener at every operator of
the dispatcher that does its work, and a look at code of torch that is loaded a second time. Who calls decides: library
code is passed over, and what the checks themselves ask of torch or of their helpers is no call of the submission's.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import sys
from collections.abc import Callable, Collection, Iterator
from types import CodeType, FrameType
from typing import Any

import torch

from torchdojo.harness.library_files import library_test
from torchdojo.harness.serving.objects import named
from torchdojo.harness.serving.opaque import opaque
from torchdojo.harness.serving.operators import listen, operators_of

#: Told the forbidden name and the line (0 when no line of the submission took part).
Tell = Callable[[str, int], None]

#: Where the same function is offered under the same name.
_FAMILY = ("torch", "torch.nn.functional", "torch.Tensor", "torch.special", "torch.linalg")

#: Namespaces in which a function may be found under yet another name.
_NAMESPACES = (
    "torch",
    "torch.nn.functional",
    "torch._C._nn",
    "torch.nn",
    "torch.special",
)

_frame_at = sys._getframe


class Asking:
    """Whose work is being done: `excused` unless it is the submission's, that is while the checks use torch or their
    helpers directly and while values are packed for them."""

    __slots__ = ("excused",)

    def __init__(self) -> None:
        self.excused = True


def watch_calls(
    names: Collection[str], tell: Tell, asking: Asking, helper_file: str, boundaries: frozenset[CodeType]
) -> Callable[[Any], None]:
    """From now on tell of calls of the functions and uses of the classes with these dotted names.

    `helper_file` is the file name of the checks' helpers, `boundaries` the code in which a request of the judge or a
    question to it begins. Returns a function that tells when it is given one of the forbidden things themselves.
    """
    caller = _caller(asking, helper_file, boundaries)
    things: dict[int, str] = {}
    homes: dict[str, str] = {}
    heard: list[tuple[str, Callable[[], None]]] = []
    for name in names:
        found = named(name)
        told = _telling(name, tell, caller)
        if (file := _file_of(found)) is not None:
            homes.setdefault(file, name)
        if inspect.isclass(found):
            things[id(found)] = name
            _watch_class(found, told)
        else:
            for owner, attribute in list(_homes(name, found)):
                shell = opaque(_told_of(getattr(owner, attribute), told))
                setattr(owner, attribute, shell)
                things[id(shell)] = name
        heard += [(operator, told) for operator in operators_of(name)]
    if names:
        sys.addaudithook(_watch_loading(homes, tell, listen(heard)))

    def handed(value: Any) -> None:
        if (name := things.get(id(value))) is not None:
            tell(name, 0)

    shown: Callable[[Any], None] = opaque(handed)
    return shown


def _caller(asking: Asking, helper_file: str, boundaries: frozenset[CodeType]) -> Callable[[], int | None]:
    frame_at, is_library = _frame_at, library_test()

    def line() -> int | None:
        """The line of the submission that calls; None when it is somebody else who does."""
        frame: FrameType | None = frame_at(2)
        while frame is not None:
            code = frame.f_code
            if code.co_filename == helper_file:
                return None
            if not is_library(code.co_filename):
                return frame.f_lineno
            if code in boundaries:
                return None if asking.excused else 0
            frame = frame.f_back
        return 0  # A thread that runs nothing but the built-in.

    return line


def _telling(name: str, tell: Tell, caller: Callable[[], int | None]) -> Callable[[], None]:
    def told() -> None:
        line = caller()
        if line is not None:
            tell(name, line)

    return told


def _watch_class(found: Any, told: Callable[[], None]) -> None:
    for method in ("__init__", "forward"):
        original = getattr(found, method, None)
        if original is not None:
            setattr(found, method, opaque(_told_of(original, told)))


def _told_of(original: Any, told: Callable[[], None]) -> Any:
    def call(*args: Any, **kwargs: Any) -> Any:
        told()
        return original(*args, **kwargs)

    functools.update_wrapper(call, original, updated=())
    del call.__wrapped__  # type: ignore[attr-defined]
    return call


def _watch_loading(homes: dict[str, str], tell: Tell, kept: Any) -> Callable[[str, tuple[Any, ...]], None]:
    """Tells when a file of torch that holds a forbidden function is loaded again: the copy is watched by nobody.

    `kept` lives as long as the process, as the hook does.
    """
    there = (homes, kept)

    def hook(event: str, args: tuple[Any, ...]) -> None:
        homes = there[0]
        if event == "exec" and args[0].co_name == "<module>" and args[0].co_filename in homes:
            tell(homes[args[0].co_filename], 0)

    return hook


@functools.cache
def known_places() -> dict[int, list[tuple[Any, str]]]:
    """Where everything can be found, by identity. To be asked for before the fork: whoever looks at an object writes to
    the memory it lies in, and a child would have a copy made of most of torch's."""
    found: dict[int, list[tuple[Any, str]]] = {}
    for namespace in _NAMESPACES:
        owner = named(namespace) if "." in namespace else torch
        for name, value in vars(owner).items():
            found.setdefault(id(value), []).append((owner, name))
    return found


def _file_of(found: Any) -> str | None:
    code = getattr(getattr(found, "__init__", None) if inspect.isclass(found) else found, "__code__", None)
    return None if code is None else str(code.co_filename)


def _homes(name: str, found: Any) -> Iterator[tuple[Any, str]]:
    """Every place the function can be taken from: its own, its relatives of the same name, and its aliases."""
    path, _, last = name.rpartition(".")
    seen: set[tuple[int, str]] = set()
    places = [(named(path) if "." in path else importlib.import_module(path), last)]
    if path in _FAMILY:
        for relative in _FAMILY:
            owner = named(relative) if "." in relative else torch
            places += [(owner, last), (owner, last + "_")] if relative == "torch.Tensor" else [(owner, last)]
    for owner, other in known_places().get(id(found), ()):
        if vars(owner).get(other) is found:
            places.append((owner, other))
    for owner, attribute in places:
        if (id(owner), attribute) not in seen and hasattr(owner, attribute):
            seen.add((id(owner), attribute))
            yield owner, attribute
