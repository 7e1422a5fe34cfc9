"""One experiment with a copy of each model that is trained, as soon as its weights have moved.

The copy runs in eval mode on the training batch at hand, and again on that batch changed in one respect. Notes, each
at the line of the script that called the model, with `model` (its id) and the number of the `forward`:

    tried       an experiment could be made at all: seconds
    rows        one row of the batch was exchanged: count (rows), moved (other rows whose output moved), symmetric
                (rows in another order come out in that order), sequence_first (a layer wants time on axis 0)
    mixed       a reshape gave the shape of a transposition: before, after (shapes)
    layers      affine layers that ran: count
    stacked     an affine layer followed by another, nothing between: given, middle, made (widths), kernel (dims)
    causality   tokens from a position on were exchanged, where the target is the next token: position, moved (earlier
                outputs that moved), looked_at, only_one_before
    order       tokens changed places: share (of what other tokens do to the output), tokens (how many), kind ("next"
                when the target is the next token, else "whole"), needed (the data have equal tokens with other targets)
    padding     a row was run without its padding: share (of the outputs' spread), length, padded_to
                (with attention and recurrent: whether there are such layers; each: there is an output per token)
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import Any

from torchdojo.harness.originals import Tensor, detach, grad_fn_of, is_grad_enabled, now
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.tensors import tensors_in
from torchdojo.harness.recorder.trials import rows, sequences
from torchdojo.harness.recorder.trials.dataflow import Flow, Layer, flow, has_sequence_first_layers, is_recurrent
from torchdojo.harness.recorder.trials.trial import Trial

_NAME = "experiments"

#: Weights that begin at zero hide what a model does: so many updates have to have moved them, or so many backward
#: passes gone by (of a model that is updated by hand).
_UPDATES, _PASSES = 2, 8

_MOST_MODELS, _MOST_TARGETS = 6, 8

#: How far a loss may be from the output it scores: what lies between only rearranges it.
_DEPTH, _BREADTH = 12, 8


def watch(bus: Bus) -> None:
    """Begin to watch."""
    watcher = _Experiments(bus)
    bus.forward_ends.append(watcher.forward_ends)
    bus.step_ends.append(watcher.step_ends)
    bus.loss_ends.append(watcher.loss_ends)
    bus.backward_ends.append(watcher.backward_ends)


@dataclass(frozen=True, slots=True)
class _Batch:
    model: Any
    ident: int
    given: Any
    at: int
    #: Where its outputs stand in the graph, and the targets they met.
    nodes: list[Any]
    targets: list[Any]


class _Experiments:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._updates = 0
        #: Backward passes of the models that wait for their experiment.
        self._passes: dict[int, int] = {}
        self._tried: set[int] = set()
        #: The arguments of forwards whose backward pass has still to come.
        self._batches: dict[int, _Batch] = {}
        #: Targets of losses inside the forward that is running.
        self._inside: list[Any] = []

    def forward_ends(self, number: int, module: Any, args: Any, kwargs: Any, output: Any) -> None:
        """Keep the arguments until the backward pass, if an experiment is due."""
        ident = self._bus.log.ident(module)
        if not is_grad_enabled() or ident in self._tried or len(self._tried) >= _MOST_MODELS:
            return
        if len(self._batches) >= _MOST_MODELS:
            self._batches.clear()
        passes = self._passes.get(ident, 0)
        due = passes and (self._updates >= _UPDATES or passes >= _PASSES)
        nodes = [node for out in tensors_in(output) if (node := grad_fn_of(out)) is not None] if due else []
        given = (args, kwargs) if due else None
        targets, self._inside = self._inside, []
        self._batches[number] = _Batch(weakref.ref(module), ident, given, self._bus.log.at(), nodes, targets)

    def step_ends(self, optimizer: Any) -> None:
        """Count the updates."""
        self._updates += 1

    def loss_ends(self, number: int, name: str, args: Any, kwargs: Any, result: Any) -> None:
        """Keep the target with the model whose output it is for."""
        target = args[1] if len(args) > 1 else kwargs.get("target")
        if not isinstance(target, Tensor):
            return
        if self._bus.inside:
            self._inside = [*self._inside[1 - _MOST_TARGETS :], detach(target)]
            return
        if not any(batch.nodes for batch in self._batches.values()):
            return
        behind = _behind(args[0] if args else kwargs.get("input"))
        for batch in self._batches.values():
            if len(batch.targets) < _MOST_TARGETS and any(node in behind for node in batch.nodes):
                batch.targets.append(detach(target))

    def backward_ends(self, roots: Any, forwards: list[int], failed: bool) -> None:
        """Experiment with the models that the pass reached."""
        batches, self._batches = self._batches, {}
        self._inside = []
        counted: set[int] = set()
        for number in forwards:
            batch = batches.get(number)
            if batch is None or batch.ident in counted:
                continue
            counted.add(batch.ident)
            model = batch.model()
            if batch.given is None or model is None or failed:
                self._passes[batch.ident] = self._passes.get(batch.ident, 0) + 1
            else:
                self._tried.add(batch.ident)
                self._passes.pop(batch.ident, None)
                self._try(number, model, batch)

    def _try(self, number: int, model: Any, batch: _Batch) -> None:
        began = now()
        with self._bus.experiment():
            try:
                notes = _findings(Trial(self._bus, model, *batch.given), batch.targets, self._bus.log.at)
            except Exception:
                # Unsuited, or the copy failed: that says nothing about the model.
                return
        outer = self._bus.log.at()
        for what, at, facts in [("tried", -1, {"seconds": now() - began}), *notes]:
            # A layer that no line of the script calls runs in the line that called the model.
            line = batch.at if at in (-1, outer) else at
            self._bus.note(_NAME, what, line, model=batch.ident, forward=number, **facts)


def _behind(prediction: Any) -> set[Any]:
    """The nodes of the graph a few steps behind what a loss was given."""
    first = grad_fn_of(prediction) if isinstance(prediction, Tensor) else None
    seen: set[Any] = set()
    front = [] if first is None else [first]
    for _ in range(_DEPTH):
        seen.update(front)
        front = [inner for node in front[:_BREADTH] for inner, _ in node.next_functions if inner is not None]
    return seen


def _findings(trial: Trial, targets: list[Any], at: Any) -> list[tuple[str, int, dict[str, Any]]]:
    notes: list[tuple[str, int, dict[str, Any]]] = []
    seen = flow(trial, at)
    for mixed in seen.mixed[:4]:
        notes.append(("mixed", mixed.at, {"before": list(mixed.before), "after": list(mixed.after)}))
    if (apart := rows.apart(trial)) is not None:
        facts = {"count": apart.count, "moved": apart.moved, "symmetric": apart.symmetric}
        notes.append(("rows", -1, {**facts, "sequence_first": has_sequence_first_layers(trial.twin)}))
    shifted = sequences.shift(trial, targets)
    leak = sequences.leak(trial, shifted) if shifted is not None else None
    if seen.attention:
        notes += _order(trial, targets, shifted, leak)
    if (padded := sequences.without_padding(trial)) is not None:
        lengths = {"share": padded.share, "length": padded.length, "padded_to": padded.padded_to, "each": padded.each}
        layers = {"attention": seen.attention, "recurrent": is_recurrent(trial.twin)}
        notes.append(("padding", -1, {**lengths, **layers}))
    _note_layers(notes, trial, seen, at)
    if shifted is not None and leak is not None:
        if not leak.moved:
            leak = sequences.leak_in_training(trial, shifted) or leak
        facts = {"position": leak.position, "moved": leak.moved, "looked_at": leak.looked_at}
        notes.append(("causality", -1, {**facts, "only_one_before": leak.only_one_before}))
    return notes


def _order(
    trial: Trial, targets: list[Any], shifted: sequences.Shift | None, leak: sequences.Leak | None
) -> list[tuple[str, int, dict[str, Any]]]:
    """What tokens that change places do to the output."""
    if shifted is not None:
        if (context := sequences.order_of_context(trial, shifted)) is not None:
            return [("order", -1, {"share": context[0], "tokens": context[1], "kind": "next", "needed": True})]
        if leak is None or not leak.moved:
            return []
        # A mask upside down hides the context from the last output; it shows all tokens to the first.
    if (order := sequences.order_of_tokens(trial, targets)) is None:
        return []
    return [("order", -1, {"share": order.share, "tokens": order.tokens, "kind": "whole", "needed": order.needed})]


def _note_layers(notes: list[tuple[str, int, dict[str, Any]]], trial: Trial, seen: Flow, at: Any) -> None:
    notes.append(("layers", -1, {"count": len(seen.layers)}))
    if not seen.stacked:
        return
    # Some models take another way in training: noise between two layers, say.
    also = {_widths(pair) for pair in flow(trial, at, training=True).stacked}
    for pair in [pair for pair in seen.stacked if _widths(pair) in also][:4]:
        given, middle, made, kernel = _widths(pair)
        notes.append(("stacked", pair[1].at, {"given": given, "middle": middle, "made": made, "kernel": kernel}))


def _widths(pair: tuple[Layer, Layer]) -> tuple[int, int, int, int]:
    first, second = pair
    return first.given, first.made, second.made, len(second.kernel)
