"""The validation result is measured on the training data."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.data_roles import loads, training_names
from torchdojo.bugs.edits import Edit, by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import called, dotted, expression

#: Calls whose argument is not what a model is evaluated on.
_ASIDE = {"len", "print", "range", "append", "round", "min", "max", "int", "float"}


class EvaluationOnTrainingData(BugKind):
    """
    ## What it does
    The evaluation reads the training loader, or the training tensors, where it should read the held-out ones. What
    is printed as "validation accuracy" is training accuracy.

    ## Why it is bad
    The number says how well the model remembers, not how well it will do on new rows. It only gets better with more
    epochs and more parameters, so every decision that hangs on it goes wrong: early stopping never stops, model
    selection prefers the model that overfits most, and the report promises what deployment will not keep.

    ## Symptoms
    - The validation curve follows the training curve closely, with no gap, even for a large model on few rows.
    - On 96 rows with random labels a network of 128 hidden units was reported with a "validation" accuracy of 1.00;
      on rows it had not seen it was at 0.50, which is chance.
    - A loader, or a pair of tensors, is built and never used.

    ## How to find it
    Compare the rows: does any row of the first validation batch occur in the training set? Or train on random
    labels: validation accuracy must stay at chance. Then follow the name of the data from where it is split to where
    it is evaluated.

    ## Fix
    Hand the held-out data to the evaluation. Make mistakes hard: give the evaluation function one argument for the
    data, and name the result after what was passed.

    ## Correct code that looks like it
    - A second pass over the training rows in eval mode, beside one over held-out rows, to see the gap between them.
    - A test that a model can memorise one batch, where training accuracy is the point.
    - A demonstration that reports training error and calls it so.
    - A graph whose nodes all enter the model, while different nodes count in training and in validation.

    ## References
    - [Common pitfalls: data leakage](https://scikit-learn.org/stable/common_pitfalls.html#data-leakage): test data
      should never be used to make choices about the model
    """

    slug = "evaluation-on-training-data"
    title = "Evaluation on the training data"
    summary = "The reported validation result comes from the rows the model was trained on."
    category = "evaluation"
    difficulty = "medium"
    telling = r"held[- ]?out|unseen|never (seen|trained)|not (seen|trained)|new rows|(which|right) (loader|split)"

    interview = (
        Question(
            "Training and validation accuracy are equal to the third digit. What do you check first?",
            "Whether they are computed on the same rows. I compare which loader or which tensors the evaluation reads, "
            "and hash a few rows of both. Equal numbers can be honest on a huge, easy data set, but never exactly "
            "equal on a small one with dropout in training.",
        ),
        Question(
            "How can you test a pipeline for this without reading it?",
            "Shuffle the training labels. A model with enough capacity will memorise them, so training accuracy goes "
            "to one; an honest validation accuracy stays at chance. If it rises as well, the rows are the same.",
        ),
        Question(
            "When is it right to evaluate on training rows?",
            "To measure the gap to the held-out result, in the same mode and with the same code, or to check that a "
            "model can overfit a small batch. Both are labelled as training results and do not replace the other.",
        ),
    )
    nudges = (
        "Which rows does the evaluation see?",
        "Is every data set that is built used somewhere?",
        "Would this number notice it if the labels of the training set were random?",
    )

    examples = (
        Example(
            "the argument of an evaluation",
            "main.val_loader",
            """
            def main():
                train_loader, val_loader = make_loaders()
                for epoch in range(5):
                    train(model, train_loader)
                    accuracy = evaluate(model, val_loader)
            """,
            """
            def main():
                train_loader, val_loader = make_loaders()
                for epoch in range(5):
                    train(model, train_loader)
                    accuracy = evaluate(model, train_loader)
            """,
        ),
        Example(
            "a loop of a trainer class",
            "Trainer.validate.val_loader",
            """
            class Trainer:
                def __init__(self, train_loader, val_loader):
                    self.train_loader = train_loader
                    self.val_loader = val_loader

                def validate(self):
                    for x, y in self.val_loader:
                        self.metric.update(self.model(x), y)
            """,
            """
            class Trainer:
                def __init__(self, train_loader, val_loader):
                    self.train_loader = train_loader
                    self.val_loader = val_loader

                def validate(self):
                    for x, y in self.train_loader:
                        self.metric.update(self.model(x), y)
            """,
        ),
        Example(
            "tensors under no_grad",
            "x_test",
            """
            x_train, y_train, x_test, y_test = load()
            fit(model, x_train, y_train)
            with torch.no_grad():
                predicted = model(x_test).argmax(1)
                print((predicted == y_test).float().mean())
            """,
            """
            x_train, y_train, x_test, y_test = load()
            fit(model, x_train, y_train)
            with torch.no_grad():
                predicted = model(x_train).argmax(1)
                print((predicted == y_train).float().mean())
            """,
        ),
        Example(
            "the set behind a loader",
            "loaders.val_set",
            """
            def loaders(data):
                train_set, val_set = random_split(data, [800, 200])
                return DataLoader(train_set, 32, shuffle=True), DataLoader(val_set, 64)
            """,
            """
            def loaders(data):
                train_set, val_set = random_split(data, [800, 200])
                return DataLoader(train_set, 32, shuffle=True), DataLoader(train_set, 64)
            """,
        ),
    )
    untouched = ("for x, y in train_loader:\n    step(x, y)\n", "print(evaluate(model, val_loader))\n")

    def breaks(self, script: Script) -> Iterator[Break]:
        """Put the training data in place of the held-out data: in a loop, in a call, in a block without gradients."""
        names = training_names(script)
        for spot in script.of(cst.For, cst.Call, cst.With) if names else ():
            if edits := _edits(script, spot, names):
                name = dotted(next(iter(edits))).rpartition(".")[2]
                yield Break(spot.scope, name, spot.node, edits)


def _edits(script: Script, spot: Spot, names: dict[str, str]) -> dict[cst.CSTNode, Edit]:
    node = spot.node
    if isinstance(node, cst.For):
        return _replaced(script, [node.iter] if dotted(node.iter) in names else [], names)
    if isinstance(node, cst.Call):
        # `Trainer(train_loader, val_loader)` keeps them apart by place.
        given = [arg.value for arg in node.args]
        both = any(dotted(value) in names.values() for value in given)
        direct = [value for value in given if dotted(value) in names]
        inside = any(isinstance(outer, cst.With) for outer in spot.ancestors) and called(node) != "DataLoader"
        return {} if both or inside or called(node) in _ASIDE else _replaced(script, direct, names)
    if isinstance(node, cst.With):
        inner = list(loads(script, node.body, names))
        loops = any(isinstance(outer, cst.For) and node in s.ancestors for s in inner for outer in s.ancestors)
        return {} if loops else {s.node: by(expression(names[dotted(s.node)])) for s in inner}
    return {}


def _replaced(script: Script, values: list[cst.BaseExpression], names: dict[str, str]) -> dict[cst.CSTNode, Edit]:
    return {value: by(expression(names[dotted(value)])) for value in values}
