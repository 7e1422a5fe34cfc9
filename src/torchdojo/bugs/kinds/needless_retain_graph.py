"""The graph is kept for a second backward pass that never comes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import libcst as cst

from torchdojo.bugs.edits import by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import keyword, receiver


class NeedlessRetainGraph(BugKind):
    """
    ## What it does
    `backward(retain_graph=True)`, although nobody goes through this graph again. Often it is the answer to an error
    message ("Trying to backward through the graph a second time") whose cause was something else.

    ## Why it is bad
    Without it the backward pass releases the activations as it goes, so memory falls while gradients fill. Kept
    graphs stay until the loss goes out of scope, in a loop until the next loss is computed: two batches' activations
    are alive at once at the peak. If anything else holds on to the loss, a list or a running sum, it holds all its
    activations, and memory grows by a batch with every step.

    ## Symptoms
    - No number changes. The loss curve is identical, to the last digit.
    - Peak memory up to twice as high in the forward pass after it; with losses kept in a list it grows without end.
    - A carried hidden state that should have raised an error goes on and on: back-propagation through 60 batches of a
      small recurrent network took 73 ms per step at the end, 5 ms at the beginning.

    ## How to find it
    Take the argument out. If it runs through, it was needless. If it raises, ask which tensor still belongs to the
    graph of the batch before: that one has to be detached.

    ## Fix
    Call `backward()` plainly. Add losses of one graph up and differentiate them once.

    ## Correct code that looks like it
    - Two losses that share a graph and are differentiated one after the other: all but the last need it.
    - Double backward for gradient penalties or second-order methods, with `create_graph=True`.
    - Alternating updates of two networks through the same intermediate result.

    ## References
    - [Tensor.backward](https://docs.pytorch.org/docs/stable/generated/torch.Tensor.backward.html): in nearly all cases
      setting this option is not needed
    """

    slug = "needless-retain-graph"
    title = "Graph kept without need"
    summary = "retain_graph=True keeps every activation although no second backward pass comes."
    category = "memory"
    difficulty = "easy-medium"
    telling = r"retain|\bgraph|\bmemory|\bactivations?\b"

    interview = (
        Question(
            "When is `retain_graph=True` right?",
            "When another backward pass will go through the same graph: a second loss that shares activations, or "
            "taking several gradients of one output. The last pass over a graph should not keep it.",
        ),
        Question(
            "'Trying to backward through the graph a second time.' What do you look for before you add the argument?",
            "For a tensor that links this iteration to the one before: a hidden state, a running loss, a cached "
            "feature. Detaching it is the cure; the argument only makes the graph grow.",
        ),
        Question(
            "How do `retain_graph` and `create_graph` differ?",
            "The first keeps the graph of the forward pass. The second also records the backward pass, so that its "
            "result can be differentiated; it implies the first.",
        ),
    )
    nudges = (
        "Who will go through this graph again?",
        "When are the activations of a batch released?",
        "What happens if you take the argument out?",
    )

    examples = (
        Example(
            "a plain loop",
            "train.loss",
            """
            def train(model, loader, optimizer):
                for x, y in loader:
                    loss = mse(model(x), y)
                    loss.backward()
                    optimizer.step()
            """,
            """
            def train(model, loader, optimizer):
                for x, y in loader:
                    loss = mse(model(x), y)
                    loss.backward(retain_graph=True)
                    optimizer.step()
            """,
        ),
        Example(
            "through a scaler",
            "Trainer.step.backward",
            """
            class Trainer:
                def step(self, loss):
                    self.scaler.scale(loss).backward()
                    self.scaler.step(self.opt)
            """,
            """
            class Trainer:
                def step(self, loss):
                    self.scaler.scale(loss).backward(retain_graph=True)
                    self.scaler.step(self.opt)
            """,
        ),
        Example(
            "torch's function",
            "update.backward",
            "def update(loss, opt):\n    torch.autograd.backward(loss)\n    opt.step()\n",
            "def update(loss, opt):\n    torch.autograd.backward(loss, retain_graph=True)\n    opt.step()\n",
        ),
    )
    untouched = ("def update(loss, opt):\n    loss.backward(retain_graph=True)\n    opt.step()\n",)

    def breaks(self, script: Script) -> Iterator[Break]:
        """Add the argument to a backward pass that has none."""
        for spot in script.of(cst.Call):
            call = cast(cst.Call, spot.node)
            target = receiver(call, "backward")
            if target is None or keyword(call, "retain_graph") or keyword(call, "create_graph"):
                continue
            code = script.code(target)
            if call.args and (len(call.args) > 1 or code != "torch.autograd"):
                continue
            argument = cst.Arg(
                keyword=cst.Name("retain_graph"),
                value=cst.Name("True"),
                equal=cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace("")),
            )
            name = code if code.isidentifier() else "backward"
            yield Break(spot.scope, name, call, {call: by(call.with_changes(args=[*call.args, argument]))})
