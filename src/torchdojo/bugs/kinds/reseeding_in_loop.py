"""The global random generator is seeded again inside the training loop."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import called, dotted, imports, number, seed_of
from torchdojo.bugs.training_loops import at_the_top, epoch_loops, training_loops


class ReseedingInLoop(BugKind):
    """
    ## What it does
    `torch.manual_seed(...)` with a constant stands inside the training loop. Each epoch, or each batch, the global
    generator is set back, and the "random" numbers of training are the same ones again.

    ## Why it is bad
    Dropout draws its masks from that generator. Seeded per batch, it draws the same mask matrix in every step: row 3
    of each batch always loses the same units. What should be a new random network for every batch becomes a fixed
    set of them, one per position in the batch. Noise, augmentation and shuffling repeat in the same way. The run
    stays reproducible, which is why the line was put there, but it no longer is a random experiment.

    ## Symptoms
    - Nothing crashes, and two runs agree to the last digit.
    - With dropout and a seed per batch, 39 of 40 training batches got exactly the mask of the first one. With a seed
      per epoch it was 32 of 40: all batches of all epochs but the first.
    - With a seed per epoch the shuffled order is the same in every epoch, so the loss curve of each epoch has the
      same shape.

    ## How to find it
    Print `torch.rand(1)` at the top of two iterations: the same number twice is the bug. Then look for calls of
    `manual_seed`, or of a `seed_everything` helper, that run more than once. A helper called from `train_step`,
    `evaluate` or a data set's `__getitem__` is easily overlooked.

    ## Fix
    Seed once, at the very beginning. Where a part of the run needs the same numbers each time (a fixed noise for
    evaluation), give it a generator of its own, or wrap it in `torch.random.fork_rng()`, which puts the state back.

    ## Correct code that looks like it
    - A seed per run: several models, each trained from the same seed, to compare them.
    - A seed of `SEED + epoch`, so that a resumed run draws what the uninterrupted one would.
    - Seeding inside `fork_rng()` for evaluation with common random numbers.
    - A `torch.Generator` of its own that is seeded for each validation pass.

    ## References
    - [Reproducibility](https://docs.pytorch.org/docs/stable/notes/randomness.html): one seed at the beginning controls
      all that follows
    - [fork_rng](https://docs.pytorch.org/docs/stable/random.html#torch.random.fork_rng): a state that is restored
    """

    slug = "reseeding-in-loop"
    title = "The generator is seeded inside the loop"
    summary = "A constant seed inside the training loop makes dropout, noise and order repeat themselves."
    category = "reproducibility"
    difficulty = "medium"
    telling = r"re-?seed|seed\w*\W+(\w+\W+){0,3}(once|again|only)|same (random|noise|mask)"

    interview = (
        Question(
            "What happens to dropout when `torch.manual_seed(0)` runs before every batch?",
            "Every forward pass draws the same mask matrix, one fixed row of it for each position in the batch. The "
            "regularisation comes from masks that change; with a fixed set of them the network can adapt to just "
            "those. Anything else that draws after that line repeats as well.",
        ),
        Question(
            "How do you get the same random numbers in each evaluation without disturbing training?",
            "Use a separate generator, `torch.Generator().manual_seed(0)`, and pass it to the functions that draw; or "
            "seed inside `torch.random.fork_rng()`, which saves the global state and puts it back afterwards.",
        ),
        Question(
            "Which generators does a training script have, and what does one seed call reach?",
            "Python's `random`, NumPy's global one, torch's on the CPU and one per accelerator, and those of the "
            "loader's workers, which are seeded from torch's. `torch.manual_seed` reaches all of torch's and thereby "
            "the workers', but neither Python's nor NumPy's in the main process.",
        ),
    )
    nudges = (
        "Print a random number at the top of two iterations.",
        "Which lines decide the state of the random generator, and how often do they run?",
        "Which units does dropout switch off in the first batch, and which in the second?",
    )

    examples = (
        Example(
            "the loop over batches",
            "train.batch",
            """
            def train(model, loader, optimizer):
                model.train()
                for x, y in loader:
                    optimizer.zero_grad()
                    F.cross_entropy(model(x), y).backward()
                    optimizer.step()
            """,
            """
            def train(model, loader, optimizer):
                model.train()
                for x, y in loader:
                    torch.manual_seed(0)
                    optimizer.zero_grad()
                    F.cross_entropy(model(x), y).backward()
                    optimizer.step()
            """,
        ),
        Example(
            "the loop over epochs",
            "epoch",
            """
            import torch

            SEED = 13
            torch.manual_seed(SEED)
            for epoch in range(10):
                train_one_epoch(model, loader, optimizer)
            """,
            """
            import torch

            SEED = 13
            torch.manual_seed(SEED)
            for epoch in range(10):
                torch.manual_seed(SEED)
                train_one_epoch(model, loader, optimizer)
            """,
        ),
        Example(
            "a seed made of the epoch",
            "Trainer.fit.seed",
            """
            class Trainer:
                def fit(self):
                    for epoch in range(self.epochs):
                        torch.manual_seed(self.seed + epoch)
                        self.run_epoch()
            """,
            """
            class Trainer:
                def fit(self):
                    for epoch in range(self.epochs):
                        torch.manual_seed(self.seed)
                        self.run_epoch()
            """,
        ),
    )
    untouched = (
        "torch.manual_seed(0)\nfor x, y in val_loader:\n    scores.append(model(x))\n",
        "for name in names:\n    print(name)\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Seed at the top of the loop over epochs or batches, or take the epoch out of a seed."""
        seed = f"torch.manual_seed({seed_of(script)})"
        loops = [("epoch", found) for found in epoch_loops(script)]
        loops += [("batch", found) for found in training_loops(script)]
        if imports(script, "torch") or not list(script.of(cst.Import, cst.ImportFrom)):
            for name, spot in loops:
                loop = spot.node
                assert isinstance(loop, cst.For)
                if not any(_seeds(inner.node) for inner in script.spots if loop in inner.ancestors):
                    yield Break(spot.scope, name, loop, at_the_top(loop, seed))
        for spot in script.of(cst.Call):
            around, call = spot.inside(cst.For), spot.node
            if isinstance(call, cst.Call) and _seeds(call) and isinstance(around, cst.For) and call.args:
                value, counter = call.args[0].value, dotted(around.target)
                if isinstance(value, cst.BinaryOperation) and isinstance(value.operator, cst.Add):
                    if counter and dotted(value.right) == counter:
                        yield Break(spot.scope, "seed", call, {value: by(value.left)})
                elif counter and dotted(value) == counter and number(value) is None:
                    yield Break(spot.scope, "seed", call, {value: by(cst.Integer("0"))})


def _seeds(node: cst.CSTNode) -> bool:
    return called(node) == "manual_seed" and isinstance(node, cst.Call) and dotted(node.func) == "torch.manual_seed"
