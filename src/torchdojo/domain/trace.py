"""The event trace of one recorded training run: what the recorder writes and the probes read.

An event is a JSON object with the key "t" (its type) and "at" (an index into `Trace.places`, -1 when no line of
the script is on the stack). Numbers only, never whole tensors. "id" values are small integers handed out by the
recorder in order of appearance. Shapes are lists of ints, dtypes torch's names ("float32"), devices "cpu",
"cuda:0", ... as the script sees them. All per-row lists are capped at 256 entries.

    batch     a loader handed out a batch: loader (id), shapes, dtypes, devices (lists over its tensors)
    iter      a DataLoader's iteration began: loader (id), batches (int or null), sampler (class name),
              rows (len(dataset) or null)
    forward   an outermost nn.Module call returned: id, model (id), cls, params (count of trainable scalars),
              train_leaves, eval_leaves (mode-dependent leaves that ran: dropout with p > 0, batch norms, each by
              its own `training` flag; for batch norm "train" also means track_running_stats is off),
              grad (is_grad_enabled), inference (is_inference_mode_enabled), out_grad (output requires grad),
              shape, dtype, device (first tensor input), pdevice, pdtype (first parameter), entry (shape of what
              reached the first affine layer), beside (true when further tensors of as many rows came with the first
              tensor input), inner_grad (output of the last affine layer that ran requires grad),
              rows (int fingerprint per input row), failed (true when it raised; the out_* keys are then absent)
    loss      a loss function ran: id, name ("cross_entropy", "nll_loss", "mse_loss", ...), shape, dtype, (of the
              first argument) target_shape, target_dtype, producer (autograd node names walked back through
              view-like nodes, nearest first, e.g. ["SoftmaxBackward0"]), grad (result requires grad), value (float,
              mean over elements whatever the reduction, null when not finite), weight (rows it stands for),
              row_min, row_sum_min, row_sum_max, exp_sum_min, exp_sum_max, spread (max - min over the first
              argument's rows; absent for 1-D input), accuracy (share of rows whose argmax is the target; only for
              (N, C) against (N,) integers), targets (int per row: class index, or fingerprint of the target row),
              forward (id of the latest forward, or null)
    backward  a backward pass ended: forwards (ids it touched), value and dtype (of the root when scalar), graded
              (parameters whose .grad it touched), retained (bool), stale (gradients that still held content already
              consumed by an earlier step when this pass began), failed
    gradient  torch.autograd.grad ended: forwards (ids it touched)
    logits    sampled training forward, after its backward: forward, values (list of rows), grads (list of rows) at
              the output of the last affine layer that ran (nn.Linear, nn.Conv*, nn.Bilinear)
    step      parameters were updated: opt (id, or null for a manual update), cls (class name, "manual"), lrs (list),
              params (count of tensors it owns), with_grad, stale (gradients containing content already consumed by
              an earlier step), empty (None or all zero although a backward happened since the last step),
              update (relative update size of a sampled tensor, null if not sampled), live (training graphs still
              alive after their last use)
    optimizer an optimizer was built: opt (id), cls, module ("torch.optim.adam"), hyper (its defaults, JSON scalars
              only), groups (list of {lr, params}), owned, trainable (owned tensors that require grad)
    zero      zero_grad was called, the first time at this place: opt (id) or model (id)
    schedule  a scheduler stepped: cls, opt (id)
    eval_mode a module's train()/eval() was called from the script: model (id), training (bool)
    note      a watcher saw something that only some kinds of bugs show: by (the watcher), what, facts (scalars and
              lists of them; the watcher's docstring says what they mean)
    device    tensors or a module were moved: device
    end       always last: how ("finished", "exception", "exit", "stopped"), error (class name), message, line,
              function, seconds, accelerator_ops (operations run on the simulated accelerator, null without one),
              patched (names of torch functions found replaced at the end)

A long run is recorded closely at first, and from then on in stretches from update to update. Between them an event of
training carries only what costs nothing: no forward and no loss that lead to a backward pass in train mode, of a
backward pass its value, of a step its rates. Keys that are missing say nothing.

A *training forward* is one that a backward touched. An *evaluation forward* is an untouched, successful forward of a
model class that also trains, after the first step. A maximal run of them without a step between is an
*evaluation pass*.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the script: 1-based number and the qualified name of the function it stands in ("" at top level).

    `file` is "" where there is only one file; otherwise the file's name as a person would type it.
    """

    line: int
    function: str
    file: str = ""

    def __str__(self) -> str:
        line = f"{self.file}:{self.line}" if self.file else f"line {self.line}"
        return f"{line}, {self.function}" if self.function else line


@dataclass(frozen=True)
class Trace:
    """The events of one run in order, and the places they name."""

    events: Sequence[Event]
    places: Sequence[Place] = field(default_factory=tuple)

    def of(self, *types: str) -> Iterator[Event]:
        """The events of these types, in order."""
        return (event for event in self.events if event["t"] in types)

    def notes(self, by: str, *what: str) -> Iterator[Event]:
        """What a watcher noted of these things (of any, without a name): its facts, with "at" and "what"."""
        for event in self.of("note"):
            if event["by"] == by and (not what or event["what"] in what):
                yield {"at": event["at"], "what": event["what"], **event["facts"]}

    def place(self, event: Event) -> str:
        """Where the event happened, "" when unknown."""
        at = event.get("at", -1)
        return str(self.places[at]) if isinstance(at, int) and 0 <= at < len(self.places) else ""

    @cached_property
    def end(self) -> Event | None:
        """The closing event; None when the run was cut off without one."""
        last = self.events[-1] if self.events else None
        return last if last is not None and last["t"] == "end" else None

    @cached_property
    def trained_ids(self) -> frozenset[int]:
        """Ids of the forwards that a backward touched."""
        return frozenset(i for event in self.of("backward") if not event.get("failed") for i in event["forwards"])

    @cached_property
    def training_forwards(self) -> tuple[Event, ...]:
        """Successful root forwards whose graph a backward touched."""
        return tuple(e for e in self.of("forward") if e["id"] in self.trained_ids and not e.get("failed"))

    @cached_property
    def steps(self) -> tuple[Event, ...]:
        """Parameter updates, by an optimizer or by hand."""
        return tuple(self.of("step"))

    @cached_property
    def evaluation_passes(self) -> tuple[tuple[Event, ...], ...]:
        """Maximal runs of evaluation forwards without a step between them."""
        classes = {event["cls"] for event in self.training_forwards}
        passes: list[tuple[Event, ...]] = []
        current: list[Event] = []
        stepped = False
        for event in self.events:
            if event["t"] == "step":
                stepped = True
                if current:
                    passes.append(tuple(current))
                    current = []
            elif (
                event["t"] == "forward"
                and stepped
                and event["cls"] in classes
                and event["id"] not in self.trained_ids
                and not event.get("failed")
            ):
                current.append(event)
        if current:
            passes.append(tuple(current))
        return tuple(passes)
