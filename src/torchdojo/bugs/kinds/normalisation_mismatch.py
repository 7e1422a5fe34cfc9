"""Held-out inputs are not normalised as the training inputs were."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import assigned_names, called, dotted, number

_HELD_OUT = re.compile(r"(?<![a-zA-Z])(val|valid|validation|test|dev|held_out|holdout|unseen|new)(?![a-zA-Z])")
_NORMALISING = re.compile(r"(normali[sz]e\w*|standardi[sz]e\w*|rescale\w*|scale|transform|prepare|preprocess)$")


class NormalisationMismatch(BugKind):
    """
    ## What it does
    The training inputs are standardised, with mean and deviation of the training set or by division by 255, and the
    held-out inputs go into the model as they are.

    ## Why it is bad
    The model gets numbers in a range it has never seen. Its first layer multiplies them as if they were standardised,
    activations are many times too large, and its answers are those of another region of the input space. Nothing
    fails: shapes and dtypes are right. The same slip at deployment is called training-serving skew.

    ## Symptoms
    - Training is fine and validation is terrible from the first epoch on: a mean squared error of 145 in place of
      1.25 on a table whose columns had means from 2 to 50.
    - A classifier predicts nearly the same class, with great certainty, for every held-out row.
    - Evaluating on *training* rows through the evaluation code is just as bad.

    ## How to find it
    Print mean and deviation of each feature of one batch just before the model, in training and in evaluation. They
    have to be alike. Pixels: the maximum is 1 in one and 255 in the other.

    ## Fix
    Fit the statistics on the training rows once, and apply the same function to all parts. Or put the normalisation
    into the model as buffers, where it cannot be forgotten.

    ## Correct code that looks like it
    - Raw inputs everywhere, with batch norm or a normalising layer at the entry of the model.
    - Integer ids, which are not normalised at all.
    - A test on another domain on purpose, beside one on the usual domain.
    - Statistics that are known beforehand, such as those of a pretrained network, applied to all parts.

    ## References
    - [Common pitfalls](https://scikit-learn.org/stable/common_pitfalls.html): inconsistent preprocessing
    """

    slug = "normalisation-mismatch"
    title = "Held-out inputs are not normalised"
    summary = "Training inputs are standardised, those of the evaluation are not: the model sees unknown numbers."
    category = "data"
    difficulty = "medium"
    telling = r"normali[sz]|standardi[sz]|(same|training) (statistics|scal\w+|mean)|0 to 1|255|rescal|like the training"

    interview = (
        Question(
            "Which rows may be used to compute mean and deviation, and what are they applied to?",
            "Only the training rows are used, since the others stand for data that is not there yet. The result is "
            "stored with the model and applied to training, validation, test and deployment data alike.",
        ),
        Question(
            "Validation is far worse than training from the first epoch. How do you tell overfitting from a slip in "
            "preparing the data?",
            "Overfitting grows with time; a slip is there at once. I run training rows through the evaluation code: if "
            "they are as bad, the path is at fault and not the rows. Then I compare the statistics of what enters the "
            "model on both paths.",
        ),
        Question(
            "What are the advantages of normalising inside the model?",
            "The statistics are saved, loaded and moved with the weights, as buffers, and no caller can forget or "
            "double the step. The price is that the step runs on the accelerator for each batch.",
        ),
    )
    nudges = (
        "What are the mean and the largest value of a batch just before it enters the model?",
        "Send some training rows through the evaluation code. Is the result as good as in training?",
        "Which steps lie between the raw data and the model, for each part of the data?",
    )

    examples = (
        Example(
            "mean and deviation",
            "load.x_test",
            """
            def load(x_train, x_test):
                mean, std = x_train.mean(0), x_train.std(0)
                x_train = (x_train - mean) / std
                x_test = (x_test - mean) / std
                return x_train, x_test
            """,
            """
            def load(x_train, x_test):
                mean, std = x_train.mean(0), x_train.std(0)
                x_train = (x_train - mean) / std
                return x_train, x_test
            """,
        ),
        Example(
            "a function",
            "main.val_set",
            """
            def main():
                train_set = TensorDataset(standardise(x_train), y_train)
                val_set = TensorDataset(standardise(x_val), y_val)
            """,
            """
            def main():
                train_set = TensorDataset(standardise(x_train), y_train)
                val_set = TensorDataset(x_val, y_val)
            """,
        ),
        Example(
            "pixels",
            "Digits.__init__.test_images",
            """
            class Digits:
                def __init__(self, raw, raw_test):
                    self.train_images = raw.float() / 255
                    self.test_images = raw_test.float() / 255
            """,
            """
            class Digits:
                def __init__(self, raw, raw_test):
                    self.train_images = raw.float() / 255
                    self.test_images = raw_test.float()
            """,
        ),
    )
    untouched = (
        "x_train = (x_train - mean) / std\n",
        "val_accuracy = (correct - wrong) / total\nlabels = encode(y_val)\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Leave the step out for held-out inputs."""
        for spot in script.of(cst.BinaryOperation, cst.Call):
            node = spot.node
            assert isinstance(node, (cst.BinaryOperation, cst.Call))
            raw = _raw(node)
            if raw is None:
                continue
            names = assigned_names(spot)
            told = [name for name in (*names, script.code(raw)) if _HELD_OUT.search(name)]
            if told:
                name = names[0] if len(names) == 1 else called(node) or script.code(raw).rpartition(".")[2]
                yield Break(spot.scope, name, node, {node: by(raw)})


def _raw(node: cst.BinaryOperation | cst.Call) -> cst.BaseExpression | None:
    """What is normalised here: `x` of `(x - mean) / std`, of `x / 255` and of `standardise(x)`."""
    if isinstance(node, cst.Call):
        plain = len(node.args) >= 1 and node.args[0].keyword is None and dotted(node.args[0].value)
        return node.args[0].value if plain and _NORMALISING.match(called(node)) else None
    if not isinstance(node.operator, cst.Divide):
        return None
    left = node.left
    if isinstance(left, cst.BinaryOperation) and isinstance(left.operator, cst.Subtract):
        return left.left if dotted(left.left) and not _counts(node.right) else None
    return left if number(node.right) in (255.0, 256.0) else None


def _counts(node: cst.BaseExpression) -> bool:
    return bool(re.match(r"(total|count|n|len|rows|seen)$", dotted(node) or called(node)))
