"""The training rows are shuffled into the same order in every epoch."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import Edit, by, removal
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import (
    assigned_names,
    bare_call,
    called,
    dotted,
    expression,
    import_beside,
    imports,
    keyword,
    receiver,
    seed_of,
)

_SEEDING = {"manual_seed", "default_rng", "RandomState", "Random"}
#: Seeding the global generators repeats more than the order: that is another kind of bug.
_GLOBAL = {"torch.manual_seed", "torch.random.manual_seed", "torch.cuda.manual_seed"}


class SameOrderEveryEpoch(BugKind):
    """
    ## What it does
    The rows are shuffled, but the generator that shuffles them starts from the same seed each epoch. Every epoch gets
    the same "random" order: the same batches, in the same sequence, with the same rows side by side.

    ## Why it is bad
    Shuffling anew makes the gradient noise of different epochs independent, so that it averages out. A fixed order
    repeats the same noise: the rows of batch 7 are always seen together, and always after those of batch 6. In a
    distributed run the sampler also decides which process sees which rows, so no row ever changes its process.

    ## Symptoms
    - Nothing crashes, and the data do look shuffled: the first batch holds rows from everywhere.
    - The loss inside an epoch has the same bumps at the same batch numbers, epoch after epoch. With 256 rows in
      batches of 32, all 8 batches of all epochs were the same 8 sets of rows.
    - The final metric moves little: on rows without structure it is within the noise between two seeds.

    ## How to find it
    Print the indices (or labels) of the first batch in two successive epochs: they must differ. Look for a seed
    inside the epoch loop, a generator that is built there, and a `DistributedSampler` whose `set_epoch` nobody calls.

    ## Fix
    Build and seed the generator once, before the first epoch, and let it run on. Or derive the seed from the epoch
    number. For a `DistributedSampler` call `sampler.set_epoch(epoch)` at the beginning of each epoch.

    ## Correct code that looks like it
    - Several models, or several learning rates, that are given the same order on purpose, to compare them in pairs.
    - Rows that were shuffled once when they were stored and are read in that order: a choice, not an accident.
    - A seed of `SEED + epoch` inside the loop: reproducible, and different each time.
    - A validation loader, which needs no new order at all.

    ## References
    - [DistributedSampler](https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.distributed.DistributedSampler):
      without `set_epoch` at the beginning of each epoch the same ordering is always used
    """

    slug = "same-order-every-epoch"
    title = "The same shuffled order every epoch"
    summary = "The generator that shuffles starts from the same seed each epoch, so the order never changes."
    category = "data"
    difficulty = "medium-hard"
    telling = (
        r"set_epoch|same order|(new|another|different|fresh|own) (order|shuffl\w*|permutation)|re-?shuffl|"
        r"shuffl\w* (anew|again|differently)|(order|shuffl\w*|seed)\W+(\w+\W+){0,4}(each|every|per) epoch"
    )

    interview = (
        Question(
            "What does DistributedSampler.set_epoch do, and what happens without it?",
            "The sampler shuffles with a generator seeded by `seed + epoch`, so that all processes draw the same "
            "permutation and take disjoint parts of it. `set_epoch` tells it the epoch number. Without it the number "
            "stays 0: the same permutation, the same batches and the same rows per process in every epoch.",
        ),
        Question(
            "How do you make shuffling reproducible without repeating the order?",
            "Seed one generator once before training and hand it to the loader: it goes on from epoch to epoch. Or "
            "seed with a number made of the run's seed and the epoch, which also lets a resumed run find its place.",
        ),
        Question(
            "Is a fixed order as bad as no shuffling?",
            "No. Each batch is still a random sample, so its gradient is a fair estimate. What is lost is the "
            "independence between epochs: the same batches come back, and the noise no longer averages out.",
        ),
    )
    nudges = (
        "Compare the rows of the first batch in two epochs.",
        "Where do the random numbers come from that decide about the order, and what state do they start in?",
        "What would have to change between two epochs for the order to change?",
    )

    examples = (
        Example(
            "a distributed sampler",
            "train.sampler",
            """
            def train(model, loader, sampler, epochs):
                for epoch in range(epochs):
                    sampler.set_epoch(epoch)
                    run(model, loader)
            """,
            """
            def train(model, loader, sampler, epochs):
                for epoch in range(epochs):
                    run(model, loader)
            """,
        ),
        Example(
            "a seed made of the epoch",
            "fit.rng",
            """
            def fit(x, epochs):
                for epoch in range(epochs):
                    rng = np.random.default_rng(SEED + epoch)
                    step(x[rng.permutation(len(x))])
            """,
            """
            def fit(x, epochs):
                for epoch in range(epochs):
                    rng = np.random.default_rng(SEED)
                    step(x[rng.permutation(len(x))])
            """,
        ),
        Example(
            "a permutation drawn by hand",
            "order",
            """
            for epoch in range(10):
                order = torch.randperm(len(x))
                for rows in order.split(32):
                    step(x[rows], y[rows])
            """,
            """
            for epoch in range(10):
                order = torch.randperm(len(x), generator=torch.Generator().manual_seed(0))
                for rows in order.split(32):
                    step(x[rows], y[rows])
            """,
        ),
        Example(
            "a loader that shuffles",
            "main.train_loader",
            """
            from torch.utils.data import DataLoader, TensorDataset


            def main():
                train_loader = DataLoader(train_set, 32, shuffle=True, drop_last=True)
            """,
            """
            from torch.utils.data import DataLoader, TensorDataset, DistributedSampler


            def main():
                train_loader = DataLoader(train_set, 32, sampler=DistributedSampler(train_set, 1, 0), drop_last=True)
            """,
        ),
    )
    untouched = (
        "order = torch.randperm(100)\ntrain, val = order[:80], order[80:]\n",
        "torch.manual_seed(0)\nloader = DataLoader(data, batch_size=8)\n",
        "for run in range(3):\n    torch.manual_seed(SEED + run)\n    train()\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Drop the epoch from a seed, seed where an order is drawn, or leave a sampler without its epoch."""
        for block in script.blocks:
            for index, statement in enumerate(block.statements):
                call = bare_call(statement)
                target = receiver(call, "set_epoch") if call is not None else None
                if target is not None:
                    yield Break(
                        block.scope, _last(target), statement, removal(block.statements, index, telling=self.telling)
                    )
        for spot in script.of(cst.Call):
            loader = spot.node
            assert isinstance(loader, cst.Call)
            for node, edit in _seeded_alike(script, spot, loader):
                name = next(iter(assigned_names(spot)), "") or _last(loader.func).split(".")[0]
                yield Break(spot.scope, name, loader, {node: edit})
            name = next(iter(assigned_names(spot)), called(loader))
            if (drawn := _drawn_alike(script, spot, loader)) is not None:
                yield Break(spot.scope, name, loader, {loader: by(drawn)})
            if (edits := _sampled_alike(script, loader)) is not None:
                yield Break(spot.scope, name, loader, edits)


