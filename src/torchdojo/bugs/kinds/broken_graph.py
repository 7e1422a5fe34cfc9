"""The graph is cut between the loss and some of the parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import called, dotted

_PARTS = re.compile(r"(encoder|backbone|features|body|trunk|embed(der|ding)?|extractor|base)$", re.IGNORECASE)
_CUTS = frozenset({"detach", "detach_", "item", "numpy", "tolist", "long", "argmax", "size"})


class BrokenGraph(BugKind):
    """
    ## What it does
    Somewhere between parameters and loss a tensor loses its history: by `.detach()`, `.data`, `.item()`, a trip through
    NumPy, or `torch.tensor(...)` round something that was a tensor already. The numbers stay right, the way back is
    gone, and everything before that point gets no gradient.

    ## Why it is bad
    Half of the model keeps its random first values. Nothing raises, as long as any parameter behind the cut still gets
    a gradient: the optimizer skips parameters whose gradient is None. The part behind the cut does its best with random
    features, which often is good enough for the curve to look like learning.

    ## Symptoms
    - The loss falls, and stays too high. A small image classifier whose convolution was cut off had a loss of 0.60
      after 60 steps, the sound one 0.07.
    - `p.grad is None` for some parameters after `backward()`.
    - Weights of the first layers are the same to the last bit after training.
    - `element 0 of tensors does not require grad` when nothing at all is left behind the cut. Whoever silences that
      with `requires_grad=True` on a new tensor has a script that runs and learns nothing.

    ## How to find it
    After one `backward()`, list the names of parameters without a gradient:
    `[n for n, p in model.named_parameters() if p.grad is None]`. Then follow `grad_fn` of the intermediate results
    from the input on: the first that is None, though it was computed from parameters, is the place.

    ## Fix
    Take the cut out. For logging, detach a copy (`loss.item()` into another variable) and leave what leads to
    `backward()` alone. Where NumPy is needed in the middle, write the operation in torch or as an autograd Function.

    ## Correct code that looks like it
    - Stop-gradient by design: target networks, BYOL and SimSiam, the codes of a VQ-VAE, the generator's output in the
      discriminator's step. There the parameters get their gradients on another way, or from nobody and no optimizer
      holds them.
    - A frozen backbone whose features are detached.
    - Truncated backpropagation through time, which detaches the state between windows.

    ## References
    - [Tensor.detach](https://docs.pytorch.org/docs/stable/generated/torch.Tensor.detach.html)
    - [Autograd mechanics](https://docs.pytorch.org/docs/stable/notes/autograd.html)
    """

    slug = "broken-graph"
    title = "Graph cut in two"
    summary = "A detached result keeps gradients from the parameters before it; they never train."
    category = "autograd"
    difficulty = "medium"
    telling = r"detach|gradients?\W+(\w+\W+){0,4}(flow|reach|through|stop|cut)|(keep|cut|break)\w*\W+(\w+\W+){0,2}graph"

    interview = (
        Question(
            "Which operations cut the graph without an error?",
            "`.detach()`, `.data`, `.item()` and `.tolist()`, `.numpy()` and back, `torch.tensor(x)` of a tensor, "
            "anything under `no_grad`, conversion to an integer dtype, `argmax` and comparisons. `clone()` does not, "
            "nor do indexing, views and in-place arithmetic.",
        ),
        Question(
            "Why does the optimizer not complain about parameters without a gradient?",
            "A gradient of None is the normal state of a parameter that took no part in the loss: a frozen layer, an "
            "expert that was not chosen, a head for another task. `step()` skips it. So nobody distinguishes meant "
            "from not meant, unless you assert it.",
        ),
        Question(
            "`detach` and `no_grad`: what is the difference?",
            "`no_grad` keeps operations inside the block from being recorded at all, which saves memory. `detach` "
            "gives a tensor with the same storage and no history, after the graph behind it has been built. Both "
            "end the flow of gradients at that point.",
        ),
    )
    nudges = (
        "Which parameters have no gradient after the first `backward()`?",
        "Follow `grad_fn` from the input to the loss. Where is it None?",
        "Compare the first layer's weights before and after training.",
    )

    examples = (
        Example(
            "inside forward",
            "Net.forward.h",
            """
            class Net(nn.Module):
                def forward(self, x):
                    h = F.relu(self.conv(x))  # (B, 8, H, W)
                    return self.head(h.mean((2, 3)))
            """,
            """
            class Net(nn.Module):
                def forward(self, x):
                    h = F.relu(self.conv(x)).detach()  # (B, 8, H, W)
                    return self.head(h.mean((2, 3)))
            """,
        ),
        Example(
            "between two models",
            "train.z",
            """
            def train(encoder, decoder, loader):
                for x in loader:
                    z = encoder(x)
                    loss = F.mse_loss(decoder(z), x)
                    loss.backward()
            """,
            """
            def train(encoder, decoder, loader):
                for x in loader:
                    z = encoder(x).detach()
                    loss = F.mse_loss(decoder(z), x)
                    loss.backward()
            """,
        ),
        Example(
            "a step of a longer chain",
            "Reader.forward.tokens",
            """
            class Reader(torch.nn.Module):
                def forward(self, tokens):
                    tokens = self.embed(tokens) + self.positions[: tokens.shape[1]]
                    out, _ = self.rnn(tokens)
                    return self.head(out[:, -1])
            """,
            """
            class Reader(torch.nn.Module):
                def forward(self, tokens):
                    tokens = (self.embed(tokens) + self.positions[: tokens.shape[1]]).detach()
                    out, _ = self.rnn(tokens)
                    return self.head(out[:, -1])
            """,
        ),
    )
    untouched = (
        "class Net(nn.Module):\n    def forward(self, x):\n        return self.head(x)\n",
        "def evaluate(encoder, x):\n    with torch.no_grad():\n        z = encoder(x)\n    return head(z)\n",
        "class Net(nn.Module):\n    def forward(self, x):\n        n = x.size(0)\n        return self.head(x)\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Detach an intermediate result, in `forward` or between two models."""
        for spot in script.of(cst.Assign):
            node = spot.node
            assert isinstance(node, cst.Assign)
            target = node.targets[0].target
            if len(node.targets) != 1 or not isinstance(target, cst.Name) or _records_nothing(spot):
                continue
            if _carries_gradients(spot, node.value):
                text = script.code(node.value)
                simple = isinstance(node.value, (cst.Call, cst.Name, cst.Attribute, cst.Subscript))
                detached = cst.parse_expression(f"{text}.detach()" if simple else f"({text}).detach()")
                yield Break(spot.scope, target.value, node, {node.value: by(detached)})


def _carries_gradients(spot: Spot, value: cst.BaseExpression) -> bool:
    if isinstance(value, cst.Call) and called(value) in _CUTS:
        return False
    if spot.scope.endswith(".forward"):
        return _calls_a_layer(value)
    return isinstance(value, cst.Call) and bool(_PARTS.search(dotted(value.func))) and bool(value.args)


def _calls_a_layer(node: cst.CSTNode) -> bool:
    """Whether `self.layer(...)` is called somewhere in the expression."""
    if isinstance(node, cst.Call) and dotted(node.func).startswith("self.") and node.args:
        return True
    return any(_calls_a_layer(child) for child in node.children)


def _records_nothing(spot: Spot) -> bool:
    """Whether the statement stands under no_grad or inference_mode, or in a function that is decorated so."""
    quiet = re.compile(r"(no_grad|inference_mode)$")
    for node in spot.ancestors:
        if isinstance(node, cst.With):
            names = [dotted(i.item.func if isinstance(i.item, cst.Call) else i.item) for i in node.items]
        elif isinstance(node, cst.FunctionDef):
            found = [d.decorator for d in node.decorators]
            names = [dotted(d.func if isinstance(d, cst.Call) else d) for d in found]
        else:
            continue
        if any(quiet.search(name) for name in names):
            return True
    return False
