"""Attention that is never told where a token stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import by, removal
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.model_code import bound_name, in_forward, model_classes
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import dotted, number, only_statement

_POSITIONS = re.compile(
    r"(?<![a-z])(pos|pe|wpe|places?|sines?|sinusoid\w*|positional\w*|positions?)(?![a-z])|pos_|_pos", re.IGNORECASE
)


class NoPositions(BugKind):
    """
    ## What it does
    The token embeddings go into attention without anything that says where each token stands. Attention itself does
    not know: it is a weighted sum, and a sum has no order.

    ## Why it is bad
    To the model a sequence is a bag of tokens. "Dog bites man" and "man bites dog" give the same representation,
    whatever the training data say. Where the task needs the order, the best it can do is guess from which tokens
    occur.

    ## Symptoms
    - The loss flattens out at the level of a bag of words, but it need not look bad on the way there: a small model
      of bytes stood at 0.67 after 80 updates without positions and at 1.17 with them, since it had less to learn.
    - Permuting the input permutes the output and changes nothing else: 2e-7 of difference instead of 3.6.
    - With a causal mask and several layers it shows less: the mask lets deeper layers count how much they see.

    ## How to find it
    In eval mode, exchange two tokens in the middle of a sequence and compare the output at the last position.

    ## Fix
    Add a position embedding (learned or of sines) to the token embeddings before the first layer, or use attention
    that knows distances: rotary embeddings, relative biases, ALiBi.

    ## Correct code that looks like it
    - Models of sets and point clouds, where the order must not matter.
    - Attention with rotary embeddings or biases by distance inside: nothing is added to the embeddings.
    - Attention on top of a recurrent or convolutional network, which has an idea of order of its own.

    ## References
    - [Attention Is All You Need](https://arxiv.org/abs/1706.03762), section 3.5
    - [Language Modeling with nn.Transformer](https://docs.pytorch.org/tutorials/beginner/transformer_tutorial.html)
    """

    slug = "no-positions"
    title = "No position information"
    summary = "Attention gets token embeddings only: to the model a sequence is a bag of tokens."
    category = "attention"
    difficulty = "medium"
    telling = r"position|\bpos\b|\border\b|where (it|they|each|a token) stands?|sinusoid|\bplaces?\b"

    interview = (
        Question(
            "Show that self-attention without positions is equivariant to permutations.",
            "With a permutation matrix P, queries, keys and values become PQ, PK, PV. The scores are P(QK^T)P^T, the "
            "softmax over rows commutes with the permutation, and the output is P softmax(QK^T) P^T P V = P times "
            "the old output. Layer norm and the feed-forward part act on each position alone.",
        ),
        Question(
            "Can a causal language model learn without position embeddings?",
            "With several layers, yes: the mask breaks the symmetry, since each position sees another number of "
            "tokens, and deeper layers can read the position from that. One layer cannot: its output at the last "
            "position is the same for any order of the tokens before it.",
        ),
    )
    nudges = (
        "What in this model changes when two tokens of the input change places?",
        "Attention is a weighted sum. How does it know which summand came first?",
        "What is added to the token embeddings before the first layer?",
    )

    examples = (
        Example(
            "a learned embedding",
            "Net.forward.x",
            """
            class Net(nn.Module):
                def forward(self, idx):
                    t = idx.size(1)
                    x = self.tok_emb(idx) + self.pos_emb(torch.arange(t, device=idx.device))
                    return self.blocks(x)
            """,
            """
            class Net(nn.Module):
                def forward(self, idx):
                    t = idx.size(1)
                    x = self.tok_emb(idx)
                    return self.blocks(x)
            """,
        ),
        Example(
            "a module that adds",
            "Net.forward.x",
            """
            class Net(nn.Module):
                def forward(self, idx):
                    x = self.embed(idx)
                    x = self.pos_encoder(x)
                    return self.layers(x)
            """,
            """
            class Net(nn.Module):
                def forward(self, idx):
                    x = self.embed(idx)
                    return self.layers(x)
            """,
        ),
        Example(
            "sines, added in place",
            "Net.forward.h",
            """
            class Net(nn.Module):
                def forward(self, idx):
                    h = self.embed(idx) * self.scale
                    h += self.pe[: idx.size(1)]
                    return self.layers(h)
            """,
            """
            class Net(nn.Module):
                def forward(self, idx):
                    h = self.embed(idx) * self.scale
                    return self.layers(h)
            """,
        ),
    )
    untouched = (
        "class Net(nn.Module):\n    def forward(self, x):\n        return self.layers(self.embed(x))\n",
        "position = position + speed * dt\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Leave out what is added for the positions."""
        models = model_classes(script)
        for block in script.blocks:
            for index, statement in enumerate(block.statements):
                small = only_statement(statement)
                if any(block.scope.startswith(f"{name}.") for name in models) and (name := _adds(script, small)):
                    yield Break(block.scope, name, statement, removal(block.statements, index, telling=self.telling))
        for spot in script.of(cst.BinaryOperation):
            node = spot.node
            assert isinstance(node, cst.BinaryOperation)
            if not in_forward(spot, models) or not isinstance(node.operator, cst.Add):
                continue
            sides = [_is_position(script, side) for side in (node.left, node.right)]
            if sides in ([True, False], [False, True]):
                kept = node.right if sides[0] else node.left
                if not _is_counting(kept):
                    yield Break(spot.scope, bound_name(spot, "positions"), node, {node: by(kept)})


def _adds(script: Script, small: cst.BaseSmallStatement | None) -> str:
    """What `x += self.pe[...]` or `x = self.pos_encoder(x)` adds positions to."""
    if isinstance(small, cst.AugAssign) and isinstance(small.operator, cst.AddAssign):
        return dotted(small.target) if _is_position(script, small.value) else ""
    if isinstance(small, cst.Assign) and isinstance(small.value, cst.Call) and len(small.value.args) == 1:
        name = dotted(small.targets[0].target)
        called_with = dotted(small.value.args[0].value)
        by_position = dotted(small.value.func).startswith("self.") and _is_position(script, small.value.func)
        return name if name and name == called_with and by_position else ""
    return ""


def _is_position(script: Script, node: cst.BaseExpression) -> bool:
    """Whether the expression is looked up or cut from something named after positions."""
    while isinstance(node, (cst.Subscript, cst.Call)):
        node = node.func if isinstance(node, cst.Call) else node.value
    return bool(dotted(node)) and bool(_POSITIONS.search(script.code(node).rpartition("self.")[2]))


def _is_counting(node: cst.BaseExpression) -> bool:
    return number(node) is not None