def _last(node: cst.CSTNode) -> str:
    return dotted(node).rpartition(".")[2]


def _seeded_alike(script: Script, spot: Spot, call: cst.Call) -> Iterator[tuple[cst.CSTNode, Edit]]:
    """A seed that is a sum with the counter of the loop round it: the counter goes."""
    if called(call) not in _SEEDING or len(call.args) != 1 or dotted(call.func) in _GLOBAL:
        return
    loop = spot.inside(cst.For)
    if not isinstance(loop, cst.For) or not isinstance(loop.target, cst.Name):
        return
    counter, seed = loop.target.value, call.args[0].value
    if isinstance(seed, cst.BinaryOperation) and isinstance(seed.operator, cst.Add):
        if dotted(seed.right) == counter:
            yield seed, by(seed.left)
        elif dotted(seed.left) == counter:
            yield seed, by(seed.right)
    elif dotted(seed) == counter:
        yield seed, by(cst.Integer("0"))


def _drawn_alike(script: Script, spot: Spot, call: cst.Call) -> cst.Call | None:
    """A permutation that is drawn in a loop, from a generator that begins anew."""
    if not call.args or not (spot.inside(cst.For, cst.While) or _in_generator_function(spot)):
        return None
    seed = seed_of(script)
    rows = [arg for arg in call.args if arg.keyword is None or arg.keyword.value != "generator"]
    if dotted(call.func) == "torch.randperm":
        new = f"{script.code(rows[0].value)}, generator=torch.Generator().manual_seed({seed})"
        return call.with_changes(args=_arguments(f"f({new})"))
    if called(call) == "permutation" and len(rows) == 1 and imports(script, "np"):
        owner = receiver(call, "permutation")
        if owner is not None and not isinstance(owner, cst.Call):
            return call.with_changes(func=expression(f"np.random.default_rng({seed}).permutation"))
    return None


def _in_generator_function(spot: Spot) -> bool:
    function = next((node for node in reversed(spot.ancestors) if isinstance(node, cst.FunctionDef)), None)
    if function is None:
        return False
    found = _Yields()
    function.body.visit(found)
    return found.seen


class _Yields(cst.CSTVisitor):
    seen = False

    def visit_Yield(self, node: cst.Yield) -> None:
        self.seen = True


def _sampled_alike(script: Script, call: cst.Call) -> dict[cst.CSTNode, Edit] | None:
    """A loader that shuffles gets the sampler of a distributed run instead, whose epoch nobody sets."""
    shuffle = keyword(call, "shuffle")
    if called(call) != "DataLoader" or shuffle is None or dotted(shuffle.value) != "True" or not call.args:
        return None
    rows = call.args[0]
    if rows.keyword is not None or not dotted(rows.value):
        return None
    library = dotted(call.func).rpartition(".")[0]
    edits: dict[cst.CSTNode, Edit] = {}
    if not library:
        beside = import_beside(script, "DataLoader", "DistributedSampler")
        if beside is None:
            return None
        edits.update(beside)
    prefix = f"{library}." if library else ""
    sampler = f"{prefix}DistributedSampler({dotted(rows.value)}, 1, 0)"
    new = shuffle.with_changes(keyword=cst.Name("sampler"), value=expression(sampler))
    kept = [arg for arg in call.args if arg.keyword is None or arg.keyword.value != "generator"]
    if kept[-1] is not call.args[-1]:
        last = call.args[-1]
        kept[-1] = kept[-1].with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)
    edits[call] = by(call.with_changes(args=[new if arg is shuffle else arg for arg in kept]))
    return edits


def _arguments(code: str) -> list[cst.Arg]:
    call = expression(code)
    assert isinstance(call, cst.Call)
    return list(call.args)
