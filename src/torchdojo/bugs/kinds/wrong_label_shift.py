"""Targets of a language model that are not the next tokens."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import Edits, by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import dotted, expression, number


class WrongLabelShift(BugKind):
    """
    ## What it does
    A model that sees the tokens up to position t is to predict the token at t + 1. The inputs and targets are cut so
    that the target at position t is the token at t itself (a shift of 0) or the one at t + 2.

    ## Why it is bad
    With a shift of 0 the answer is in the input: the model learns to copy, perfectly and within a few steps, and can
    continue no text at all. With a shift of 2 it learns something real, but not what generation uses it for: each
    token that it is asked for is the one after the one that is missing.

    ## Symptoms
    - Shift 0: a loss that collapses to zero. In a small model with noisy periodic text it was 0.005 after 50 steps,
      where 0.85 was the best that could be had, and it predicted the next token in 3 % of the cases.
    - Shift 2: a loss that looks plausible (0.83 beside 0.85), and a next-token accuracy of 4 % instead of 71 %.
    - Generated text repeats the last token for ever, or skips every other one.

    ## How to find it
    Print one row of the inputs and of the targets below each other: `x[1:]` has to equal `y[:-1]`. A loss below the
    entropy of the text is a warning whatever the model.

    ## Fix
    Cut once: `x, y = tokens[:, :-1], tokens[:, 1:]`. Know who cuts: many libraries' models take `labels=input_ids`
    and shift inside; shifting outside as well makes it two.

    ## Correct code that looks like it
    - Masked language models and autoencoders: the target is the token at the same position, of an input in which it
      is hidden.
    - A model that is given `labels=input_ids` and drops the last score and the first label itself.
    - Several heads for several tokens ahead, one of which is the next.
    - Tagging: targets of another vocabulary at the same position.

    ## References
    - [Language modeling with nn.Transformer](https://docs.pytorch.org/tutorials/beginner/transformer_tutorial.html)
    """

    slug = "wrong-label-shift"
    title = "Targets shifted by 0 or 2"
    summary = "The target of a position is the token itself, or the one after the next, instead of the next."
    category = "correctness"
    difficulty = "medium-hard"
    telling = r"shift|next[- ]token|next character|off by one|predicts? the next|one (token|step) (ahead|later)"

    interview = (
        Question(
            "Your language model's loss is 0.01 after one epoch. What do you check first?",
            "Whether the answer is in the input: targets equal to the inputs (no shift), a missing or inverted causal "
            "mask, a shift in the wrong direction, or training text that repeats itself. No model gets below the "
            "entropy of its text, about one bit per character for English.",
        ),
        Question(
            "Write down inputs and targets for the tokens 5 6 7 8. How many predictions are there?",
            "Inputs 5 6 7, targets 6 7 8: three, one for each position that has a successor. The same comes of scores "
            "for all four positions when the last is dropped and the labels lose their first.",
        ),
        Question(
            "Who shifts when you call a library's causal model with `labels=input_ids`?",
            "The model: it compares the scores at t with the label at t + 1 inside. If the data are shifted already, "
            "each position learns the token at t + 2. Training looks normal, generation does not.",
        ),
    )
    nudges = (
        "Write one row of the inputs and the targets below each other.",
        "Which token does the model see last when it has to give the first target?",
        "How good could any model be on this text, and how good is yours?",
    )

    examples = (
        Example(
            "targets cut from a batch",
            "train.tokens",
            """
            def train(model, loader):
                for tokens in loader:
                    inputs, targets = tokens[:, :-1], tokens[:, 1:]
                    loss = F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten())
            """,
            """
            def train(model, loader):
                for tokens in loader:
                    inputs, targets = tokens[:, :-1], tokens[:, :-1]
                    loss = F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten())
            """,
        ),
        Example(
            "two tokens ahead",
            "step.x",
            """
            def step(model, batch):
                x, y = batch[:, :-1], batch[:, 1:].contiguous()
                return model(x), y
            """,
            """
            def step(model, batch):
                x, y = batch[:, :-2], batch[:, 2:].contiguous()
                return model(x), y
            """,
        ),
        Example(
            "windows of a text",
            "get_batch.data",
            """
            def get_batch(data, block):
                starts = torch.randint(len(data) - block, (32,))
                x = torch.stack([data[i : i + block] for i in starts])
                y = torch.stack([data[i + 1 : i + block + 1] for i in starts])
                return x, y
            """,
            """
            def get_batch(data, block):
                starts = torch.randint(len(data) - block, (32,))
                x = torch.stack([data[i : i + block] for i in starts])
                y = torch.stack([data[i : i + block] for i in starts])
                return x, y
            """,
        ),
        Example(
            "scores and labels",
            "LM.loss.labels",
            """
            class LM(nn.Module):
                def loss(self, logits, labels):
                    return nll(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten())
            """,
            """
            class LM(nn.Module):
                def loss(self, logits, labels):
                    return nll(logits[:, :-1].flatten(0, 1), labels[:, :-1].flatten())
            """,
        ),
    )
    untouched = (
        "window = series[:, 1:]\n",
        "first, rest = words[:1], words[1:]\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """The targets' slice becomes the inputs', or both slices are cut two tokens apart."""
        subscripts = list(script.of(cst.Subscript))
        for spot in subscripts:
            node = spot.node
            assert isinstance(node, cst.Subscript)
            cut = node.slice[-1].slice
            if not isinstance(cut, cst.Slice) or cut.step is not None:
                continue
            name = dotted(node.value).rpartition(".")[2] or "targets"
            if _is(cut.lower, 1) and cut.upper is None:
                if sisters := _sisters(spot, node, subscripts):
                    last = sisters[0].slice[-1].slice
                    yield Break(spot.scope, name, node, {cut: by(last)})
                    if pair := _both_in_one_assignment(spot, sisters):
                        yield Break(spot.scope, *pair, _two_apart(cut, sisters[0]))
            elif cut.lower is not None and cut.upper is not None:
                lower, upper = _less_one(script, cut.lower), _less_one(script, cut.upper)
                if lower is not None and upper is not None:
                    yield Break(spot.scope, name, node, {cut.lower: by(lower), cut.upper: by(upper)})


def _is(node: cst.BaseExpression | None, value: int) -> bool:
    return node is not None and number(node) == value


def _sisters(spot: Spot, node: cst.Subscript, subscripts: list[Spot]) -> list[cst.Subscript]:
    """The slices in the same definition that leave out the last element: those of the inputs, or of the scores."""
    found = []
    for other in subscripts:
        subscript = other.node
        assert isinstance(subscript, cst.Subscript)
        cut = subscript.slice[-1].slice
        alike = other.scope == spot.scope and len(subscript.slice) == len(node.slice)
        if alike and isinstance(cut, cst.Slice) and cut.lower is None and _is(cut.upper, -1):
            found.append(subscript)
    return found


def _both_in_one_assignment(spot: Spot, sisters: list[cst.Subscript]) -> tuple[str, cst.CSTNode] | None:
    """The first name and the node of an assignment of inputs and targets that cuts one tensor twice."""
    assign = spot.inside(cst.Assign)
    if not isinstance(assign, cst.Assign) or not isinstance(assign.targets[0].target, cst.Tuple):
        return None
    node = spot.node
    assert isinstance(node, cst.Subscript)
    if len(sisters) == 1 and sisters[0].value.deep_equals(node.value):
        first = assign.targets[0].target.elements[0].value
        return dotted(first).rpartition(".")[2], assign
    return None


def _two_apart(targets: cst.Slice, inputs: cst.Subscript) -> Edits:
    last = inputs.slice[-1].slice
    assert isinstance(last, cst.Slice)
    assert targets.lower is not None
    assert last.upper is not None
    return {targets.lower: by(expression("2")), last.upper: by(expression("-2"))}


def _less_one(script: Script, node: cst.BaseExpression) -> cst.BaseExpression | None:
    """`i` for `i + 1`, `i + block` for `i + block + 1` and `i + 1 + block`; None without a 1 that is added."""
    if not isinstance(node, cst.BinaryOperation) or not isinstance(node.operator, cst.Add):
        return None
    if _is(node.right, 1):
        return node.left
    if _is(node.left, 1):
        return node.right
    inner = _less_one(script, node.left)
    return None if inner is None else node.with_changes(left=inner)
