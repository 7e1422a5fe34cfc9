"""A call that was made: in one line for messages, and with its arguments for whoever wants to see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch

from torchdojo.judge.proxies.handle import Handle, Method, classes_of, label_of, what_of

_LONGEST = 200

#: Classes of these are not the learner's; reading an item of one is no call worth telling of.
_FOREIGN = ("torch.", "builtins.", "collections.")


class Call:
    """One call. Nothing is put into words or copied before somebody asks: most calls are never looked at again."""

    __slots__ = ("_args", "_kwargs", "_op", "_target", "_versions", "made_by")

    def __init__(self, op: str, target: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        #: Where an item of an object was asked for, the call that made the object, if that is known.
        self.made_by: Call | None = None
        self._op = op
        self._target = target
        self._args = tuple(args)
        self._kwargs = dict(kwargs)
        self._versions = [_version(tensor) for tensor in _tensors((self._args, self._kwargs))]

    def __str__(self) -> str:
        """E.g. "focal_loss(float32[4, 3], int64[4], gamma=2.0)"."""
        name = label_of(self._target) if isinstance(self._target, (Handle, Method)) else "call"
        words = [shown(value) for value in self._args]
        if self._op == "getitem":
            return f"{name}[{', '.join(words)}]"
        words += [f"{key}={shown(value)}" for key, value in self._kwargs.items()]
        return f"{name}({', '.join(words)})"

    @property
    def defined_as(self) -> str:
        """The name of what was called as the submission defines it, e.g. "Net.forward"; "" when that is unknown."""
        if isinstance(self._target, Method):
            return label_of(self._target)
        if not isinstance(self._target, Handle):
            return ""
        name = label_of(self._target)
        match what_of(self._target):
            case "class":
                return f"{name}.__init__"
            case "function":
                return name
        if self._op == "getitem":
            return f"{name}.__getitem__"
        is_module = "torch.nn.modules.module.Module" in classes_of(self._target)
        return f"{name}.{'forward' if is_module else '__call__'}"

    @property
    def arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Positional and named arguments."""
        return self._args, self._kwargs

    @property
    def as_called(self) -> bool:
        """Whether the arguments' values are still those of the call."""
        return [_version(tensor) for tensor in _tensors((self._args, self._kwargs))] == self._versions

    @property
    def size(self) -> int:
        """How many values all its tensors hold."""
        return sum(tensor.numel() for tensor in _tensors((self._args, self._kwargs)))

    def keep_values(self) -> None:
        """Copy the tensors, because the originals are about to change."""
        self._args, self._kwargs = _copied(self._args), _copied(self._kwargs)
        self._versions = [_version(tensor) for tensor in _tensors((self._args, self._kwargs))]


def is_call(op: str, target: Any) -> bool:
    """Whether an operation runs something that the learner wrote, as far as its name tells."""
    if op == "getitem":
        classes = classes_of(target) if isinstance(target, Handle) else []
        return bool(classes) and not classes[0].startswith(_FOREIGN)
    return op in ("call", "method")


def shown(value: Any) -> str:
    """A value as one would speak of it: tensors by dtype and shape."""
    if isinstance(value, torch.Tensor):
        return f"{str(value.dtype)[6:]}{list(value.shape)}"
    if isinstance(value, (Handle, Method)):
        return label_of(value)
    if type(value) in (list, tuple) and len(value) <= 4:
        inner = ", ".join(map(shown, value))
        return f"[{inner}]" if type(value) is list else f"({inner})"
    if isinstance(value, torch.Size):
        return str(tuple(value))
    if callable(value):
        return getattr(value, "__name__", type(value).__name__)
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _tensors(value: Any) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif type(value) in (list, tuple):
        for part in value:
            yield from _tensors(part)
    elif type(value) is dict:
        for part in value.values():
            yield from _tensors(part)


def _version(tensor: torch.Tensor) -> int:
    # Tensors made under inference_mode keep no count of their changes.
    return -1 if tensor.is_inference() else tensor._version


def _copied(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    if type(value) in (list, tuple):
        return type(value)(_copied(part) for part in value)
    if type(value) is dict:
        return {key: _copied(part) for key, part in value.items()}
    return value
