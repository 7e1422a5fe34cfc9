"""Some rows are in the training set and in the validation set."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import Edit, by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import called, dotted, expression, keyword


class TrainValidationOverlap(BugKind):
    """
    ## What it does
    The split is not a partition: the two slices overlap, or each part is drawn by a shuffle of its own, so that some
    rows are trained on and validated on.

    ## Why it is bad
    On those rows the model can score by memory. The validation result is a mixture of training and held-out results,
    too good by an amount nobody knows, and it gets better the more the model overfits: exactly what it is there to
    reveal.

    ## Symptoms
    - Validation is better than it should be, though not perfect. With random labels, where 0.5 is all that can be
      had, a split that shared half of its validation rows gave 0.72 to 0.78.
    - The sizes of the parts add up to more than the number of rows.
    - Rows that the model gets wrong in validation are all from the part that was not trained on.

    ## How to find it
    Intersect the two parts: by index where there are indices, otherwise by hashing the rows. The intersection has to
    be empty, apart from rows that occur twice in the data.

    ## Fix
    Make one permutation and cut it once: `order[:k]` and `order[k:]` with the same `k`. Or call `random_split` once
    and keep both parts. Remove duplicates, and keep rows of one person or one recording together, before the cut.

    ## Correct code that looks like it
    - Cross-validation: each row is validated on by the one model that did not train on it.
    - Small discrete data, where equal rows occur by nature, in training alone as well.
    - Windows of one text that overlap at the border of the split by a few tokens.
    - A report over all rows beside one over the held-out rows.

    ## References
    - [random_split](https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.random_split): non-overlapping
      data sets of given lengths
    - [Common pitfalls: data leakage](https://scikit-learn.org/stable/common_pitfalls.html#data-leakage)
    """

    slug = "train-validation-overlap"
    title = "Training and validation rows overlap"
    summary = "Some rows of the validation set are trained on, so that the result is partly memory."
    category = "evaluation"
    difficulty = "medium"
    telling = r"overlap|disjoint|partition|(rest|remain\w*|other|last)\W+(\w+\W+){0,2}(rows|part|held|valid|test)|leak"

    interview = (
        Question(
            "How would you prove that two loaders share no rows?",
            "Compare indices if both are subsets of one data set. Otherwise hash the raw content of each row, before "
            "random augmentation, and intersect the sets of hashes. To judge the result I also count duplicates "
            "within the training set: natural twins explain some matches.",
        ),
        Question(
            "A colleague calls `random_split` twice, takes the first part of one call and the second of the other. "
            "What is wrong?",
            "Each call draws a new permutation, so the parts are independent samples. With 80 % and 20 %, about 80 % "
            "of the validation rows are also in the training part. Both parts must come from one call, or from two "
            "calls with generators that start from the same seed.",
        ),
        Question(
            "Give examples of overlap that comparing rows does not find.",
            "Several photos of one object, windows of one recording, translations or crops of one original, the same "
            "patient at two dates. The cut has to run between groups, not between rows.",
        ),
    )
    nudges = (
        "Do the sizes of the parts add up to the number of rows?",
        "Take a row of the validation set. How do you find out whether the model was trained on it?",
        "Where exactly does one part end and the other begin?",
    )

    examples = (
        Example(
            "two slices",
            "load.x",
            """
            def load(x, y):
                n = int(0.8 * len(x))
                return x[:n], y[:n], x[n:], y[n:]
            """,
            """
            def load(x, y):
                n = int(0.8 * len(x))
                return x[:n], y[:n], x[n // 2:], y[n // 2:]
            """,
        ),
        Example(
            "a permutation that is cut",
            "order",
            """
            order = torch.randperm(1000)
            train_rows, val_rows = order[:800], order[800:]
            """,
            """
            order = torch.randperm(1000)
            train_rows, val_rows = order[:800], order[400:]
            """,
        ),
        Example(
            "random_split",
            "make.train_set",
            """
            def make(data):
                train_set, val_set = random_split(data, [0.75, 0.25])
                return train_set, val_set
            """,
            """
            def make(data):
                train_set, val_set = random_split(data, [0.75, 0.25])[0], random_split(data, [0.75, 0.25])[1]
                return train_set, val_set
            """,
        ),
    )
    untouched = (
        "inputs, targets = tokens[:-1], tokens[1:]\n",
        "half = x[:n]\nrows = x[m:]\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Let the second part begin earlier, or draw the two parts apart."""
        yield from _slices(script)
        for spot in script.of(cst.Assign):
            statement = spot.node
            assert isinstance(statement, cst.Assign)
            call, target = statement.value, statement.targets[0].target
            # Generators that start from the same seed would draw the same parts twice.
            if called(call) != "random_split" or not isinstance(call, cst.Call) or keyword(call, "generator"):
                continue
            if isinstance(target, cst.Tuple) and len(target.elements) == 2:
                code = script.code(call)
                name = dotted(target.elements[0].value).rpartition(".")[2]
                yield Break(spot.scope, name, call, {call: by(_pair(f"{code}[0], {code}[1]"))})


def _slices(script: Script) -> Iterator[Break]:
    """Cuts `a[:k]` with `a[k:]`; all that are cut at the same place in one scope belong together."""
    below: set[tuple[str, str, str]] = set()
    above: dict[tuple[str, str], list[tuple[Spot, str, cst.BaseExpression]]] = {}
    for spot in script.of(cst.Subscript):
        node = spot.node
        assert isinstance(node, cst.Subscript)
        cut = node.slice[0].slice
        if not isinstance(cut, cst.Slice) or cut.step is not None or not (base := dotted(node.value)):
            continue
        if cut.lower is None and cut.upper is not None and not isinstance(cut.upper, cst.UnaryOperation):
            below.add((spot.scope, base, script.code(cut.upper)))
        elif cut.lower is not None and cut.upper is None:
            above.setdefault((spot.scope, script.code(cut.lower)), []).append((spot, base, cut.lower))
    for (scope, at), found in above.items():
        matching = [(spot, base, lower) for spot, base, lower in found if (scope, base, at) in below]
        edits: dict[cst.CSTNode, Edit] = {}
        for _, _, lower in matching:
            if (earlier := _half(at)) is not None:
                edits[lower] = by(earlier)
        if edits:
            first, base, _ = matching[0]
            yield Break(scope, base.rpartition(".")[2], first.node, edits)


def _half(code: str) -> cst.BaseExpression | None:
    """Half as far: of a whole number that is worth halving, or of a name."""
    if code.isdigit():
        return cst.Integer(str(int(code) // 2)) if int(code) > 1 else None
    return expression(f"{code} // 2") if code.replace("_", "a").replace(".", "a").isalnum() else None


def _pair(code: str) -> cst.Tuple:
    found = expression(f"({code})")
    assert isinstance(found, cst.Tuple)
    return found.with_changes(lpar=[], rpar=[])
