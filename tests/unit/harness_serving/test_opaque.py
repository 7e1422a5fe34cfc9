"""An opaque function does what the function does, and nothing it shows leads to the function."""

from __future__ import annotations

import functools
import inspect
from types import ModuleType
from typing import Any

from torchdojo.harness.serving.opaque import opaque


def _secret(*args: Any, **kwargs: Any) -> Any:
    return args, kwargs


def _shown(thing: Any, seen: list[Any]) -> list[Any]:
    if isinstance(thing, (ModuleType, type)) or any(thing is known for known in seen):
        return seen
    seen.append(thing)
    for name in ("__wrapped__", "__func__", "__self__", "func", "__closure__", "cell_contents", "__dict__"):
        _shown(getattr(thing, name, None), seen)
    for part in (*thing.values(),) if isinstance(thing, dict) else thing if isinstance(thing, tuple) else ():
        _shown(part, seen)
    return seen


def test_it_calls_with_any_arguments_every_time() -> None:
    shell = opaque(_secret)
    assert shell([1], a={}) == (([1],), {"a": {}})
    first, second = shell(), opaque(lambda: object())
    assert first == ((), {})
    assert second() is not second()


def test_nothing_it_shows_is_the_function() -> None:
    seen = _shown(opaque(_secret), [])
    assert not any(thing is _secret for thing in seen)
    assert len(seen) > 3
    assert any(thing is _secret for thing in _shown(functools.wraps(_secret)(lambda: None), []))


def test_it_is_bound_like_a_function_and_can_be_inspected() -> None:
    class Holder:
        method = opaque(lambda self, x: (self, x))

    held = Holder()
    assert held.method(3) == (held, 3)
    assert inspect.unwrap(Holder.method) is not None
    assert opaque(_secret).__name__ == "_secret"
