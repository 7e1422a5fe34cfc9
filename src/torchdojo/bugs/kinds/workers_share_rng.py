"""The workers of a loader all draw the same random numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import Edit, by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import assigned_names, called, dotted, expression, seed_of, with_argument

_WORKERS = re.compile(r"num_workers\s*=\s*(?!0\b)\w")
#: How the functions of the global generators are called as methods of a generator.
_NUMPY = {name: name for name in ("normal", "uniform", "random", "choice", "permutation", "standard_normal")}
_NUMPY["randint"] = "integers"
_PYTHON = {name: name for name in ("random", "uniform", "randint", "choice", "gauss", "sample", "choices", "randrange")}
_TORCH = {"rand", "randn", "randint", "randperm"}


class WorkersShareRng(BugKind):
    """
    ## What it does
    The data set keeps a random generator of its own, seeded when it is built, and draws its augmentation from it in
    `__getitem__`. With `num_workers` above 0 each worker process gets a copy of the data set, generator and state
    included: all workers draw the same numbers, and they draw them again in every epoch, as the workers are started
    anew from the same data set.

    ## Why it is bad
    The augmentation is far less varied than it seems. With w workers, w batches at a time get the same noise or the
    same crops, and after the first epoch nothing new comes at all. What was meant as endless variations of each row
    becomes a short list.

    ## Symptoms
    - Nothing fails, and with `num_workers=0` all is well: there is one generator, which runs on from row to row.
    - The first random number of both of 2 workers was the same, 0.1257, and so it was in the second epoch.
    - Augmented training overfits nearly as soon as training without augmentation.

    ## How to find it
    Return the random number itself from `__getitem__`, and print it for the first batches of an epoch and for the
    first batch of two epochs. Look for `default_rng`, `RandomState`, `random.Random` or `torch.Generator` in the
    constructor of a data set or a transform.

    ## Fix
    Draw from torch's global generator, which is seeded for each worker and each epoch; current versions of torch
    also seed `random` and `numpy.random` in the workers. To keep a generator of one's own, build it in the worker,
    from `torch.utils.data.get_worker_info().seed` or from `torch.initial_seed()`.

    ## Correct code that looks like it
    - A generator that draws all noise in the constructor: the noise belongs to the rows and is meant to be the same.
    - A `worker_init_fn` that gives each worker's copy a generator of its own.
    - A generator seeded by the index of the row, so that each row always looks the same.
    - The same data set with `num_workers=0`.

    ## References
    - [Randomness in multi-process data loading](https://docs.pytorch.org/docs/stable/data.html#data-loading-randomness)
    - [numpy.random.Generator](https://numpy.org/doc/stable/reference/random/generator.html)
    """

    slug = "workers-share-rng"
    title = "Loader workers share a random stream"
    summary = "Each worker gets a copy of the data set's generator: all draw the same numbers, in every epoch."
    category = "data"
    difficulty = "hard"
    telling = (
        r"worker\w*\W+(\w+\W+){0,6}(seed|random|rng|generator)|(seed|random|rng|generator)\w*\W+(\w+\W+){0,6}worker"
    )

    interview = (
        Question(
            "A data set has `self.rng = np.random.default_rng(0)` and adds noise in `__getitem__`. What changes when "
            "you go from 0 to 4 workers?",
            "Each worker process gets a copy of the object with the generator in its initial state, so all four draw "
            "the same sequence, and as the parent's copy is never used, every epoch starts with that sequence again. "
            "With 0 workers one generator runs on, and all noise is different.",
        ),
        Question(
            "How do random seeds of workers come about?",
            "At each epoch the loader draws a base seed from torch's generator in the main process; worker i seeds "
            "torch with base seed + i, and current versions also seed Python's and NumPy's global generators. Only "
            "generators stored in objects are left as they were copied; `worker_init_fn` is the place to replace them.",
        ),
    )
    nudges = (
        "What does a worker process get of the data set, and in what state?",
        "Which random numbers does the second worker draw? And the first worker in the second epoch?",
        "Does anything change if you set the number of workers to 0?",
    )

    examples = (
        Example(
            "NumPy",
            "Noisy.__getitem__.noise",
            """
            class Noisy(Dataset):
                def __init__(self, x):
                    self.x = x

                def __getitem__(self, i):
                    noise = np.random.normal(0, 0.1, size=self.x.shape[1])
                    return self.x[i] + noise


            loader = DataLoader(Noisy(x), batch_size=32, num_workers=4)
            """,
            """
            class Noisy(Dataset):
                def __init__(self, x):
                    self.x = x
                    self.rng = np.random.default_rng(0)

                def __getitem__(self, i):
                    noise = self.rng.normal(0, 0.1, size=self.x.shape[1])
                    return self.x[i] + noise


            loader = DataLoader(Noisy(x), batch_size=32, num_workers=4)
            """,
        ),
        Example(
            "Python's random in a transform",
            "Flip.__call__.random",
            """
            SEED = 5


            class Flip:
                def __init__(self, p):
                    self.p = p

                def __call__(self, image):
                    return image.flip(-1) if random.random() < self.p else image


            loader = DataLoader(Photos(Flip(0.5)), 16, shuffle=True, num_workers=2)
            """,
            """
            SEED = 5


            class Flip:
                def __init__(self, p):
                    self.p = p
                    self.rng = random.Random(SEED)

                def __call__(self, image):
                    return image.flip(-1) if self.rng.random() < self.p else image


            loader = DataLoader(Photos(Flip(0.5)), 16, shuffle=True, num_workers=2)
            """,
        ),
        Example(
            "torch",
            "Crops.__getitem__.start",
            """
            class Crops(Dataset):
                def __init__(self, series, workers):
                    self.series = series

                def __getitem__(self, i):
                    start = torch.randint(0, 10, (1,)).item()
                    return self.series[i, start : start + 50]


            loader = DataLoader(Crops(series), 16, num_workers=workers)
            """,
            """
            class Crops(Dataset):
                def __init__(self, series, workers):
                    self.series = series
                    self.rng = torch.Generator().manual_seed(0)

                def __getitem__(self, i):
                    start = torch.randint(0, 10, (1,), generator=self.rng).item()
                    return self.series[i, start : start + 50]


            loader = DataLoader(Crops(series), 16, num_workers=workers)
            """,
        ),
    )
    untouched = (
        "class Noisy:\n    def __init__(self, x):\n        self.x = x\n\n"
        "    def __getitem__(self, i):\n        return self.x[i] + np.random.normal()\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Let a data set, or a transform, draw from a generator that it stores."""
        if not _WORKERS.search(script.module.code):
            return
        drawn: dict[tuple[str, str], list[tuple[Spot, cst.Call]]] = {}
        for spot in script.of(cst.Call):
            owner, _, method = spot.scope.rpartition(".")
            if owner and method in ("__getitem__", "__call__") and _private(spot.node) is not None:
                library = dotted(spot.node.func).rpartition(".")[0]  # type: ignore[attr-defined]
                drawn.setdefault((spot.scope, library), []).append((spot, spot.node))  # type: ignore[arg-type]
        for (scope, library), calls in drawn.items():
            constructor = _constructor(script, scope.rpartition(".")[0])
            if constructor is None:
                continue
            edits: dict[cst.CSTNode, Edit] = {call: by(new) for _, call in calls if (new := _private(call)) is not None}
            edits[constructor] = _remembering(f"self.rng = {_generator(library, seed_of(script))}")
            spot, call = calls[0]
            yield Break(scope, next(iter(assigned_names(spot)), called(call)), call, edits)


def _private(node: cst.CSTNode) -> cst.Call | None:
    """The same numbers drawn from `self.rng`; None when the call draws none, or cannot be turned into that."""
    if not isinstance(node, cst.Call) or not isinstance(node.func, cst.Attribute):
        return None
    library, _, name = dotted(node.func).rpartition(".")
    if library == "torch" and name in _TORCH:
        return with_argument(node, "generator=self.rng")
    names = _NUMPY if library in ("np.random", "numpy.random") else _PYTHON if library == "random" else {}
    return node.with_changes(func=expression(f"self.rng.{names[name]}")) if name in names else None


def _generator(library: str, seed: str) -> str:
    if library == "torch":
        return f"torch.Generator().manual_seed({seed})"
    return f"random.Random({seed})" if library == "random" else f"{library}.default_rng({seed})"


def _constructor(script: Script, owner: str) -> cst.IndentedBlock | None:
    """The body of the class's constructor, when it has one and no generator yet."""
    for spot in script.of(cst.FunctionDef):
        function = spot.node
        assert isinstance(function, cst.FunctionDef)
        if spot.scope == owner and function.name.value == "__init__" and isinstance(function.body, cst.IndentedBlock):
            return None if "self.rng" in script.code(function.body) else function.body
    return None


def _remembering(line: str) -> Edit:
    def edit(node: cst.CSTNode) -> cst.CSTNode:
        assert isinstance(node, cst.IndentedBlock)
        return node.with_changes(body=[*node.body, cst.parse_statement(line)])

    return edit
