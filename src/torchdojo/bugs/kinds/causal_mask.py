"""A model that has to predict the next token may look at it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import Edits, by, removal
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.model_code import bound_name
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import (
    called,
    dotted,
    expression,
    keyword,
    number,
    only_statement,
    receiver,
    without_argument,
)

_CAUSAL = re.compile(r"causal|tril|triu|future|subsequent", re.IGNORECASE)
_MASK_ARGUMENTS = ("mask", "attn_mask", "src_mask", "tgt_mask")
_HINTS = ("is_causal", "tgt_is_causal")


class CausalMask(BugKind):
    """
    ## What it does
    The model is trained to predict each token from those before it, but its attention is not, or not quite, limited
    to those: the mask is missing, or its diagonal is off by one. Since the target of position t is the token at
    position t + 1, the answer stands in the input.

    ## Why it is bad
    The model learns to copy. Its training loss and its validation loss both become far better than they can honestly
    be, because validation leaks in the same way. When it writes text of its own there is no future to copy from, and
    what it produces is poor.

    ## Symptoms
    - The loss falls lower than is possible. A small GPT on 1,000 letters of text stood at 1.03 after 60 updates, and
      at 0.70 with the diagonal off by one, where only the token to be predicted is added to what it sees. Without any
      mask it was at 0.97 by then: it has to learn first where the answer stands.
    - Good perplexity, bad samples.

    ## How to find it
    Change one token and compare the outputs in eval mode: only outputs at that position and after it may move. This
    takes two forward passes and no training, and it belongs in the tests of every language model. Looking at the
    mask itself helps, too: print it for 4 positions.

    ## Fix
    Hide everything above the diagonal: `torch.triu(ones, diagonal=1)` is true where attention is forbidden,
    `torch.tril(ones)` is one where it is allowed. With the fused function pass `is_causal=True`. Each position has to
    see itself, so the diagonal stays visible.

    ## Correct code that looks like it
    - Encoders, taggers and models that fill gaps (BERT): they see both sides, and the target is not the next token.
    - A prefix that is read in both directions and is not scored.
    - The encoder half of a translation model.
    - Recurrent networks, which need no mask: they only run forwards.

    ## References
    - [scaled_dot_product_attention](https://docs.pytorch.org/docs/stable/nn.functional.html)
    - [torch.triu](https://docs.pytorch.org/docs/stable/generated/torch.triu.html)
    """

    slug = "causal-mask"
    title = "Causal mask missing or off by one"
    summary = "A model that predicts the next token can see it: the loss is too good to be true."
    category = "attention"
    difficulty = "medium-hard"
    telling = r"caus|future|mask|peek|look(s|ing)? ahead|next token|subsequent|left[ -]to[ -]right|come after"

    interview = (
        Question(
            "How do you test that a language model is causal, without reading its code?",
            "Run it in eval mode on a batch, change the token at position t, run it again. The outputs at positions "
            "before t have to be identical, those at t and after may differ. Or take the gradient of the output at "
            "position t with respect to the embeddings: it must be zero for all later positions.",
        ),
        Question(
            "Why does the validation loss not reveal a leak?",
            "It is computed in the same way, with the whole sequence given at once, so it leaks as well. Only "
            "generation, where the future does not exist yet, shows the model as it is. A perplexity far below that "
            "of comparable models is the warning.",
        ),
        Question(
            "What is the difference between `diagonal=0` and `diagonal=1` in `torch.triu` for a mask of what to hide?",
            "With 1 everything strictly after a position is hidden, which is right. With 0 the position itself is "
            "hidden, too: the first row is then fully masked and its softmax gives NaN. With 2 the next token stays "
            "visible, which is exactly the token to be predicted.",
        ),
    )
    nudges = (
        "Is this loss believable for so small a model after so few steps?",
        "Which tokens may the output at position 3 depend on? How would you test that?",
        "Write the mask down for a sequence of four tokens.",
    )

    examples = (
        Example(
            "the fused function",
            "Attention.forward.y",
            """
            class Attention(nn.Module):
                def forward(self, q, k, v):
                    y = F.scaled_dot_product_attention(q, k, v, dropout_p=self.p, is_causal=True)
                    return y
            """,
            """
            class Attention(nn.Module):
                def forward(self, q, k, v):
                    y = F.scaled_dot_product_attention(q, k, v, dropout_p=self.p)
                    return y
            """,
        ),
        Example(
            "a diagonal",
            "decode.hidden",
            """
            def decode(layers, x):
                t = x.size(1)
                hidden = torch.triu(torch.ones(t, t, dtype=torch.bool), diagonal=1)
                return layers(x, hidden)
            """,
            """
            def decode(layers, x):
                t = x.size(1)
                hidden = torch.triu(torch.ones(t, t, dtype=torch.bool), diagonal=2)
                return layers(x, hidden)
            """,
        ),
        Example(
            "what is allowed, kept in a buffer",
            "Attention.__init__.tril",
            """
            class Attention(nn.Module):
                def __init__(self, size):
                    super().__init__()
                    self.register_buffer("bias", torch.tril(torch.ones(size, size)))
            """,
            """
            class Attention(nn.Module):
                def __init__(self, size):
                    super().__init__()
                    self.register_buffer("bias", torch.tril(torch.ones(size, size), diagonal=1))
            """,
        ),
        Example(
            "scores filled",
            "Attention.forward.att",
            """
            class Attention(nn.Module):
                def forward(self, q, k, v, causal):
                    att = q @ k.transpose(-2, -1)
                    att = att.masked_fill(causal == 0, float("-inf"))
                    return F.softmax(att, dim=-1) @ v
            """,
            """
            class Attention(nn.Module):
                def forward(self, q, k, v, causal):
                    att = q @ k.transpose(-2, -1)
                    return F.softmax(att, dim=-1) @ v
            """,
        ),
        Example(
            "the library's decoder",
            "Net.forward.h",
            """
            class Net(nn.Module):
                def forward(self, x, causal_mask):
                    h = self.layers(x, mask=causal_mask, is_causal=True)
                    return self.head(h)
            """,
            """
            class Net(nn.Module):
                def forward(self, x, causal_mask):
                    h = self.layers(x)
                    return self.head(h)
            """,
        ),
    )
    untouched = (
        "def encode(layers, x, pad):\n    return layers(x, src_key_padding_mask=pad)\n",
        "att = att.masked_fill(padding == 0, float('-inf'))\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Leave the mask out where it is used, or move its diagonal where it is made."""
        masks = _causal_names(script)
        for block in script.blocks:
            for index, statement in enumerate(block.statements):
                if name := _fills(script, statement, masks):
                    edits = removal(block.statements, index, telling=self.telling)
                    yield Break(block.scope, name, statement, edits)
        for spot in script.of(cst.Call):
            yield from _calls(script, spot, masks)


def _calls(script: Script, spot: Spot, masks: frozenset[str]) -> Iterator[Break]:
    call = spot.node
    assert isinstance(call, cst.Call)
    new: cst.BaseExpression | None = None
    if called(call) in ("triu", "tril"):
        new = _moved_diagonal(call)
        name = bound_name(spot, called(call))
    else:
        new = _without_mask(script, call, masks)
        name = bound_name(spot, called(call))
    if new is not None:
        edits: Edits = {call: by(new)}
        yield Break(spot.scope, name, call, edits)


def _causal_names(script: Script) -> frozenset[str]:
    """The names that are given a causal mask somewhere."""
    names: set[str] = set()
    for spot in script.of(cst.Assign, cst.Call):
        node = spot.node
        if isinstance(node, cst.Assign) and _CAUSAL.search(script.code(node.value)):
            names.update(dotted(target.target).rpartition(".")[2] for target in node.targets)
        elif isinstance(node, cst.Call) and called(node) == "register_buffer" and len(node.args) > 1:
            name = node.args[0].value
            if isinstance(name, cst.SimpleString) and _CAUSAL.search(script.code(node.args[1].value)):
                names.add(str(name.evaluated_value))
    return frozenset(names - {""})


def _is_causal(script: Script, node: cst.CSTNode, masks: frozenset[str]) -> bool:
    text = script.code(node)
    return bool(_CAUSAL.search(text)) or any(re.search(rf"\b{re.escape(name)}\b", text) for name in masks)


def _fills(script: Script, statement: cst.CSTNode, masks: frozenset[str]) -> str:
    """What `scores = scores.masked_fill(causal, ...)` fills; "" for any other statement."""
    small = only_statement(statement)
    if not isinstance(small, cst.Assign) or len(small.targets) != 1:
        return ""
    filled = receiver(small.value, "masked_fill")
    target = dotted(small.targets[0].target)
    if filled is None or not target or dotted(filled) != target:
        return ""
    assert isinstance(small.value, cst.Call)
    return target if _is_causal(script, small.value.args[0].value, masks) else ""


def _moved_diagonal(call: cst.Call) -> cst.BaseExpression | None:
    """One diagonal more that may be seen."""
    square = call.args and isinstance(call.args[0].value, cst.Call)
    if not square or called(call.args[0].value) not in ("ones", "full", "ones_like"):
        return None
    given = keyword(call, "diagonal") or (call.args[1] if len(call.args) == 2 else None)
    if given is None:
        if called(call) == "triu":
            return None
        last = call.args[-1].with_changes(comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")))
        added = cst.Arg(expression("1"), keyword=cst.Name("diagonal"), equal=_tight())
        return call.with_changes(args=[*call.args[:-1], last, added])
    diagonal = number(given.value)
    if diagonal != (1 if called(call) == "triu" else 0):
        return None
    moved = given.with_changes(value=expression(str(int(diagonal) + 1)))
    return call.with_changes(args=[moved if arg is given else arg for arg in call.args])


def _tight() -> cst.AssignEqual:
    nothing = cst.SimpleWhitespace("")
    return cst.AssignEqual(whitespace_before=nothing, whitespace_after=nothing)


def _without_mask(script: Script, call: cst.Call, masks: frozenset[str]) -> cst.BaseExpression | None:
    gone = [
        arg
        for arg in call.args
        if arg.keyword is not None
        and (
            (arg.keyword.value in _HINTS and script.code(arg.value) == "True")
            or (arg.keyword.value in _MASK_ARGUMENTS and _is_causal(script, arg.value, masks))
        )
    ]
    if not gone:
        return None
    for argument in gone:
        call = without_argument(call, next(a for a in call.args if a.deep_equals(argument)))
    return call
