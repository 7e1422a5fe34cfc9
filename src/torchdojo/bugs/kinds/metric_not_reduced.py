"""One process of several reports the metric of its own rows as that of the whole."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.collectives import GATHERING, REDUCING, collective, exchanges_gradients
from torchdojo.bugs.edits import Edits, removal
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import argument, called, dotted


class MetricNotReduced(BugKind):
    """
    ## What it does
    Each process evaluates its part of the validation rows. Rank 0 prints what it found on its own part, as the result
    of all rows: the counts were never added up over the processes.

    ## Why it is bad
    The number is an estimate from a fraction of the rows, with more noise than it seems to have, and the rows that
    other processes evaluated count for nothing. With sorted or grouped rows the fraction is not even a fair sample.
    Decisions that each process takes by its own number (the best checkpoint, early stopping, a plateau schedule) differ
    between processes: one stops, and the others wait for it in the next collective call until the timeout.

    ## Symptoms
    - Nothing crashes, and the number is plausible. With 200 rows over 2 processes the accuracies of five epochs were
      printed as 0.470, 0.500, 0.460, 0.470 and 0.500; those of all rows were 0.455, 0.500, 0.480, 0.515 and 0.505.
    - The same model has another validation metric with another number of processes.
    - The metric is as jumpy as a small validation set makes it: with 8 processes, noise grows by the root of 8.

    ## How to find it
    Print the number of rows behind the metric: it must be the size of the validation set, not a part of it. Or print
    the metric on every rank: after a reduction all ranks say the same. And evaluate the saved model once, alone, on all
    rows.

    ## Fix
    Reduce sums and counts, not means: put the number of hits and the number of rows into one tensor,
    `dist.all_reduce` it on all processes, and divide afterwards. For metrics that are no sums (F1, AUC, the median)
    gather predictions and targets, and drop the rows with which a sampler filled up the last batch.

    ## Correct code that looks like it
    - Every process evaluates all validation rows: their results are the same, and nothing has to be reduced.
    - Rank 0 evaluates all rows alone while the others wait.
    - Each process prints the metric of its part with its rank beside it.
    - A training loss that is printed from rank 0 as a sign of life.

    ## References
    - [all_reduce](https://docs.pytorch.org/docs/stable/distributed.html#torch.distributed.all_reduce): all processes
      must call it, and all have the result
    - [DistributedSampler](https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.distributed.DistributedSampler):
      repeats rows so that all processes have as many
    """

    slug = "metric-not-reduced"
    title = "The metric of one process's rows"
    summary = "Each process evaluates a part of the rows, and the result of one part is reported as that of all."
    category = "evaluation"
    difficulty = "medium"
    telling = (
        r"all.?reduce|all.?gather|(all|every|each|other) (processes|ranks|process|rank)|every(body|one)'?s|"
        r"(over|across|of) (the )?(processes|ranks|parts|workers)|its own (part|share|rows)"
    )

    interview = (
        Question(
            "Why reduce the hits and the rows, and not the accuracies?",
            "A mean of means is the mean over all rows only when all parts have as many rows. Sums are exact whatever "
            "the parts are: add up hits and rows over the processes, then divide once.",
        ),
        Question(
            "What must be true of the code path to a collective call?",
            "Every process of the group takes it, as often and in the same order. An all_reduce inside `if rank == 0` "
            "waits for ever: only the printing belongs there. The same holds for loops of different length and for an "
            "early stop that one process decides alone.",
        ),
        Question(
            "DistributedSampler repeats rows. What does that do to an evaluation?",
            "With 101 rows and 4 processes it hands out 104, three of them twice. The metric is slightly wrong, and "
            "differently for another number of processes. For an exact one, give each process `rows[rank::world]`, "
            "or gather predictions with their row numbers and count each row once.",
        ),
    )
    nudges = (
        "How many rows stand behind the number that is printed?",
        "Would another number of processes print the same metric for the same weights?",
        "Where do the processes tell each other what they found?",
    )

    examples = (
        Example(
            "a loss and its rows",
            "all_reduce#2",
            """
            total, rows = torch.zeros(()), torch.zeros(())
            for x, y in val_loader:
                total += F.mse_loss(model(x), y, reduction="sum")
                rows += len(x)
            dist.all_reduce(rows)
            dist.all_reduce(total)
            if rank == 0:
                print(total / rows)
            """,
            """
            total, rows = torch.zeros(()), torch.zeros(())
            for x, y in val_loader:
                total += F.mse_loss(model(x), y, reduction="sum")
                rows += len(x)
            dist.all_reduce(rows)
            if rank == 0:
                print(total / rows)
            """,
        ),
        Example(
            "hits and rows in one tensor",
            "evaluate.all_reduce",
            """
            def evaluate(model, loader):
                counts = torch.zeros(2)
                for x, y in loader:
                    counts += torch.tensor([(model(x).argmax(1) == y).sum(), len(y)])
                dist.all_reduce(counts)
                return (counts[0] / counts[1]).item()
            """,
            """
            def evaluate(model, loader):
                counts = torch.zeros(2)
                for x, y in loader:
                    counts += torch.tensor([(model(x).argmax(1) == y).sum(), len(y)])
                return (counts[0] / counts[1]).item()
            """,
        ),
        Example(
            "objects are gathered",
            "Trainer.validate.all_gather_object",
            """
            class Trainer:
                def validate(self):
                    mine = self.count_hits()
                    parts = [None] * self.world
                    dist.all_gather_object(parts, mine)
                    return sum(hits for hits, _ in parts) / sum(rows for _, rows in parts)
            """,
            """
            class Trainer:
                def validate(self):
                    mine = self.count_hits()
                    parts = [None] * self.world
                    parts = [mine]
                    return sum(hits for hits, _ in parts) / sum(rows for _, rows in parts)
            """,
        ),
    )
    untouched = (
        "for p in model.parameters():\n    dist.all_reduce(p.grad)\n    p.grad /= world\n",
        "flat = torch.cat([p.grad.flatten() for p in net.parameters()])\ndist.all_reduce(flat)\n",
        "print(evaluate(model, loader))\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Leave out the call that adds up, or make a list of one's own part of what was gathered."""
        for block in script.blocks:
            for index, statement in enumerate(block.statements):
                call = collective(statement)
                if call is None or exchanges_gradients(script, call, block.scope):
                    continue
                if called(call) in REDUCING:
                    edits: Edits = removal(block.statements, index, telling=self.telling)
                    yield Break(block.scope, called(call), statement, edits)
                elif called(call) in GATHERING and (own := _own_part(script, call, statement)) is not None:
                    yield Break(block.scope, called(call), statement, own)


def _own_part(script: Script, call: cst.Call, statement: cst.BaseStatement) -> Edits | None:
    everybody, own = argument(call, 0, "object_list"), argument(call, 1, "obj")
    if everybody is None or own is None or not dotted(everybody.value):
        return None
    made = cst.parse_statement(f"{dotted(everybody.value)} = [{script.code(own.value)}]")
    leading = statement.leading_lines if isinstance(statement, cst.SimpleStatementLine) else ()
    assert isinstance(made, cst.SimpleStatementLine)
    return {statement: lambda _: made.with_changes(leading_lines=leading)}
