"""Rows are left out of the evaluation without a word."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import Edit, by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import assigned_names, called, dotted, keyword, with_argument

_HELD_OUT = re.compile(r"(^|[^a-zA-Z])(val|valid|validation|test|dev|eval|held_?out|held_back)", re.IGNORECASE)


class SamplesDropped(BugKind):
    """
    ## What it does
    The evaluation loader is built with `drop_last=True`. Whenever the number of rows is no multiple of the batch
    size, the rows of the last batch are left out.

    ## Why it is bad
    The metric is computed over fewer rows than are reported, and over others whenever the batch size changes. If the
    rows are sorted, a whole class may be missing. In training, where the order changes each epoch, dropping the last
    batch costs next to nothing; in evaluation it is an error. With fewer rows than one batch the loop does not run at
    all, and the average of nothing is a division by zero, or the 0 it began with.

    ## Symptoms
    - The metric changes when only the batch size of the evaluation does.
    - Correct predictions divided by `len(dataset)` can never reach one: with 90 rows in batches of 32, of which 26
      were dropped, a model that was right on 62 of the 64 rows it saw was reported at 0.69.
    - With 40 rows and a batch size of 64: no batch, and an accuracy of 0 from beginning to end.

    ## How to find it
    Count the rows in the evaluation loop and compare with `len(dataset)`. Look at every loader's `drop_last`,
    and at samplers that hand out less than the whole.

    ## Fix
    Leave `drop_last` at its default in evaluation. Divide by the rows that were counted, not by a number from
    elsewhere, and assert that both agree.

    ## Correct code that looks like it
    - `drop_last=True` for training with a shuffled order: each row is left out only now and then.
    - An evaluation on a subset by intent, or stopped after some batches to save time.
    - A weighted sampler, or one with replacement, which does not cover all rows by design.

    ## References
    - [DataLoader](https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.DataLoader): `drop_last` drops the
      last incomplete batch
    """

    slug = "samples-dropped"
    title = "Evaluation leaves rows out"
    summary = "`drop_last` in evaluation throws away the rows that fill no batch, or all of them."
    category = "evaluation"
    difficulty = "easy-medium"
    telling = r"drop_?last|(last|incomplete|smaller|partial|ragged) batch|(all|every|each) rows?|left out|whole set"

    interview = (
        Question(
            "Why do people set drop_last=True in training, and why not in evaluation?",
            "In training a last batch of one or two rows gives a noisy gradient and breaks batch norm, and compiled "
            "graphs like one shape; as the order changes, no row is lost for good. In evaluation nothing speaks for "
            "it, and the metric has to cover every row exactly once.",
        ),
        Question(
            "How do you evaluate exactly with several processes, when the rows do not divide evenly?",
            "A distributed sampler pads with repeated rows, or drops some. For an exact metric I gather predictions "
            "with their row numbers and remove duplicates, or let each process evaluate an uneven share and sum "
            "counts and totals.",
        ),
    )
    nudges = (
        "How many rows does the evaluation loop see?",
        "What happens to the rows that do not fill a batch?",
        "Change the batch size of the evaluation. Should the metric change?",
    )

    examples = (
        Example(
            "a validation loader",
            "main.val_loader",
            """
            def main():
                train_loader = DataLoader(train_set, batch_size=32, shuffle=True, drop_last=True)
                val_loader = DataLoader(val_set, batch_size=32)
            """,
            """
            def main():
                train_loader = DataLoader(train_set, batch_size=32, shuffle=True, drop_last=True)
                val_loader = DataLoader(val_set, batch_size=32, drop_last=True)
            """,
        ),
        Example(
            "a loader that says no",
            "Trainer.__init__.loader",
            """
            class Trainer:
                def __init__(self, test_set):
                    self.loader = DataLoader(
                        test_set,
                        batch_size=64,
                        drop_last=False,
                    )
            """,
            """
            class Trainer:
                def __init__(self, test_set):
                    self.loader = DataLoader(
                        test_set,
                        batch_size=64,
                        drop_last=True,
                    )
            """,
        ),
        Example(
            "a loader that is returned",
            "loaders.DataLoader",
            """
            def loaders(data):
                train, rest = split(data)
                return DataLoader(train, 16, shuffle=True), DataLoader(rest, 16, shuffle=False)
            """,
            """
            def loaders(data):
                train, rest = split(data)
                return DataLoader(train, 16, shuffle=True), DataLoader(rest, 16, shuffle=False, drop_last=True)
            """,
        ),
    )
    untouched = (
        "loader = DataLoader(data, batch_size=8, shuffle=True)\n",
        "val_loader = DataLoader(val_set, batch_size=8, drop_last=True)\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Let the loaders that do not shuffle drop what fills no batch."""
        for spot in script.of(cst.Call):
            call = spot.node
            assert isinstance(call, cst.Call)
            if called(call).endswith("DataLoader") and call.args and (edits := _dropping(spot, call)):
                yield Break(spot.scope, next(iter(assigned_names(spot)), called(call)), call, edits)


def _dropping(spot: Spot, call: cst.Call) -> dict[cst.CSTNode, Edit]:
    shuffle, drop = keyword(call, "shuffle"), keyword(call, "drop_last")
    if shuffle is not None and dotted(shuffle.value) != "False":
        return {}
    names = [*assigned_names(spot), dotted(call.args[0].value)]
    plain = shuffle is not None or len(call.args) > 1 or keyword(call, "batch_size") is not None
    if not plain or not (shuffle is not None or any(_HELD_OUT.search(name) for name in names)):
        return {}
    if any(keyword(call, name) is not None for name in ("sampler", "batch_sampler")):
        return {}
    if drop is not None:
        return {drop.value: by(cst.Name("True"))} if dotted(drop.value) == "False" else {}
    return {call: by(with_argument(call, "drop_last=True"))}
