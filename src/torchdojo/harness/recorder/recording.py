"""Puts the recorder's parts together and into torch, and takes them out again."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import torch
from torch.nn import functional
from torch.optim import lr_scheduler
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook
from torch.utils.data import dataloader

from torchdojo.harness.originals import Loader, Module, Optimizer
from torchdojo.harness.recorder.backwards import Backwards
from torchdojo.harness.recorder.by_hand import ByHand
from torchdojo.harness.recorder.calls import Calls
from torchdojo.harness.recorder.forwards import Forwards
from torchdojo.harness.recorder.gradients import Gradients
from torchdojo.harness.recorder.graphs import Graphs
from torchdojo.harness.recorder.log import Log
from torchdojo.harness.recorder.losses import FUNCTIONS, Losses
from torchdojo.harness.recorder.updates import Updates
from torchdojo.harness.recorder.watchers import chosen_watchers

_AFFINE = ("conv1d", "conv2d", "conv3d", "bilinear")
#: Functions that drop, and whether they do when they are not told.
_DROPOUTS = {
    "dropout": True,
    "dropout1d": True,
    "dropout2d": True,
    "dropout3d": True,
    "alpha_dropout": False,
    "feature_alpha_dropout": False,
}
_RECURRENT = (torch.nn.RNN, torch.nn.LSTM, torch.nn.GRU)

#: What quietens an accelerator's bookkeeping while the recorder computes.
Quiet = Callable[[], AbstractContextManager[Any]]

_ABSENT = object()


class Recorder:
    """Records from `install` to `uninstall`."""

    def __init__(
        self,
        script: dict[str, Any],
        *,
        sample: int = 24,
        device: Callable[[Any], str] | None = None,
        quiet: Quiet | None = None,
        watch: Collection[str] = (),
        log: Log | None = None,
    ) -> None:
        self.log = Log(script, device) if log is None else log
        self.graphs = Graphs()
        self.gradients = Gradients()
        self.forwards = Forwards(self.log, self.graphs, sample)
        self.bus = self.forwards.bus
        self.losses = Losses(self.log, self.forwards)
        self.updates = Updates(self.log, self.gradients, self.graphs, self.bus)
        self.by_hand = ByHand(self.log, self.gradients, self.graphs, self.updates)
        self.backwards = Backwards(self.log, self.forwards, self.graphs, self.gradients, self.by_hand)
        self.calls = Calls(self.log, self.gradients, self.bus)
        self.forwards.notice = self.by_hand.notice
        self._quiet = quiet
        self._watch = watch
        self._patches: list[tuple[Any, str, Any, Any]] = []
        self._hooks: list[Any] = []

    @property
    def trained(self) -> list[Any]:
        """The models that backward passes reached, latest last."""
        return self.backwards.trained

    def install(self) -> None:
        """Begin recording: replace what has to be replaced in torch."""
        if self._quiet is not None:
            for owner, name in (
                *((self.forwards, name) for name in ("_begin", "_end")),
                *((self.backwards, name) for name in ("_begin", "_begin_grad", "_end", "_end_grad")),
                (self.losses, "_note"),
                *((self.updates, name) for name in ("before_step", "after_step")),
                (self.calls, "_note_batch"),
            ):
                setattr(owner, name, self._hush(getattr(owner, name)))
        # torch.compile would look into what is replaced here, and needs a C++ compiler: its models run as they are.
        torch.compiler.set_stance("force_eager")
        forwards, calls = self.forwards, self.calls
        self._replace(Module, "__call__", forwards.wrap_call)
        self._replace(functional, "linear", forwards.wrap_linear)
        for name in _AFFINE:
            self._replace(functional, name, forwards.wrap_affine)
        for name, training in _DROPOUTS.items():
            self._replace(functional, name, partial(forwards.wrap_dropout, training=training))
        for name, position, mode, when in (
            ("batch_norm", 5, "training", ""),
            ("instance_norm", 5, "use_input_stats", "running_mean"),
            ("rrelu", 3, "training", ""),
        ):
            self._replace(functional, name, partial(forwards.wrap_mode, position=position, name=mode, when=when))
        for layer in _RECURRENT:
            self._replace(layer, "forward", forwards.wrap_recurrent)
        for name in FUNCTIONS:
            self._replace(functional, name, partial(self.losses.wrap, name))
        self._replace(torch.autograd, "backward", self.backwards.wrap_backward)
        self._replace(torch.autograd, "grad", self.backwards.wrap_grad)
        self._replace(Optimizer, "__init__", self.updates.wrap_construction)
        self._replace(Optimizer, "zero_grad", calls.wrap_clearing)
        self._replace(Module, "zero_grad", calls.wrap_clearing)
        self._replace(Module, "train", calls.wrap_mode_switch)
        self._replace(Loader, "__iter__", calls.wrap_iteration)
        self._replace(dataloader._BaseDataLoaderIter, "__next__", calls.wrap_batch)
        self._replace(lr_scheduler.LRScheduler, "_initial_step", calls.wrap_first_step)
        for scheduler in {value for value in vars(lr_scheduler).values() if _is_scheduler(value)}:
            self._replace(scheduler, "step", calls.wrap_schedule)
        self._hooks = [
            register_optimizer_step_pre_hook(self.updates.before_step),
            register_optimizer_step_post_hook(self.updates.after_step),
        ]
        self.bus.replace, self.bus.keep_hook = self._replace, self._hooks.append
        for watcher in chosen_watchers(self._watch):
            watcher.watch(self.bus)

    def finish(self) -> None:
        """The script is over: note what was still to be noticed."""
        try:
            self.by_hand.notice()
        except Exception as error:
            self.log.failed(error)
        self.bus.tell(self.bus.script_ends)

    def uninstall(self) -> None:
        """Put torch back as it was."""
        for hook in self._hooks:
            hook.remove()
        while self._patches:
            owner, name, original, _ = self._patches.pop()
            if original is _ABSENT:
                delattr(owner, name)
            else:
                setattr(owner, name, original)
        torch.compiler.set_stance("default")

    def replaced(self) -> list[str]:
        """What of the recorder's replacements in torch the script has replaced in turn."""
        # Several of ours may lie over each other: the last is the one to be found.
        outermost = {(id(owner), name): (owner, ours) for owner, name, _, ours in self._patches}
        return [
            f"{getattr(owner, '__name__', owner)}.{name}"
            for (_, name), (owner, ours) in outermost.items()
            if vars(owner).get(name) is not ours
        ]

    def _hush(self, method: Callable[..., Any]) -> Callable[..., Any]:
        quiet = self._quiet
        assert quiet is not None

        def hushed(*args: Any, **kwargs: Any) -> Any:
            with quiet():
                return method(*args, **kwargs)

        return hushed

    def _replace(self, owner: Any, name: str, wrap: Callable[[Any], Any]) -> None:
        original = vars(owner).get(name, _ABSENT)
        found = getattr(owner, name)
        ours = wrap(found)
        for attribute in ("__name__", "__qualname__", "__doc__", "__module__"):
            if hasattr(found, attribute):
                setattr(ours, attribute, getattr(found, attribute))
        setattr(owner, name, ours)
        self._patches.append((owner, name, original, ours))


def _is_scheduler(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, lr_scheduler.LRScheduler) and "step" in vars(value)
