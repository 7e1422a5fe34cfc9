"""What a failed check says to the learner: in one text, and in pieces that can be laid out."""

from __future__ import annotations

import inspect
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from torchdojo.checkers.failures import CheckFailed, raised_by
from torchdojo.domain.failure import Failure, Shown
from torchdojo.judge.checks.faults import in_words, place_of
from torchdojo.judge.proxies.calls import Call
from torchdojo.judge.showing import Index, shown_pair, shown_value

if TYPE_CHECKING:
    from torchdojo.judge.checks.cases import Check
    from torchdojo.judge.checks.running import Ended

_MOST = 3000


def by_assertion(check: Check, case: str, error: BaseException, call: Call | None, reference: ModuleType) -> Ended:
    """The answer is wrong."""
    return _ended("wrong", _failure(check, case, _words(error), call, reference, error))


def by_exception(check: Check, case: str, error: BaseException, call: Call | None, reference: ModuleType) -> Ended:
    """The submission raised where it should not have."""
    raised = raised_by(error)
    assert raised is not None
    fault = "memory" if raised.for_want_of_memory else "raised"
    if raised.type_name == "NotImplementedError" and raised.own:
        place = f" ({raised.where})" if raised.where else ""
        said = f"Nothing is written here yet: your code raises NotImplementedError{place}."
    else:
        said = f"Your code raised {raised.type_name}: {raised.message}".rstrip(": ")
        if raised.where:
            said += f"\nIn {raised.where}: {raised.text}".rstrip(": ")
    return _ended(fault, _failure(check, case, said, call, reference), raised.where)


def by_surprise(check: Check, case: str, error: BaseException, call: Call | None, reference: ModuleType) -> Ended:
    """The check stumbled over what the submission returned."""
    said = f"What your code returned could not be used: {type(error).__name__}: {error}"
    place = place_of(error, Path(check.function.__code__.co_filename).parent)
    tripped = f"{place or 'checks.py'}: {check.name}: {in_words(error)}"
    return replace(_ended("unusable", _failure(check, case, said, call, reference)), tripped=tripped)


def cut_short(check: Check, said: str, call: Call | None, reference: ModuleType) -> Failure:
    """The submission's process went away during the check."""
    return _failure(check, "", said, call, reference)


def _ended(fault: str, failure: Failure, where: str = "") -> Ended:
    from torchdojo.judge.checks.running import Ended

    parts = [failure.lesson, failure.told]
    if failure.case:
        parts.append(f"With {failure.case}.")
    if failure.call:
        parts.append(f"The last call was {failure.call}.")
    return Ended(fault, "\n".join(part for part in parts if part)[:_MOST], where, failure=failure)


def _failure(
    check: Check, case: str, said: str, call: Call | None, reference: ModuleType, error: BaseException | None = None
) -> Failure:
    comparison = error.comparison if isinstance(error, CheckFailed) else None
    got, expected, focus = (None, None, ()) if comparison is None else shown_pair(comparison)
    return Failure(
        lesson=check.told,
        told=said[:_MOST],
        case=case,
        call=str(call or ""),
        called="" if call is None else call.defined_as,
        arguments=() if call is None else _arguments(call.made_by or call, reference, focus),
        got=got,
        expected=expected,
    )


def _arguments(call: Call, reference: ModuleType, focus: Index) -> tuple[Shown, ...]:
    args, kwargs = call.arguments
    names = _parameters(call.defined_as, reference)
    named = [(names[at] if at < len(names) else f"argument {at + 1}", value) for at, value in enumerate(args)]
    shown = [shown_value(name, value, focus, with_cells=call.as_called) for name, value in (*named, *kwargs.items())]
    return tuple(part for parts in shown for part in parts)


def _parameters(defined_as: str, reference: ModuleType) -> list[str]:
    """What the solution calls its positional arguments, which is what the task calls them; [] when that is unknown."""
    found: Any = reference
    parts = defined_as.split(".")
    if any(part.startswith("_") and not part.startswith("__") for part in parts):
        return []
    for part in parts:
        found = inspect.getattr_static(found, part, None)
    if not inspect.isfunction(found) or found.__module__ != reference.__name__:
        return []
    names = [
        parameter.name
        for parameter in inspect.signature(found).parameters.values()
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
    ]
    return names[1:] if len(parts) > 1 else names


def _words(failure: BaseException) -> str:
    text = str(failure)
    if text.startswith("DID NOT RAISE"):
        kind = text.partition("<class '")[2].partition("'")[0] or text.removeprefix("DID NOT RAISE ")
        return f"Your code should have raised {kind or 'an exception'} here, and did not."
    if text.startswith("Regex pattern did not match"):
        return f"Your code raised the right kind of exception with other words. {text}"
    return text or "It does not hold."
