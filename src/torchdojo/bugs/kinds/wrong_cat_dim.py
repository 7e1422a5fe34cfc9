"""Tensors are joined along the wrong dimension."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import Edit, by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import argument, called, dotted, number

_JOINING = frozenset({"torch.cat", "torch.concat", "torch.concatenate"})


class WrongCatDim(BugKind):
    """
    ## What it does
    `torch.cat` puts tensors behind each other along an axis on which they do not belong: the features of two branches
    below each other, as further rows of the batch, in place of beside each other.

    ## Why it is bad
    `cat` adds up the sizes of one axis and wants all others to agree. Parts of equal shape can be joined along any of
    their axes, so torch cannot know which one was meant. Joined along axis 0, two (64, 16) tensors become (128, 16):
    twice as many rows, each with half of the features it should have. What comes next has to cope with that: a layer
    of 32 inputs refuses it, a layer of 16 does not, and then the loss meets 128 predictions and 64 targets.

    ## Symptoms
    - `mat1 and mat2 shapes cannot be multiplied (128x16 and 32x4)`: the first number is twice the batch size, the
      second half of the width that the layer wants.
    - `Sizes of tensors must match except in dimension 0. Expected size 16 but got size 8`, when the widths differ.
    - `Expected input batch_size (128) to match target batch_size (64)` in the loss.
    - With a `view` behind it that restores the number of rows, no error: each row then holds two *other* rows' halves.

    ## How to find it
    Write the shapes of the parts and of the result beside the line. Say which axis is the batch and which should grow.
    In an error message look for twice the batch size.

    ## Fix
    Join features along their axis: `dim=1` for (B, C), `dim=-1` for (B, T, C), `dim=1` for the channels of
    (B, C, H, W). `dim=-1` survives an added axis in front.

    ## Correct code that looks like it
    - Two views of a batch below each other, encoded in one pass and taken apart again: contrastive learning.
    - A class token in front of the patches, along the axis of the positions.
    - Batches of predictions collected in a list and joined along axis 0.
    - Keys and values of a cache that grow along the axis of time.

    ## References
    - [torch.cat](https://docs.pytorch.org/docs/stable/generated/torch.cat.html): all tensors must have the same shape
      except in the concatenating dimension
    """

    slug = "wrong-cat-dim"
    title = "Joined along the wrong dimension"
    summary = "Features that belong beside each other are put below each other: more rows instead of wider ones."
    category = "shapes"
    difficulty = "easy"
    telling = r"\bjoin|concat|side by side|beside each other|\bdim(ension)?s?\b|\bax[ei]s\b"

    interview = (
        Question(
            "What does `torch.cat` require of its tensors, and how does `torch.stack` differ?",
            "`cat` joins along an axis that exists: all sizes must agree but the one along it, and that one adds up. "
            "`stack` makes a new axis, so all shapes must be equal, and the new axis is as long as the list.",
        ),
        Question(
            "Two (64, 16) tensors are joined along axis 0 instead of 1. Where does the error appear?",
            "Not in `cat`, which accepts any axis for parts of equal shape. The next layer gets (128, 16): if it wants "
            "32 features it fails with mat1 and mat2 shapes (128x16 and 32xN); if it takes 16 the model returns 128 "
            "rows and the loss fails, or broadcasts, against 64 targets.",
        ),
        Question(
            "Why would you write `dim=-1` and not `dim=1` for features?",
            "Features are the last axis in most layouts. -1 stays right when a time axis is added. "
            "For images the channels are axis 1, and -1 would be the width.",
        ),
    )
    nudges = (
        "Which number in the error message is twice something you know?",
        "What are the shapes of the parts, and what should the shape of the whole be?",
        "Which axis is the batch? Should it have grown?",
    )

    examples = (
        Example(
            "two branches",
            "Net.forward.cat",
            """
            class Net(nn.Module):
                def forward(self, image, table):
                    both = torch.cat([self.see(image), self.read(table)], dim=1)
                    return self.head(both)
            """,
            """
            class Net(nn.Module):
                def forward(self, image, table):
                    both = torch.cat([self.see(image), self.read(table)], dim=0)
                    return self.head(both)
            """,
        ),
        Example(
            "by position, counted from behind",
            "decode.cat",
            """
            def decode(cell, x, context):
                return cell(torch.cat((x, context), -1))
            """,
            """
            def decode(cell, x, context):
                return cell(torch.cat((x, context), 0))
            """,
        ),
        Example(
            "another name",
            "UpBlock.forward.concat",
            """
            class UpBlock(nn.Module):
                def forward(self, x, skip):
                    return self.conv(torch.concat([self.up(x), skip], axis=1))
            """,
            """
            class UpBlock(nn.Module):
                def forward(self, x, skip):
                    return self.conv(torch.concat([self.up(x), skip], axis=0))
            """,
        ),
        Example(
            "stacked sideways",
            "Net.forward.hstack",
            """
            class Net(nn.Module):
                def forward(self, a, b):
                    return self.head(torch.hstack((a, b)))
            """,
            """
            class Net(nn.Module):
                def forward(self, a, b):
                    return self.head(torch.vstack((a, b)))
            """,
        ),
    )
    untouched = (
        "scores = torch.cat(scores)\n",
        "both = torch.cat([first, second], dim=0)\n",
        "rows = np.concatenate([a, b], axis=1)\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Axis 0 for every join along axis 1 or the last one."""
        for spot in script.of(cst.Call):
            node = spot.node
            assert isinstance(node, cst.Call)
            name = dotted(node.func)
            if name == "torch.hstack" and isinstance(node.func, cst.Attribute):
                edits: dict[cst.CSTNode, Edit] = {node.func.attr: by(cst.Name("vstack"))}
                yield Break(spot.scope, "hstack", node, edits)
            elif name in _JOINING:
                axis = argument(node, 1, "dim") or argument(node, 1, "axis")
                if axis is not None and number(axis.value) in (1, -1):
                    yield Break(spot.scope, called(node), node, {axis.value: by(cst.Integer("0"))})
