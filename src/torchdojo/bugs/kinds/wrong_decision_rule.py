"""Scores are turned into predictions by the wrong rule."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import Edit, by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.predictions import compared, is_output
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import assigned_names, called, dotted, number, receiver

_LOGITS = re.compile(r"with_?logits", re.IGNORECASE)


class WrongDecisionRule(BugKind):
    """
    ## What it does
    The model is sound and so is its loss, but the line that makes predictions of its scores is not: logits are
    divided at 0.5 as if they were probabilities, or the highest score itself is compared with the label where its
    position was meant.

    ## Why it is bad
    The metric tells nothing about the model, or something wrong. A logit of 0.5 is a probability of 0.62, so a model
    is measured at a threshold nobody chose: it finds fewer positives than it could. People then tune a model that was
    fine all along, or ship the wrong rule together with the model.

    ## Symptoms
    - The loss falls as it should and the accuracy does not follow. With the score in place of its position, accuracy
      was 0.00 in every epoch while the validation loss went from 0.74 to 0.22.
    - With logits divided at 0.5, recall is too low and precision too high: 40 of 360 predictions were different, and
      recall in the first epoch was 0.47 in place of 0.81.
    - The share of predicted positives does not fit that of the labels.

    ## How to find it
    Take one batch and recompute the predictions by hand from the raw scores. Print the range of what is compared with
    the threshold: values below 0 or above 1 are no probabilities. Print the dtype of what is compared with labels.

    ## Fix
    For logits: `logits > 0`, or `torch.sigmoid(logits) > 0.5`, which is the same. For several classes:
    `logits.argmax(dim=1)`, the position of the highest score.

    ## Correct code that looks like it
    - A threshold that was chosen on validation data, for precision or for cost: 0.3 on probabilities, -1.2 on logits.
    - 0.5 on the output of a model that ends in a sigmoid, or of a regression on 0 and 1.
    - `max(dim=1)` of which the second result, the positions, is used.

    ## References
    - [BCEWithLogitsLoss](https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html): a sigmoid
      and the loss in one
    - [torch.max](https://docs.pytorch.org/docs/stable/generated/torch.max.html): values and indices
    """

    slug = "wrong-decision-rule"
    title = "The wrong rule makes the predictions"
    summary = "Logits are divided at 0.5, or the highest score is taken for the class: the metric misjudges the model."
    category = "evaluation"
    difficulty = "medium"
    telling = (
        r"threshold|logits? (>|above|over)|decision|sigmoid|positive (logit|score)|0\.5|argmax|highest score|indices"
    )

    interview = (
        Question(
            "A binary classifier is trained with BCEWithLogitsLoss. What is the rule for its predictions?",
            "The model returns logits, so the class is positive where the logit is above 0, which is where its sigmoid "
            "is above 0.5. Dividing the logits at 0.5 means a probability of 0.62 and misses positives. Another "
            "threshold is fine if it is chosen on purpose, on data that is not the test set.",
        ),
        Question(
            "Loss looks right, accuracy is at zero. Where do you look?",
            "Between the scores and the metric: I recompute the predictions of one batch from the raw scores and "
            "compare dtypes and shapes with the labels. Typical causes are values in place of indices from `max`, the "
            "wrong dimension in `argmax`, labels that begin at 1, or a threshold on the wrong scale.",
        ),
    )
    nudges = (
        "What range do the numbers have that are compared with the threshold?",
        "Take one row: which class would you predict from its scores, and which does the code predict?",
        "Does the metric fit the loss?",
    )

    examples = (
        Example(
            "the threshold of logits",
            "evaluate.predicted",
            """
            criterion = nn.BCEWithLogitsLoss()


            def evaluate(model, x, y):
                predicted = model(x).squeeze(1) > 0
                return (predicted == y.bool()).float().mean()
            """,
            """
            criterion = nn.BCEWithLogitsLoss()


            def evaluate(model, x, y):
                predicted = model(x).squeeze(1) > 0.5
                return (predicted == y.bool()).float().mean()
            """,
        ),
        Example(
            "a sigmoid that goes",
            "Trainer.validate.sigmoid",
            """
            class Trainer:
                loss = nn.BCEWithLogitsLoss()

                def validate(self, x, y):
                    logits = self.net(x)
                    return ((torch.sigmoid(logits) > 0.5).float() == y).float().mean()
            """,
            """
            class Trainer:
                loss = nn.BCEWithLogitsLoss()

                def validate(self, x, y):
                    logits = self.net(x)
                    return ((logits > 0.5).float() == y).float().mean()
            """,
        ),
        Example(
            "the position of the highest score",
            "hits",
            "hits = (model(x).argmax(dim=1) == y).sum()",
            "hits = (model(x).max(dim=1).values == y).sum()",
        ),
        Example(
            "both results of max",
            "predicted",
            "_, predicted = torch.max(outputs, 1)\nhits = (predicted == y).sum()",
            "predicted, _ = torch.max(outputs, 1)\nhits = (predicted == y).sum()",
        ),
    )
    untouched = (
        "y = (x.sum(dim=1) > 0).float()\nloss = F.binary_cross_entropy_with_logits(model(x), y)\n",
        "token = logits.argmax(dim=-1)\ntokens.append(token)\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Move the threshold of logits, drop their sigmoid, or take the highest score for its position."""
        for spot in script.of(cst.Comparison, cst.Call, cst.Assign):
            node = spot.node
            found: tuple[str, dict[cst.CSTNode, Edit]] | None = None
            if isinstance(node, cst.Comparison) and _LOGITS.search(script.module.code):
                found = _threshold(node)
            elif isinstance(node, cst.Call) and compared(script, spot):
                found = _value_for_position(node)
            elif isinstance(node, cst.Assign):
                found = _swapped(node)
            if found is not None:
                names = assigned_names(spot)
                name = names[0] if len(names) == 1 and found[0] != "sigmoid" else found[0]
                yield Break(spot.scope, name, node, found[1])


def _threshold(node: cst.Comparison) -> tuple[str, dict[cst.CSTNode, Edit]] | None:
    if len(node.comparisons) != 1 or not isinstance(
        node.comparisons[0].operator, (cst.GreaterThan, cst.GreaterThanEqual)
    ):
        return None
    right = node.comparisons[0].comparator
    value = number(right)
    if value == 0 and is_output(node.left):
        return "threshold", {right: by(cst.Float("0.5"))}
    inner = _squashed(node.left)
    if value == 0.5 and inner is not None:
        return "sigmoid", {node.left: by(inner)}
    return None


def _squashed(node: cst.BaseExpression) -> cst.BaseExpression | None:
    """What a sigmoid was taken of."""
    if called(node) != "sigmoid" or not isinstance(node, cst.Call):
        return None
    if node.args:
        return node.args[0].value
    return receiver(node, "sigmoid")


def _value_for_position(call: cst.Call) -> tuple[str, dict[cst.CSTNode, Edit]] | None:
    if called(call) != "argmax" or not isinstance(call.func, cst.Attribute) or not call.args:
        return None
    if len(call.args) == 1 and dotted(call.func.value) == "torch":
        return None
    new = call.with_changes(func=call.func.with_changes(attr=cst.Name("max")))
    return "argmax", {call: by(cst.Attribute(new, cst.Name("values")))}


def _swapped(node: cst.Assign) -> tuple[str, dict[cst.CSTNode, Edit]] | None:
    target = node.targets[0].target
    if called(node.value) != "max" or not isinstance(target, cst.Tuple) or len(target.elements) != 2:
        return None
    first, second = (element.value for element in target.elements)
    elements = [target.elements[0].with_changes(value=second), target.elements[1].with_changes(value=first)]
    name = dotted(second).rpartition(".")[2]
    if name.startswith("_"):
        return None
    return name, {target: by(target.with_changes(elements=elements))}
