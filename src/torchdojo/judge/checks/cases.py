"""The checks of a module in the order they stand there, each with the cases its parameters make."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from types import ModuleType
from typing import Any

from torchdojo.judge.checks.faults import ContentFault, in_words

#: What a check may ask for besides its parameters.
FIXTURES = ("submission", "reference", "rng")


@dataclass(frozen=True, slots=True)
class Case:
    """One call of a check: the values of its parameters, and what tells it from the others ("" for the only one)."""

    id: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Check:
    """One test function."""

    name: str
    function: Callable[..., Any]
    asks: tuple[str, ...]
    cases: tuple[Case, ...]
    told: str


def checks_of(module: ModuleType) -> list[Check]:
    """Every function called test_... that the module defines. Raises ContentFault for one that cannot be run."""
    file = PurePath(getattr(module, "__file__", None) or module.__name__).name
    found = []
    for name, function in vars(module).items():
        if name.startswith("test_") and inspect.isfunction(function):
            try:
                found.append(_check(name, function))
            except Exception as error:
                words = str(error) if type(error) is ValueError else in_words(error)
                raise ContentFault(f"{file}:{function.__code__.co_firstlineno}: {name}: {words}") from error
    if not found:
        raise ContentFault(f"{file}: it holds no function called test_...")
    return found


def _check(name: str, function: Callable[..., Any]) -> Check:
    asks = tuple(inspect.signature(function).parameters)
    marks = [mark for mark in getattr(function, "pytestmark", ()) if mark.name == "parametrize"]
    spread = [list(_alternatives(mark)) for mark in reversed(marks)]
    cases = []
    for chosen in itertools.product(*spread):
        values = {key: value for _, part in chosen for key, value in part.items()}
        cases.append(Case("-".join(label for label, _ in chosen), values))
    given = set(FIXTURES) | set(cases[0].values if cases else ())
    unknown = [ask for ask in asks if ask not in given]
    if unknown:
        raise ValueError(f"it asks for {unknown[0]!r}; there is {', '.join(FIXTURES)} and what is parametrized")
    return Check(name, function, asks, tuple(cases), inspect.cleandoc(function.__doc__ or ""))


def _alternatives(mark: Any) -> list[tuple[str, dict[str, Any]]]:
    names, values = mark.args[0], list(mark.args[1])
    if not values:
        raise ValueError(f"parametrize({names!r}) has no rows")
    ids = _ids(mark.kwargs.get("ids"), len(values))
    keys = [part.strip() for part in names.split(",")] if isinstance(names, str) else list(names)
    found = []
    for number, value in enumerate(values):
        label = None if ids is None or callable(ids) else ids[number]
        if hasattr(value, "values") and hasattr(value, "marks"):  # pytest.param
            label, value = value.id or label, value.values if len(keys) > 1 else value.values[0]
        parts = tuple(value) if len(keys) > 1 else (value,)
        if len(parts) != len(keys):
            raise ValueError(f"parametrize({names!r}) has a row of {len(parts)} values: {value!r}")
        if label is None:
            texts = [ids(part) if callable(ids) else None for part in parts]
            label = ", ".join(
                text or f"{key}={_label(part)}" for key, part, text in zip(keys, parts, texts, strict=True)
            )
        found.append((str(label), dict(zip(keys, parts, strict=True))))
    return found


def _ids(ids: Any, rows: int) -> Any:
    """What `ids` may be: a function, or one name for each row."""
    if ids is None or callable(ids):
        return ids
    if not isinstance(ids, (list, tuple)):
        raise ValueError(f"ids of parametrize is a {type(ids).__name__}; give a function or a list of names")
    if len(ids) != rows:
        raise ValueError(f"ids of parametrize has {len(ids)} names for {rows} rows")
    return ids


def _label(value: Any) -> str:
    name = getattr(value, "__name__", None)
    return name if isinstance(name, str) else str(value)[:60]
