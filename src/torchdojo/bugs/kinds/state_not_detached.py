"""A recurrent state is carried to the next batch together with its graph."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

import libcst as cst

from torchdojo.bugs.edits import by, removal
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import bare_call, called, dotted, only_statement, receiver
from torchdojo.bugs.training_steps import last_name

_STATE = re.compile(r"^(h|c|s|hx|cx|hc)\d*$|hidden|state|memory|mems?$|carry|cell|context|latent", re.IGNORECASE)
_DETACHING = re.compile(r"detach|repackage", re.IGNORECASE)


class StateNotDetached(BugKind):
    """
    ## What it does
    A hidden state is handed from one batch to the next, as it should be for a long sequence, but with the graph that
    computed it. The backward pass of each batch goes on into the batches before.

    ## Why it is bad
    The graphs of earlier batches have been released by their own backward passes, so the second one raises. The usual
    first aid, `retain_graph=True`, is worse: the graph grows by a batch with every step, and so do time and memory; or
    the weights behind the old graph have changed in place meanwhile, and autograd raises for that.

    ## Symptoms
    - `RuntimeError: Trying to backward through the graph a second time`, in the second iteration, never in the first.
    - With `retain_graph=True`: steps that take longer and longer. A small recurrent network went from 5 ms to 73 ms
      per step within 60 batches.
    - `one of the variables needed for gradient computation has been modified by an inplace operation`.

    ## How to find it
    Ask the state at the beginning of a batch for its `grad_fn`. It must be `None`.

    ## Fix
    `state = state.detach()` between batches (for an LSTM both parts of the tuple). The values go on, the graph ends:
    truncated back-propagation through time.

    ## Correct code that looks like it
    - Truncated back-propagation over several chunks: the state is detached every so many chunks, so the graph is
      bounded.
    - A state that begins at zero in every batch.
    - An episode that is played through with its graph and differentiated once.

    ## References
    - [Sequence models](https://docs.pytorch.org/tutorials/beginner/nlp/sequence_models_tutorial.html)
    - [Tensor.detach](https://docs.pytorch.org/docs/stable/generated/torch.Tensor.detach.html)
    """

    slug = "state-not-detached"
    title = "State carried over with its graph"
    summary = "The hidden state links each batch to all before: backward fails, or gets slower and slower."
    category = "correctness"
    difficulty = "medium"
    telling = r"detach|truncat|\bgraph|\bhistory\b|bptt|through time"

    interview = (
        Question(
            "Why is the hidden state detached between batches, and what is lost by it?",
            "To end the graph: gradients would otherwise flow through all earlier batches. Lost are gradients over "
            "longer spans than one batch; the state's values still carry information forward.",
        ),
        Question(
            "Is `detach()` enough for an LSTM?",
            "Its state is a pair, and both the hidden and the cell state have graphs. Each has to be detached, for "
            "example as `tuple(s.detach() for s in state)`.",
        ),
        Question(
            "Why does the error come in the second iteration and not in the first?",
            "The first backward pass has a whole graph. It releases the saved tensors as it goes; the second pass "
            "reaches the same nodes through the state and finds them released.",
        ),
    )
    nudges = (
        "What does the state know about where it came from?",
        "How far back does the backward pass of the third batch go?",
        "Why does the first iteration work?",
    )

    examples = (
        Example(
            "between batches",
            "train.hidden",
            """
            def train(model, chunks, optimizer):
                hidden = None
                for x, y in chunks:
                    out, hidden = model(x, hidden)
                    hidden = hidden.detach()
                    loss = mse(out, y)
                    loss.backward()
                    optimizer.step()
            """,
            """
            def train(model, chunks, optimizer):
                hidden = None
                for x, y in chunks:
                    out, hidden = model(x, hidden)
                    loss = mse(out, y)
                    loss.backward()
                    optimizer.step()
            """,
        ),
        Example(
            "in the call",
            "Trainer.step.self.state",
            """
            class Trainer:
                def step(self, x, y):
                    out, self.state = self.rnn(x, self.state.detach())
                    self.loss(out, y).backward()
            """,
            """
            class Trainer:
                def step(self, x, y):
                    out, self.state = self.rnn(x, self.state)
                    self.loss(out, y).backward()
            """,
        ),
        Example(
            "both parts of a pair",
            "state",
            """
            for x, y in chunks:
                state = tuple(part.detach() for part in state)
                out, state = lstm(x, state)
            """,
            """
            for x, y in chunks:
                out, state = lstm(x, state)
            """,
        ),
        Example(
            "a helper",
            "train.hidden",
            "def train(net, x, hidden):\n    hidden = repackage(hidden)\n    return net(x, hidden)\n",
            "def train(net, x, hidden):\n    return net(x, hidden)\n",
        ),
    )
    untouched = (
        "def play(policy, x):\n    target = policy(x).detach()\n    return target\n",
        "losses.append(loss.detach())\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Take out what detaches a state from its graph."""
        for block in script.blocks:
            for index, statement in enumerate(block.statements):
                if name := _detached(script, statement):
                    edits = removal(block.statements, index, telling=self.telling)
                    yield Break(block.scope, name, statement, edits)
        for spot in script.of(cst.Call):
            state = receiver(spot.node, "detach")
            if state is None or not _STATE.search(last_name(state)):
                continue
            parent = spot.ancestors[-1]
            within_call = isinstance(parent, cst.Arg) and called(spot.ancestors[-2]) != "append"
            small = spot.inside(cst.Assign)
            bound = isinstance(small, cst.Assign) and parent is small and not _detached_line(script, small)
            if within_call or bound or isinstance(parent, cst.Element):
                yield Break(spot.scope, dotted(state), spot.node, {spot.node: by(state)})


def _detached(script: Script, statement: cst.CSTNode) -> str:
    """The state that a whole statement detaches, "" when it does something else."""
    if (call := bare_call(statement)) is not None:
        state = receiver(call, "detach_")
        return dotted(state) if state is not None and _STATE.search(last_name(state)) else ""
    small = only_statement(statement)
    return _detached_line(script, small) if isinstance(small, cst.Assign) else ""


def _detached_line(script: Script, assign: cst.Assign) -> str:
    """`state` for `state = state.detach()` and its like."""
    if len(assign.targets) != 1:
        return ""
    target, value = assign.targets[0].target, assign.value
    names = [dotted(e.value) for e in target.elements] if isinstance(target, cst.Tuple) else [dotted(target)]
    if not all(names) or not all(_STATE.search(name.rpartition(".")[2]) for name in names):
        return ""
    if isinstance(value, cst.Tuple):
        same = [dotted(receiver(e.value, "detach") or cst.Name("_")) for e in value.elements]
        return names[0] if same == names else ""
    if not isinstance(value, (cst.Call, cst.ListComp)):
        return ""
    owner = receiver(value, "detach")
    if owner is not None:
        return names[0] if [dotted(owner)] == names else ""
    code = script.code(cast(cst.CSTNode, value))
    mentioned = re.search(rf"\b{re.escape(names[0])}\b", code) is not None
    return names[0] if mentioned and _DETACHING.search(code) else ""
