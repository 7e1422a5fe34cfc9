"""Handle: an object of the submission's process, usable like the object itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from torchdojo.judge.proxies.candidate import Candidate


#: Methods that every instance of a class of torch has. Asking for one and calling it is one request then.
_OF_MODULES = "apply children double eval float forward load_state_dict modules named_modules parameters to train"
_METHODS = {
    "torch.nn.modules.module.Module": {*_OF_MODULES.split(), "requires_grad_", "state_dict", "zero_grad"},
    "torch.optim.optimizer.Optimizer": {"load_state_dict", "state_dict", "step", "zero_grad"},
    "torch.optim.lr_scheduler.LRScheduler": {"get_last_lr", "load_state_dict", "state_dict", "step"},
}


class Handle:
    """Attributes, calls, items, iteration and `with` all happen in the submission's process.

    Reading an attribute gives a copy of a tensor or plain value, or a further handle. `gradients()`,
    `named_parameters()` and `named_buffers()` of a module come over in one go.
    """

    __slots__ = ("_attributes", "_candidate", "_label", "_number", "_traits")

    _candidate: Candidate
    _number: int
    _traits: Mapping[str, Any]
    _label: str
    _attributes: dict[str, Any]

    def __init__(self, candidate: Candidate, number: int, traits: Mapping[str, Any]) -> None:
        kind = str(traits.get("class", "object"))[:100]
        name = str(traits.get("name", ""))[:200]
        for slot, value in (
            ("_candidate", candidate),
            ("_number", number),
            ("_traits", traits),
            ("_label", name or kind),
            ("_attributes", {}),
        ):
            object.__setattr__(self, slot, value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        if name in self._attributes:
            return self._attributes[name]
        if any(name in _METHODS.get(kind, ()) for kind in classes_of(self)):
            return Method(self, name)
        return self._find(name)

    def _find(self, name: str) -> Any:
        found = self._candidate.do("getattr", self, name)
        if isinstance(found, Handle):
            what = found._traits.get("what")
            if what == "function" and self._traits.get("what") not in ("module", "class"):
                object.__setattr__(found, "_label", f"{self._label}.{name}")
            if self._traits.get("what") == "module":
                self._attributes[name] = found  # A module's classes and functions stay what they are.
        return found

    def __setattr__(self, name: str, value: Any) -> None:
        self._candidate.do("setattr", self, name, value)

    def __delattr__(self, name: str) -> None:
        self._candidate.do("delattr", self, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._candidate.do("call", self, *args, **kwargs)

    def __getitem__(self, key: Any) -> Any:
        return self._candidate.do("getitem", self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._candidate.do("setitem", self, key, value)

    def __delitem__(self, key: Any) -> None:
        self._candidate.do("delitem", self, key)

    def __contains__(self, key: Any) -> bool:
        return self._candidate.do("contains", self, key) is True

    def __len__(self) -> int:
        found = self._candidate.do("len", self)
        return found if type(found) is int else -1

    def __bool__(self) -> bool:
        return self._candidate.do("bool", self) is True

    def __iter__(self) -> Iterator[Any]:
        iterator = self._candidate.do("iter", self)
        if not isinstance(iterator, Handle):
            raise TypeError(f"{self._label} gives no iterator")
        while True:
            try:
                yield self._candidate.do("next", iterator)
            except StopIteration:
                return

    def __next__(self) -> Any:
        return self._candidate.do("next", self)

    def __enter__(self) -> Any:
        return self._candidate.do("enter", self)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> bool:
        if error is not None and not isinstance(error, Exception):
            return False
        return bool(self._candidate.do("exit", self, error))

    def __str__(self) -> str:
        return str(self._candidate.do("str", self))

    def __repr__(self) -> str:
        article = "an" if self._label[:1].lower() in "aeiou" else "a"
        what = self._traits.get("what")
        if what == "tensor":
            return f"a Tensor subclass or an unusual Tensor ({self._label})"
        return (
            f"the {what} {self._label}"
            if what in ("module", "class", "function")
            else f"{article} {self._label} object"
        )

    @property
    def gradients(self) -> Any:
        """`gradients()`: the gradient of every parameter of a module by name, None where there is none; copies."""
        return self._own_or_there("gradients")

    @property
    def named_parameters(self) -> Any:
        """`named_parameters()`: pairs of name and parameter (a copy, with its gradient) of a module."""
        return self._own_or_there("named_parameters")

    @property
    def named_buffers(self) -> Any:
        """`named_buffers()`: pairs of name and buffer (a copy) of a module."""
        return self._own_or_there("named_buffers")

    def _own_or_there(self, operation: str) -> Any:
        # A file, a class or a function has no parameters; but it may hold something of that name.
        if self._traits.get("what") in ("module", "class", "function"):
            return self.__getattr__(operation)
        return partial(self._candidate.do, operation, self)


class Method:
    """A method that is looked up when it is called, in the same request. Any other use looks it up at once."""

    __slots__ = ("_handle", "_name")

    _traits: ClassVar = {"what": "function"}

    def __init__(self, handle: Handle, name: str) -> None:
        self._handle = handle
        self._name = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._handle._candidate.do("method", self, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.found(), name)

    def __repr__(self) -> str:
        return f"the function {self._label}"

    @property
    def _label(self) -> str:
        return f"{self._handle._label}.{self._name}"

    @property
    def owner(self) -> Handle:
        """The object whose method it is."""
        return self._handle

    @property
    def name(self) -> str:
        """What the object calls it."""
        return self._name

    def found(self) -> Any:
        """What the object really has under that name."""
        return self._handle._find(self._name)


def number_of(handle: Handle) -> int:
    """The object's number on the other side."""
    return handle._number


def label_of(handle: Handle | Method) -> str:
    """What to call the object in a message."""
    return handle._label


def what_of(handle: Handle | Method) -> str:
    """What kind of thing it is: "module", "class", "function", "tensor" or "object"."""
    return str(handle._traits.get("what"))


def classes_of(handle: Handle) -> list[str]:
    """The dotted names of the object's classes, nearest first, as the other side told them."""
    found = handle._traits.get("is")
    return [name for name in found if type(name) is str] if type(found) is list else []
