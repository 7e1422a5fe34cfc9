"""Does what the judge asks for: one operation at a time on objects that stay here."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from types import ModuleType
from typing import Any

import torch

from torchdojo.crossing import Counter, Packer, Unpacker
from torchdojo.harness.serving.differentiation import Graphs
from torchdojo.harness.serving.forbidden import Asking
from torchdojo.harness.serving.inputs import Inputs
from torchdojo.harness.serving.objects import SUBMISSION, SUPPORT, TORCH, Objects, at_home
from torchdojo.harness.serving.operations import OPERATIONS, seed_everything
from torchdojo.harness.serving.raised import described
from torchdojo.harness.serving.settings import put_back, settings
from torchdojo.wire import Frame

Send = Callable[..., None]


class Agent:
    """Answers "do", "backward" and "count" requests; `send` signs and sends a frame, `receive` waits for one."""

    def __init__(self, send: Send, receive: Callable[[], Frame], filename: str, asking: Asking) -> None:
        #: Told what the judge takes from the submission's module.
        self.handed: Callable[[Any], None] = lambda value: None
        #: Called before every request.
        self.look: Callable[[], None] = lambda: None
        self._asking = asking
        self._send = send
        self._receive = receive
        self._filename = filename
        self._objects = Objects(self._call_judge)
        self._graphs = Graphs()
        self._counter: Counter | None = None
        self._wire = threading.RLock()
        #: Objects that are torch's or the helpers', with all that came from them.
        self._ours = {TORCH, SUPPORT}

    def publish(self, submission: ModuleType, torch_module: ModuleType, support: ModuleType | None) -> None:
        """The objects the judge knows from the start, in the order of their numbers."""
        for module in (submission, torch_module, support):
            self._objects.number(module)

    def serve(self) -> None:
        """Answer until the judge says "bye". Raises WireError when it is gone."""
        while (request := self._receive()).type != "bye":
            self.answer(request)

    def answer(self, request: Frame) -> None:
        """Do what one request asks for. Everything of the submission that runs, runs beneath this."""
        self.look()
        self._graphs.forget(request.header.get("forget", ()))
        try:
            if request.type == "do":
                self._do(request)
            elif request.type == "backward":
                self._backward(request)
            else:
                self._count(str(request.header.get("of", "")))
        except BaseException as error:
            self._send({"type": "raised", "error": described(error, self._filename)})

    def _do(self, request: Frame) -> None:
        if "seed" in request.header:
            seed_everything(request.header["seed"])
        unpacker = Unpacker(request, self._objects.resolve)
        inputs = Inputs(unpacker, request)
        target, args, kwargs = (unpacker.value(request.header[part]) for part in ("target", "args", "kwargs"))
        op, grad = request.header["op"], request.header["grad"]
        if self._counter is not None:
            self._counter.outside |= inputs.addresses()
        ours = self._is_ours(target)
        left = ""
        with torch.set_grad_enabled(grad):
            before = settings()
            with self._counter or nullcontext():
                if op == "method":
                    name, *args = args
                    with self._asking_for(ours):
                        target = getattr(target, name)
                    op, ours = "call", ours and at_home(target)
                with self._asking_for(ours):
                    result = OPERATIONS[op](target, *args, **kwargs)
            # What is entered or advanced may change them; that the checks ask torch to is no fault either.
            if op == "call" and not (ours and _is_of_torch(target)):
                left = put_back(before)
        if op == "getattr" and self._objects.number(target) == SUBMISSION:
            self.handed(result)
        packer = Packer(self._refer_ours if ours else self._objects.refer, inputs.addresses_by_number())
        if op == "keep":
            value: Any = packer.pack(self._objects.kept(result))
        else:
            value = packer.pack(result)
        changes = inputs.changes(packer)
        if grad:
            self._graphs.remember(request.header["call"], inputs.tensors, packer.tensors)
        header = {"type": "done", "value": value, **changes}
        if left:
            header["left"] = left
        self._send({**header, **packer.header()}, packer.body())

    @contextmanager
    def _asking_for(self, ours: bool) -> Iterator[None]:
        before, self._asking.excused = self._asking.excused, ours
        try:
            yield
        finally:
            self._asking.excused = before

    def _is_ours(self, target: Any) -> bool:
        return self._objects.number(target) in self._ours and at_home(target)

    def _refer_ours(self, value: Any) -> list[Any]:
        node = self._objects.refer(value)
        if node[0] == "object":
            self._ours.add(node[1])
        return node

    def _backward(self, request: Frame) -> None:
        unpacker = Unpacker(request, self._objects.resolve)
        grads = unpacker.value(request.header["grads"])
        with self._counter or nullcontext():
            found = self._graphs.backward(request.header["call"], grads)
        packer = Packer(self._objects.refer)
        header = {"type": "done", "value": packer.pack(found)}
        self._send({**header, **packer.header()}, packer.body())

    def _count(self, what: str) -> None:
        if what == "start":
            self._counter = Counter()
        counter = self._counter
        if what == "stop":
            self._counter = None
        counted = None if counter is None else counter.counted()
        figures = {} if counted is None else {name: getattr(counted, name) for name in counted.__slots__}
        self._send({"type": "done", "value": None, "figures": figures})

    def _call_judge(self, number: int, args: Any, kwargs: Any) -> Any:
        """Call a function of the judge and wait for its answer; nested requests are answered meanwhile."""
        with self._asking_for(ours=True):
            return self.ask_judge(number, args, kwargs)

    def ask_judge(self, number: int, args: Any, kwargs: Any) -> Any:
        """Send one question and wait. Packing it is no work of the submission's, though it stands beneath its lines."""
        packer = Packer(self._objects.refer)
        header = {"type": "callback", "function": number, "args": packer.pack(args), "kwargs": packer.pack(kwargs)}
        with self._wire:
            self._send({**header, **packer.header()}, packer.body())
            while (reply := self._receive()).type not in ("answer", "answer_raised"):
                self.answer(reply)
        if reply.type == "answer_raised":
            raise self._objects.exception(reply.header["error"])
        return Unpacker(reply, self._objects.resolve).value(reply.header["value"])


def _is_of_torch(target: Any) -> bool:
    return str(getattr(target, "__module__", None)).partition(".")[0] == "torch"
