"""The timesteps that a diffusion model is trained on are not those it is sampled with."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.model_code import bound_name
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import called, expression, keyword, number

_STEP = re.compile(r"^(t|ts|k|steps?|timesteps?|time_?steps?|times?|levels?|noise_levels?)$", re.IGNORECASE)


class TimestepsSampledWrongly(BugKind):
    """
    ## What it does
    A diffusion model is trained at random noise levels. The draw leaves some out: the last steps of the schedule
    (`torch.randint(0, T - 1, ...)` never gives T - 1), more of them, or it is made once for the whole batch.

    ## Why it is bad
    Sampling begins at the last step, at pure noise. If the model was never trained there, its very first answer is a
    guess, and every later step starts from it. The loss does not show it, since the loss is never computed there.
    One step for a whole batch is not wrong on average, but the gradient of an update then belongs to a single noise
    level and is far noisier.

    ## Symptoms
    - The loss says nothing, since it averages over other steps: in a small example it was 0.55 with the upper half of
      the steps left out and 0.45 with all, because noise is hardest to tell where there is little of it.
    - Samples are washed out, off-centre or have the wrong contrast.
    - One step per batch: the loss jumps from batch to batch.

    ## How to find it
    Count which steps come up in an epoch: the smallest, the largest, and how many different ones a batch has. Plot
    the loss by step.

    ## Fix
    `t = torch.randint(0, T, (x.size(0),), device=x.device)`: the upper bound is exclusive, the size is the batch. Use
    the same T for the schedule, the draw and the sampling loop.

    ## Correct code that looks like it
    - A curriculum that begins with few steps and ends with all.
    - Steps counted from 1 to T, with a schedule that has a row for step 0.
    - Distillation, where training and sampling use the same few steps.

    ## References
    - [Denoising Diffusion Probabilistic Models](https://arxiv.org/abs/2006.11239), algorithm 1
    - [torch.randint](https://docs.pytorch.org/docs/stable/generated/torch.randint.html)
    """

    slug = "timesteps-sampled-wrongly"
    title = "Timesteps sampled wrongly"
    summary = "Some steps of a diffusion's schedule are never trained, or a whole batch shares one."
    category = "generative"
    difficulty = "medium-hard"
    telling = r"\b(each|every|all|random) (time)?steps?|noise level|uniform|exclusive|inclusive|per (row|sample|image)"

    interview = (
        Question(
            "Why must the last timestep be trained, although its input is almost pure noise?",
            "Because sampling starts there. The model's answer at T - 1 decides the direction of the whole "
            "trajectory, mainly the mean and the coarse structure. An untrained step gives an arbitrary answer, and "
            "later steps refine that.",
        ),
        Question(
            "Is one timestep per batch a biased estimate of the loss?",
            "No: averaged over batches it is the same expectation. But all rows share the level, so the variance "
            "between updates includes the whole variance between levels. With a step per row it is averaged within "
            "each batch already.",
        ),
    )
    nudges = (
        "Which timesteps does training ever see? Count them.",
        "Where does sampling start, and was the model trained there?",
        "Is the upper bound of this draw part of the range?",
    )

    examples = (
        Example(
            "a draw per row",
            "train.t#1",
            "def train(x):\n    t = torch.randint(0, T, (x.size(0),), device=x.device)\n    return t",
            "def train(x):\n    t = torch.randint(0, T // 2, (x.size(0),), device=x.device)\n    return t",
        ),
        Example(
            "the bound alone",
            "Diffusion.loss.timesteps#1",
            """
            class Diffusion:
                def loss(self, x):
                    timesteps = torch.randint(self.num_steps, (len(x),))
                    return self.at(x, timesteps)
            """,
            """
            class Diffusion:
                def loss(self, x):
                    timesteps = torch.randint(self.num_steps // 2, (len(x),))
                    return self.at(x, timesteps)
            """,
        ),
        Example(
            "by name, one for all rows",
            "loss.t#2",
            "def loss(x0, noise):\n    t = torch.randint(low=0, high=T, size=(x0.shape[0],))\n    return t",
            "def loss(x0, noise):\n    t = torch.randint(low=0, high=T, size=(1,)).expand(x0.shape[0])\n    return t",
        ),
    )
    untouched = (
        "index = torch.randint(0, len(data), (32,))\n",
        "def batch(t):\n    rows = torch.randint(0, 100, (8,))\n    return t[rows]\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Draw from the lower half of the schedule, or once for a batch."""
        for spot in script.of(cst.Call):
            call = spot.node
            assert isinstance(call, cst.Call)
            name = bound_name(spot, "")
            if called(call) != "randint" or not _STEP.match(name):
                continue
            if (bound := _upper_bound(call)) is not None:
                text = script.code(bound)
                value = number(bound)
                half = str(int(value) // 2) if value is not None else _halved(bound, text)
                yield Break(spot.scope, name, call, {bound: by(expression(half))})
            size = _size(call)
            if size is not None:
                rows = size.elements[0].value
                one = size.with_changes(elements=[size.elements[0].with_changes(value=cst.Integer("1"))])
                shared = call.with_changes(
                    args=[arg.with_changes(value=one) if arg.value is size else arg for arg in call.args]
                )
                expanded = cst.Call(cst.Attribute(shared, cst.Name("expand")), [cst.Arg(rows)])
                yield Break(spot.scope, name, call, {call: by(expanded)})


def _halved(bound: cst.BaseExpression, text: str) -> str:
    return f"({text}) // 2" if isinstance(bound, cst.BinaryOperation) else f"{text} // 2"


def _upper_bound(call: cst.Call) -> cst.BaseExpression | None:
    """The end of the range that is drawn from."""
    if (high := keyword(call, "high")) is not None:
        return high.value
    positional = [arg.value for arg in call.args if arg.keyword is None]
    bounds = [value for value in positional if not isinstance(value, (cst.Tuple, cst.List))]
    return bounds[-1] if bounds and not (len(bounds) > 2) else None


def _size(call: cst.Call) -> cst.Tuple | None:
    """The size of the draw, when it is one number in parentheses that is not 1."""
    given = keyword(call, "size")
    value = (
        given.value if given is not None else next((a.value for a in call.args if isinstance(a.value, cst.Tuple)), None)
    )
    if not isinstance(value, cst.Tuple) or len(value.elements) != 1 or number(value.elements[0].value) == 1.0:
        return None
    return value
