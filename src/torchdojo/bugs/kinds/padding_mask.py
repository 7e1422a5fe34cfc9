"""Attention or pooling takes padding for data."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import by, removal
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.model_code import bound_name
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import called, dotted, keyword, only_statement, receiver, without_argument

_ARGUMENTS = ("src_key_padding_mask", "key_padding_mask", "tgt_key_padding_mask", "memory_key_padding_mask")
_PADDING = re.compile(r"pad|valid|blank|length|empty|missing|present|\breal\b", re.IGNORECASE)
_CAUSAL = re.compile(r"causal|tril|triu|future|subsequent", re.IGNORECASE)


class PaddingMask(BugKind):
    """
    ## What it does
    Sequences of different lengths are padded to one length, and attention (or a weighted sum over positions) is not
    told which positions are padding. The padded positions get attention weight like any other.

    ## Why it is bad
    The output for a sequence depends on how long the longest sequence of its batch is. Short sequences suffer most:
    a row of 3 tokens padded to 12 puts up to three quarters of its attention on nothing. At inference, with one
    sequence at a time and no padding, the model sees something it was not trained on.

    ## Symptoms
    - The same input gives another output in another batch, in eval mode. Early in the training of a classifier
      of padded reviews, cutting off the padding of a row moved its output by 6 % of what outputs differ by; with the
      mask by less than a millionth.
    - Quality falls with the amount of padding; sorting by length, or a batch of one, "helps".
    - The loss often looks fine (0.073 instead of 0.041 there): the model learns to live with the padding it is trained
      with.

    ## How to find it
    In eval mode run a short sequence alone, once padded and once not: the outputs must agree to rounding (1e-6).

    ## Fix
    Build the mask from the pad id or from the lengths and hand it to every layer that mixes positions:
    `src_key_padding_mask=tokens == PAD` for torch's encoder (true means ignore), or
    `scores.masked_fill(~valid, float("-inf"))` before the softmax. Average over valid positions only.

    ## Correct code that looks like it
    - Right-padded causal decoders: no scored position can see what comes after it.
    - Sequences of one length, in which a zero is a token like any other.
    - A mask with additive values, 0 and minus infinity, in place of a boolean one.

    ## References
    - [TransformerEncoder](https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerEncoder.html)
    - [MultiheadAttention](https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html): what
      `key_padding_mask` means
    """

    slug = "padding-mask"
    title = "Padding is attended to"
    summary = "Attention is not told what is padding, so outputs depend on the longest row of the batch."
    category = "attention"
    difficulty = "medium-hard"
    telling = r"pad(ding|ded|s)?\b|mask|valid|ignor|blank|hide|hidden positions"

    interview = (
        Question(
            "Why is it not enough that the embedding of the pad token is zero?",
            "A key of zero gives a score of zero, not of minus infinity: after the softmax the position still has "
            "weight exp(0), and a bias or a position embedding makes it non-zero anyway. The weights of the real "
            "positions no longer sum to one.",
        ),
        Question(
            "What do true and false mean in the masks of torch?",
            "In `key_padding_mask` and boolean `attn_mask` of `nn.MultiheadAttention`, true means: do not look there. "
            "In `F.scaled_dot_product_attention` a boolean mask is the other way round: true means may be looked at. "
            "A float mask is added to the scores in both.",
        ),
        Question(
            "Which other parts of a model have to know about padding?",
            "Pooling over positions, the loss (ignore_index or a masked mean), batch statistics taken over positions, "
            "and every metric that counts tokens.",
        ),
    )
    nudges = (
        "Does the prediction for one row depend on how long its neighbours are?",
        "Run one short row with its padding and without. Should the outputs differ?",
        "Where in this model do positions mix, and what keeps the empty ones out?",
    )

    examples = (
        Example(
            "torch's encoder",
            "Net.forward.h",
            """
            class Net(nn.Module):
                def forward(self, x, pad):
                    h = self.encoder(self.embed(x), src_key_padding_mask=pad)
                    return self.head(h[:, 0])
            """,
            """
            class Net(nn.Module):
                def forward(self, x, pad):
                    h = self.encoder(self.embed(x))
                    return self.head(h[:, 0])
            """,
        ),
        Example(
            "scores of one's own",
            "Net.forward.scores",
            """
            class Net(nn.Module):
                def forward(self, x, valid):
                    scores = self.score(x).squeeze(-1)
                    scores = scores.masked_fill(~valid, float("-inf"))
                    return scores.softmax(1)
            """,
            """
            class Net(nn.Module):
                def forward(self, x, valid):
                    scores = self.score(x).squeeze(-1)
                    return scores.softmax(1)
            """,
        ),
        Example(
            "one of several arguments",
            "attend.mixed",
            """
            def attend(layer, x, lengths):
                empty = torch.arange(x.size(1)) >= lengths[:, None]
                mixed, _ = layer(x, x, x, key_padding_mask=empty, need_weights=False)
                return mixed
            """,
            """
            def attend(layer, x, lengths):
                empty = torch.arange(x.size(1)) >= lengths[:, None]
                mixed, _ = layer(x, x, x, need_weights=False)
                return mixed
            """,
        ),
        Example(
            "filled within an expression",
            "attend.weights",
            """
            def attend(scores, pad_mask):
                weights = scores.masked_fill(pad_mask, -1e9).softmax(dim=-1)
                return weights
            """,
            """
            def attend(scores, pad_mask):
                weights = scores.softmax(dim=-1)
                return weights
            """,
        ),
    )
    untouched = (
        "att = att.masked_fill(causal == 0, float('-inf'))\n",
        "y = layers(x, mask=torch.triu(torch.ones(4, 4), 1).bool())\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Leave the mask out of a call, or the scores unfilled."""
        statements = set()
        for block in script.blocks:
            for index, statement in enumerate(block.statements):
                small = only_statement(statement)
                if isinstance(small, cst.Assign) and _fills(script, small.value):
                    assert isinstance(small.value, cst.Call)
                    filled, target = receiver(small.value, "masked_fill"), dotted(small.targets[0].target)
                    if filled is not None and target and dotted(filled) == target:
                        statements.add(small.value)
                        yield Break(
                            block.scope, target, statement, removal(block.statements, index, telling=self.telling)
                        )
        for spot in script.of(cst.Call):
            call = spot.node
            assert isinstance(call, cst.Call)
            if call in statements:
                continue
            if _fills(script, call):
                filled = receiver(call, "masked_fill")
                assert filled is not None
                yield Break(spot.scope, bound_name(spot, "masked_fill"), call, {call: by(filled)})
            for name in _ARGUMENTS:
                if (argument := keyword(call, name)) is not None and script.code(argument.value) != "None":
                    yield Break(
                        spot.scope, bound_name(spot, called(call)), call, {call: by(without_argument(call, argument))}
                    )


def _fills(script: Script, node: cst.CSTNode) -> bool:
    """Whether scores at padded positions are overwritten."""
    if not isinstance(node, cst.Call) or receiver(node, "masked_fill") is None or not node.args:
        return False
    text = script.code(node.args[0].value)
    return bool(_PADDING.search(text)) and not _CAUSAL.search(text)
