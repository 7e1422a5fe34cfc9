"""The last state of a recurrent network is read behind the padding."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import Edit, Edits, by, removal
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.model_code import bound_name
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import called, dotted, expression, only_statement, receiver

_LENGTH = re.compile(r"len|last|size|days|steps|\bn\b", re.IGNORECASE)


class LastStepAtPadding(BugKind):
    """
    ## What it does
    Sequences are padded at the end, and the state of a recurrent network is read at the last position of the padded
    row instead of the last position of the sequence. Between the two the network has run over padding.

    ## Why it is bad
    Every step over padding moves the state. After a few of them little is left of the sequence, and what is left
    depends on how much padding there was, that is on the other rows of the batch. The error falls on short sequences
    only, so an average hides it.

    ## Symptoms
    - Accuracy on short sequences is far below that on long ones.
    - A prediction changes with the batch it is made in. In a small regression of padded series the error of the last
      updates was 1.38 instead of 0.07; a classifier of names ended at 0.50 instead of 0.26.
    - Training with sequences of one length works, the same code on mixed lengths does not.

    ## How to find it
    In eval mode run a short sequence alone, with its padding and without. The outputs must be the same. Or print
    which index the code reads for the shortest row.

    ## Fix
    Pack the batch with `pack_padded_sequence` (with `enforce_sorted=False` unless it is sorted), so that the final
    state is that of each row's own last step. Or gather the step before the padding:
    `states[torch.arange(n), lengths - 1]`. A bidirectional network has to be packed, since its backward half
    starts in the padding.

    ## Correct code that looks like it
    - `states[:, -1]` where all sequences have one length.
    - `states[:, -1]` where the padding stands in front.
    - A masked mean or maximum over the states.

    ## References
    - [pack_padded_sequence](https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pack_padded_sequence.html)
    - [torch.nn.GRU](https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html): what `h_n` is for packed input
    """

    slug = "last-step-at-padding"
    title = "Last step read behind the padding"
    summary = "The final state of a padded sequence is the state after its padding."
    category = "sequences"
    difficulty = "medium"
    telling = r"pack|pad(ding|ded)?\b|last (step|state|word|real)|length|true end"

    interview = (
        Question(
            "What does `h_n` of a GRU hold for a padded batch, packed and not packed?",
            "Not packed: the state after the last position of the padded row, the same index for all rows. Packed: "
            "for each row the state after its own last step, because the row's computation stops there.",
        ),
        Question(
            "Why is gathering at `lengths - 1` not enough for a bidirectional network?",
            "The backward direction starts at the end of the padded row and has run over the padding before it meets "
            "the first real token. Gathering fixes the forward half only. Packing fixes both.",
        ),
    )
    nudges = (
        "Which position does the code read for the shortest row of a batch?",
        "What happens to a recurrent state while the input is padding?",
        "Compare the accuracy on short and on long sequences.",
    )

    examples = (
        Example(
            "an index per row",
            "Net.forward.last",
            """
            class Net(nn.Module):
                def forward(self, x, lengths):
                    states, _ = self.rnn(x)
                    last = states[torch.arange(len(x)), lengths - 1]
                    return self.out(last)
            """,
            """
            class Net(nn.Module):
                def forward(self, x, lengths):
                    states, _ = self.rnn(x)
                    last = states[:, -1]
                    return self.out(last)
            """,
        ),
        Example(
            "a packed batch",
            "Net.forward.packed",
            """
            class Net(nn.Module):
                def forward(self, x, lengths):
                    packed = pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)
                    _, h = self.rnn(packed)
                    return self.out(h[-1])
            """,
            """
            class Net(nn.Module):
                def forward(self, x, lengths):
                    _, h = self.rnn(x)
                    return self.out(h[-1])
            """,
        ),
        Example(
            "a gathered step",
            "Net.forward.return",
            """
            class Net(nn.Module):
                def forward(self, x, n):
                    states, _ = self.rnn(x)
                    at = (n - 1).view(-1, 1, 1).expand(-1, 1, states.size(-1))
                    return self.out(states.gather(1, at).squeeze(1))
            """,
            """
            class Net(nn.Module):
                def forward(self, x, n):
                    states, _ = self.rnn(x)
                    at = (n - 1).view(-1, 1, 1).expand(-1, 1, states.size(-1))
                    return self.out(states[:, -1])
            """,
        ),
        Example(
            "packed in passing",
            "encode.packed",
            """
            def encode(rnn, x, lengths):
                _, (h, _) = rnn(nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True))
                return h[-1]
            """,
            """
            def encode(rnn, x, lengths):
                _, (h, _) = rnn(x)
                return h[-1]
            """,
        ),
    )
    untouched = (
        "def last(states):\n    return states[:, -1]\n",
        "def encode(rnn, x, n):\n    p = pack_padded_sequence(x, n)\n    out, _ = pad_packed_sequence(rnn(p)[0])\n"
        "    return out\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Read the last position of all rows, or hand the batch over unpacked."""
        unpacks = {spot.scope for spot in script.of(cst.Call) if called(spot.node) == "pad_packed_sequence"}
        for spot in script.of(cst.Call, cst.Subscript):
            node = spot.node
            if isinstance(node, cst.Call) and called(node) == "pack_padded_sequence" and spot.scope not in unpacks:
                yield from _unpacked(script, spot, self.telling)
            elif (states := _picked(script, node)) is not None:
                edits: Edits = {node: _last_of(states)}
                yield Break(spot.scope, bound_name(spot, "last"), node, edits)


def _unpacked(script: Script, spot: Spot, telling: str) -> Iterator[Break]:
    call = spot.node
    assert isinstance(call, cst.Call)
    given = call.args[0].value
    for block in script.blocks:
        for index, statement in enumerate(block.statements):
            small = only_statement(statement)
            if isinstance(small, cst.Assign) and small.value is call and len(small.targets) == 1:
                name = dotted(small.targets[0].target)
                edits = dict(removal(block.statements, index, telling=telling))
                for other in script.of(cst.Name):
                    if other.scope == spot.scope and isinstance(other.node, cst.Name) and other.node.value == name:
                        edits.setdefault(other.node, by(given))
                yield Break(spot.scope, name, call, edits)
                return
    yield Break(spot.scope, "packed", call, {call: by(given)})


def _picked(script: Script, node: cst.CSTNode) -> cst.BaseExpression | None:
    """`states` for `states[rows, lengths - 1]` and `states.gather(1, index).squeeze(1)`; None for anything else."""
    if isinstance(node, cst.Subscript) and len(node.slice) == 2:
        index = node.slice[1].slice
        if isinstance(index, cst.Index) and isinstance(index.value, cst.BinaryOperation):
            text = script.code(index.value)
            if text.endswith("- 1") and _LENGTH.search(text):
                return node.value
    squeezed = receiver(node, "squeeze")
    return None if squeezed is None else receiver(squeezed, "gather")


def _last_of(states: cst.BaseExpression) -> Edit:
    pattern = expression("states[:, -1]")
    assert isinstance(pattern, cst.Subscript)
    return by(pattern.with_changes(value=states))
