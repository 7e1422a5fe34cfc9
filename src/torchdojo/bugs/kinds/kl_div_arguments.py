"""KL divergence is given probabilities for log-probabilities, or its arguments the wrong way round."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import Edit, by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.losses import loss_calls, predictions, targets
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import called, dotted, expression, keyword, without_argument

_FUNCTIONS = frozenset({"kl_div"})
_CLASSES = frozenset({"KLDivLoss"})


class KlDivArguments(BugKind):
    """
    ## What it does
    `kl_div(input, target)` computes target * (log(target) - input): its first argument has to be the model's *log*-
    probabilities, its second the probabilities to be matched. The script gives it probabilities (or scores) first, or
    both the wrong way round.

    ## Why it is bad
    The function does not check anything, it evaluates the formula. With probabilities in the place of log-
    probabilities the result is no divergence: it is negative, and its minimum is not where the two distributions
    agree. With the arguments exchanged it takes the log of log-probabilities, which are negative: NaN from the start.

    ## Symptoms
    - A negative loss. With probabilities it went from -0.29 to -1.05 in a small distillation of five classes, while
      the true divergence stayed at 0.167 instead of falling to 0.026.
    - With raw scores it runs off: -60 after 200 steps, and the student agreed with the teacher on 42 % of the rows
      instead of 97 %.
    - Exchanged, the loss is NaN in the first step.
    - A divergence that is several times too small is the smaller brother: the default `reduction="mean"` divides by
      the number of elements instead of rows (torch warns about it).

    ## How to find it
    Give the loss the same distribution twice: `kl_div(p.log(), p)` must be 0. Look at the first argument: log-
    probabilities are never above 0, and their exponentials sum to 1.

    ## Fix
    `F.kl_div(F.log_softmax(student, 1), F.softmax(teacher, 1), reduction="batchmean")`, or pass the log-probabilities
    of both with `log_target=True`. In words: the model's logs first, the goal second.

    ## Correct code that looks like it
    - Both arguments as log-probabilities with `log_target=True`.
    - The reverse divergence on purpose: the fixed distribution's logs first, the model's probabilities second.
    - Symmetric sums such as Jensen-Shannon, in which gradients flow through both arguments.
    - `torch.distributions.kl_divergence(p, q)`, which takes distributions, in the order of the formula.

    ## References
    - [KLDivLoss](https://docs.pytorch.org/docs/stable/generated/torch.nn.KLDivLoss.html): "this loss expects the
      argument input in log-space", and why "batchmean" is the mathematical definition
    """

    slug = "kl-div-arguments"
    title = "Wrong arguments of KL divergence"
    summary = "kl_div wants the model's log-probabilities first and the goal second; it gets something else."
    category = "convergence"
    difficulty = "medium-hard"
    telling = r"log_?-?softmax|log-?prob|\bKL\b|kl_?div|divergence|log_target|\bargument"

    interview = (
        Question(
            "What are the two arguments of `F.kl_div`, and what does it compute?",
            "The log-probabilities of the model and the probabilities it is to match. For each element it computes "
            "target * (log(target) - input); summed over classes and averaged over rows (reduction='batchmean') this "
            "is KL(target || model). The order is the opposite of how the divergence is usually written.",
        ),
        Question(
            "Your distillation loss is negative. What do you conclude?",
            "That what is computed is no KL divergence, since that is at least 0 for any two distributions. Most "
            "often the first argument holds probabilities instead of log-probabilities, sometimes one of the two is "
            "not normalised, or log_target does not fit the second argument.",
        ),
        Question(
            "Forward or reverse KL: what is the difference for the student?",
            "KL(teacher || student) punishes the student for giving little probability where the teacher gives much: "
            "it covers all modes. KL(student || teacher) punishes probability where the teacher has none: it seeks "
            "one mode. kl_div(student_log, teacher) is the former; exchanging the roles properly gives the latter.",
        ),
    )
    nudges = (
        "Which sign can a divergence have, and which sign does this one have?",
        "What would the loss say if the model matched its goal exactly?",
        "Look up what the first argument of this loss has to be, and print one row of what it is.",
    )

    examples = (
        Example(
            "log-softmax in the call",
            "distill.log_softmax",
            """
            def distill(student, teacher, x, T=2.0):
                with torch.no_grad():
                    goal = F.softmax(teacher(x) / T, dim=1)
                return F.kl_div(F.log_softmax(student(x) / T, dim=1), goal, reduction="batchmean") * T * T
            """,
            """
            def distill(student, teacher, x, T=2.0):
                with torch.no_grad():
                    goal = F.softmax(teacher(x) / T, dim=1)
                return F.kl_div(F.softmax(student(x) / T, dim=1), goal, reduction="batchmean") * T * T
            """,
        ),
        Example(
            "arguments by position",
            "Distiller.loss.kl",
            """
            class Distiller:
                def __init__(self):
                    self.kl = nn.KLDivLoss(reduction="batchmean")

                def loss(self, log_q, p):
                    return self.kl(log_q, p)
            """,
            """
            class Distiller:
                def __init__(self):
                    self.kl = nn.KLDivLoss(reduction="batchmean")

                def loss(self, log_q, p):
                    return self.kl(p, log_q)
            """,
        ),
        Example(
            "a method",
            "step.log_softmax",
            """
            def step(model, x, votes):
                log_q = model(x).log_softmax(-1)
                return kl_div(log_q, votes, reduction="sum") / len(x)
            """,
            """
            def step(model, x, votes):
                log_q = model(x).softmax(-1)
                return kl_div(log_q, votes, reduction="sum") / len(x)
            """,
        ),
        Example(
            "told that the target is logarithmic",
            "consistency.log_target",
            """
            def consistency(weak, strong):
                goal = weak.detach().log_softmax(1)
                return F.kl_div(strong.log_softmax(1), goal, reduction="batchmean", log_target=True)
            """,
            """
            def consistency(weak, strong):
                goal = weak.detach().log_softmax(1)
                return F.kl_div(strong.log_softmax(1), goal, reduction="batchmean")
            """,
        ),
    )
    untouched = (
        "loss = F.nll_loss(F.log_softmax(z, dim=1), y)\n",
        "loss = torch.distributions.kl_divergence(q, p).mean()\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """A softmax where a log-softmax was, the arguments exchanged, or no word of a logarithmic target."""
        calls = list(loss_calls(script, _FUNCTIONS, _CLASSES))
        settings = [s for s in script.of(cst.Call) if called(s.node) in _FUNCTIONS | _CLASSES]
        if not calls:
            return
        for spot in script.of(cst.Call):
            node = spot.node
            assert isinstance(node, cst.Call)
            if called(node) == "log_softmax":
                yield Break(spot.scope, "log_softmax", node, {node.func: by(_plain(node.func))})
            elif called(node) == "LogSoftmax":
                yield Break(spot.scope, "LogSoftmax", node, {node.func: by(_plain(node.func))})
        for spot, call in calls:
            given, goal = predictions(call), targets(call)
            plain = given is not None and goal is not None and given.keyword is None and goal.keyword is None
            if plain and given is not None and goal is not None and _short(given) and _short(goal):
                exchanged: dict[cst.CSTNode, Edit] = {given.value: by(goal.value), goal.value: by(given.value)}
                yield Break(spot.scope, called(call), call, exchanged)
        for spot in settings:
            node = spot.node
            assert isinstance(node, cst.Call)
            told = keyword(node, "log_target")
            if told is not None and isinstance(told.value, cst.Name) and told.value.value == "True":
                yield Break(spot.scope, "log_target", node, {node: by(without_argument(node, told))})


def _plain(function: cst.BaseExpression) -> cst.BaseExpression:
    """The softmax that belongs to a log-softmax."""
    if isinstance(function, cst.Attribute):
        return function.with_changes(attr=cst.Name(_plain_name(function.attr.value)))
    name = _plain_name(dotted(function))
    # A bare name was imported, and its plain sister probably was not.
    return expression(name if name == "Softmax" else f"torch.{name}")


def _plain_name(name: str) -> str:
    return "Softmax" if name == "LogSoftmax" else "softmax"


def _short(arg: cst.Arg) -> bool:
    """A name or an attribute: calls are not exchanged, what they compute is."""
    return bool(dotted(arg.value))
