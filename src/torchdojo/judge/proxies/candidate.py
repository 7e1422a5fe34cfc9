"""The line to the submission's process: one request at a time, every answer signed, nothing believed unchecked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch

from torchdojo.checkers.purity import note_change
from torchdojo.crossing import Counted, Packer, Unpackable, Unpacker
from torchdojo.crossing.facts import attach, facts_of
from torchdojo.judge.proxies import names
from torchdojo.judge.proxies.bridge import Bridge, Ticket
from torchdojo.judge.proxies.calls import Call, is_call
from torchdojo.judge.proxies.endings import Forbidden, Gone, OutOfTime, Tampered
from torchdojo.judge.proxies.errors import exception_from, told
from torchdojo.judge.proxies.handle import Handle, Method, number_of, what_of
from torchdojo.judge.session import CandidateJob
from torchdojo.patience import Deadline
from torchdojo.wire import Frame, WireClosed, WireError, WireTimeout, signer

#: Figures a Counted may hold, beyond its table of calls.
_FIGURES = ("flops", "largest_bytes", "total_bytes", "saved_bytes")


class Candidate:
    """Asks the submission's process to do things. `deadline` is for the whole grading.

    Raises GradingOver when there is nobody to ask any more, and whatever the submission raised.
    """

    def __init__(self, job: CandidateJob, key: str, deadline: Deadline) -> None:
        #: The last call of something the submission defines.
        self.last_call: Call | None = None
        #: What a call left changed in its process, and which call did; "" while none has.
        self.left = ""
        self._job = job
        self._key = key
        self._sign = signer(key)
        self._deadline = deadline
        self._signed = 0
        self._calls = 0
        self._forget: list[int] = []
        self._handles: dict[int, Handle] = {}
        self._makers: dict[int, Call] = {}
        self._functions: list[Any] = []
        self._failure: BaseException | None = None
        self._seed: int | None = None

    def load(self, core: int | None = None) -> None:
        """Let it load the submission, on this core of the processor alone if one is given, and go on meanwhile."""
        self._job.send({"type": "go", "key": self._key, "core": core})

    def begin(self) -> list[str]:
        """The names that the module of the submission has, once it is loaded. Raises what loading raised."""
        reply = self._reply()
        if reply.type != "loaded":
            raise Gone(f"a frame of type {reply.type!r:.40} instead of the loaded file", protocol=True)
        found = reply.header.get("names")
        return [name for name in found if type(name) is str] if type(found) is list else []

    def dismiss(self) -> None:
        """Let the process go."""
        self._job.send({"type": "bye"})

    def do(self, op: str, target: Any, *args: Any, **kwargs: Any) -> Any:
        """Do one operation with an object of the other side and return the result."""
        packer = Packer(self._refer)
        owner, given = (target.owner, (target.name, *args)) if isinstance(target, Method) else (target, args)
        try:
            packed = {"target": packer.pack(owner), "args": packer.pack(given), "kwargs": packer.pack(kwargs)}
        except Unpackable as error:
            raise TypeError(str(error)) from None
        if is_call(op, target):
            self.last_call = Call(op, target, args, kwargs)
            self.last_call.made_by = self._makers.get(number_of(target)) if op == "getitem" else None
        self._calls += 1
        call, differentiable = self._calls, torch.is_grad_enabled()
        header = {"type": "do", "op": op, "call": call, "grad": differentiable, "forget": self._forget, **packed}
        if self._seed is not None:
            header["seed"], self._seed = self._seed, None
        self._forget = []
        self._job.send({**header, **packer.header()}, packer.body())
        reply = self._reply()
        if "left" in reply.header:
            self.left = self.left or f"{reply.header['left']!s:.200} after {self.last_call or 'a call'}"
        storages = packer.storages.sources()
        try:
            unpacker = Unpacker(reply, self._resolve, storages)
            self._take_changes(reply, unpacker, storages)
            self._take_grads(reply, unpacker, packer.tensors)
            if differentiable:
                self._bridge(call, unpacker, packer.tensors)
            result = unpacker.value(reply.header.get("value"))
        except WireError as error:
            raise self._broken(str(error)) from None
        if op == "call" and isinstance(result, Handle) and isinstance(target, Handle) and what_of(target) == "class":
            self._makers[number_of(result)] = Call(op, target, args, kwargs)
        return result

    def seed(self, seed: int) -> None:
        """Seed the other side's random generators before the next request."""
        self._seed = seed

    def backward(self, call: int, grads: list[tuple[int, torch.Tensor]], inputs: list[torch.Tensor]) -> list[Any]:
        """The gradients of a call's inputs, None where there is none, given those of its outputs by number."""
        packer = Packer(self._refer)
        header = {"type": "backward", "call": call, "grads": packer.pack(grads)}
        self._job.send({**header, **packer.header()}, packer.body())
        reply = self._reply()
        try:
            found = Unpacker(reply, self._resolve).value(reply.header.get("value"))
        except WireError as error:
            raise self._broken(str(error)) from None
        if type(found) is not list or len(found) != len(inputs):
            raise self._broken("gradients that do not fit the inputs")
        for grad, tensor in zip(found, inputs, strict=True):
            if grad is not None and (
                type(grad) is not torch.Tensor or grad.shape != tensor.shape or grad.dtype != tensor.dtype
            ):
                raise self._broken("a gradient that does not fit its input")
        return found

    def forget(self, call: int) -> None:
        """Tell the other side, with the next request, that nobody will differentiate this call."""
        self._forget.append(call)

    def count(self, of: str) -> Counted:
        """Start ("start"), read ("read") or end ("stop") counting; the figures so far."""
        self._job.send({"type": "count", "of": of})
        figures = self._reply().header.get("figures")
        if not isinstance(figures, Mapping):
            raise self._broken("figures that are none")
        calls = figures.get("calls", {})
        values = {name: figures.get(name, 0) for name in _FIGURES}
        if not isinstance(calls, Mapping) or not all(type(n) is int for n in (*values.values(), *calls.values())):
            raise self._broken("figures that are none")
        return Counted(calls=dict(calls), **values)

    def _reply(self) -> Frame:
        while True:
            frame = self._next()
            if frame.type == "callback":
                self._answer(frame)
                continue
            failure, self._failure = self._failure, None
            if failure is not None:
                raise failure  # A check's own function failed; that the submission went on changes nothing.
            if frame.type == "raised":
                try:
                    raise exception_from(frame.header.get("error"))
                except WireError as error:
                    raise self._broken(str(error)) from None
            if frame.type not in ("done", "loaded"):
                raise self._broken(f"a frame of type {frame.type!r:.40}")
            return frame

    def _next(self) -> Frame:
        try:
            if self._deadline.passed:
                raise WireTimeout("whoever never stops talking is late as well")
            frame = self._job.next_frame(self._deadline)
            if frame.type == "hello" and self._signed == 0:
                frame = self._job.next_frame(self._deadline)
        except WireTimeout:
            self._job.kill()
            raise OutOfTime from None
        except WireClosed as error:
            raise Gone(self._job.protocol_error or str(error), protocol=bool(self._job.protocol_error)) from None
        if frame.header.get("signature") != self._sign(self._signed):
            raise self._broken("a frame that no call of ours produced")
        self._signed += 1
        if frame.type in ("tampered", "forbidden"):
            self._job.kill()
            what, line = f"{frame.header.get('what')!s:.200}", frame.header.get("line")
            if frame.type == "forbidden":
                raise Forbidden(what, line if type(line) is int else 0)
            raise Tampered(f"{what:.60} on line {line!s:.10}" if line else f"{what:.60}")
        return frame

    def _answer(self, frame: Frame) -> None:
        """Do what a callback asks for. Its failures fail the check, whatever the submission makes of them."""
        number = frame.header.get("function")
        if type(number) is not int or not 0 <= number < len(self._functions):
            raise self._broken("a call of a function that nobody gave")
        try:
            unpacker = Unpacker(frame, self._resolve)
            args, kwargs = unpacker.value(frame.header.get("args")), unpacker.value(frame.header.get("kwargs"))
            if type(args) is not tuple or type(kwargs) is not dict or not all(type(k) is str for k in kwargs):
                raise WireError("arguments that are none")
        except WireError as error:
            raise self._broken(str(error)) from None
        packer = Packer(self._refer)
        try:
            result = packer.pack(self._functions[number](*args, **kwargs))
        except Exception as error:
            if isinstance(error, AssertionError):
                self._failure = self._failure or error
            self._job.send({"type": "answer_raised", "error": told(error)})
        else:
            self._job.send({"type": "answer", "value": result, **packer.header()}, packer.body())

    def _refer(self, value: Any) -> list[Any]:
        if isinstance(value, Method):
            value = value.found()
        if isinstance(value, Handle):
            return ["object", number_of(value)]
        if isinstance(value, BaseException):
            return ["error", told(value)]
        if (path := names.path_of(value)) is not None:
            return ["name", path]
        if isinstance(value, torch.nn.Module):
            raise Unpackable(
                f"a {type(value).__name__} of the judge's process cannot be handed to the submission; make one there: "
                f"submission.torch.nn.{type(value).__name__}(...) or submission.support...."
            )
        if hasattr(value, "__next__"):
            return ["iterator", self._function(value.__next__)]
        if callable(value):
            return ["callback", self._function(value)]
        raise Unpackable(f"a {type(value).__name__} cannot be handed to the submission")

    def _function(self, function: Callable[..., Any]) -> int:
        for number, known in enumerate(self._functions):
            if known == function:
                return number
        self._functions.append(function)
        return len(self._functions) - 1

    def _resolve(self, node: list[Any]) -> Any:
        if node[0] == "object" and len(node) == 3 and type(node[1]) is int and type(node[2]) is dict:
            handle = self._handles.get(node[1])
            if handle is None:
                handle = self._handles[node[1]] = Handle(self, node[1], node[2])
            return handle
        if node[0] == "callback" and type(node[1]) is int and 0 <= node[1] < len(self._functions):
            return self._functions[node[1]]
        raise WireError("a value of an unknown kind")

    def _take_changes(self, reply: Frame, unpacker: Unpacker, storages: list[Any]) -> None:
        for item in self._list(reply, "changed"):
            number, data = item if type(item) is list and len(item) == 2 else (-1, None)
            values = unpacker.value(data)
            if type(number) is not int or not 0 <= number < len(storages) or type(values) is not torch.Tensor:
                raise WireError("a change of nothing")
            storage = storages[number]
            if storage is None or values.dtype is not torch.uint8 or values.numel() != storage.nbytes():
                raise WireError("a change of another size")
            if note_change(storage, str(self.last_call or "")):
                if self.last_call is not None:
                    self.last_call.keep_values()
                with torch.no_grad():
                    torch.empty(0, dtype=torch.uint8).set_(storage).copy_(values)

    def _take_grads(self, reply: Frame, unpacker: Unpacker, inputs: list[torch.Tensor]) -> None:
        for item in self._list(reply, "grads"):
            number, data = item if type(item) is list and len(item) == 2 else (-1, None)
            grad = unpacker.value(data)
            if type(number) is not int or not 0 <= number < len(inputs) or type(grad) is not torch.Tensor:
                raise WireError("a gradient of nothing")
            tensor = inputs[number]
            if not tensor.requires_grad or grad.shape != tensor.shape or grad.dtype != tensor.dtype:
                raise WireError("a gradient that does not fit its input")
            if tensor.is_leaf:
                tensor.grad = grad

    def _bridge(self, call: int, unpacker: Unpacker, inputs: list[torch.Tensor]) -> None:
        """Make the results differentiable here as they are there."""
        flowing = [
            number
            for number, tensor in unpacker.tensors.items()
            if (facts := facts_of(tensor)) is not None and facts.requires_grad and not facts.is_leaf
        ]
        flowing = [n for n in flowing if unpacker.tensors[n].is_floating_point() or unpacker.tensors[n].is_complex()]
        if not flowing:
            return
        ticket = Ticket(self, call, flowing, [unpacker.tensors[number] for number in flowing], inputs)
        anchor = torch.zeros((), requires_grad=True)
        outputs = Bridge.apply(ticket, anchor, *inputs)  # type: ignore[no-untyped-call]
        for number, output in zip(flowing, outputs, strict=True):
            facts = facts_of(unpacker.tensors[number])
            assert facts is not None
            attach(output, facts)
            unpacker.tensors[number] = output

    def _list(self, frame: Frame, key: str) -> list[Any]:
        found = frame.header.get(key, [])
        if type(found) is not list:
            raise self._broken("a list that is none")
        return found

    def _broken(self, what: str) -> Gone:
        self._job.kill()
        return Gone(what, protocol=True)
