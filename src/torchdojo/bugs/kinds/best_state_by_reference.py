"""The best weights are remembered by reference and train on."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import assigned_names, called, dotted, receiver


class BestStateByReference(BugKind):
    """
    ## What it does
    `best = model.state_dict()` copies nothing: its tensors share memory with the weights. Every later step changes the
    remembered "best" state as well, so that at the end it is the last one.

    ## Why it is bad
    Early stopping and model selection do nothing. The score that is reported belongs to weights that no longer exist;
    the file that is kept holds an overfitted model under the name of the best one.

    ## Symptoms
    - The score after restoring the best state differs from the one that was printed when it was remembered, and equals
      that of the last epoch. In a small run that overfitted, the lowest loss on held-out rows was 0.70; the "restored"
      model had 3.09, to the last digit that of the final epoch.
    - Everything looks right when the last epoch happens to be the best.

    ## How to find it
    Evaluate once more after restoring, and compare with the score that was remembered. Or compare addresses:
    `best["weight"].data_ptr() == model.weight.data_ptr()`.

    ## Fix
    `copy.deepcopy(model.state_dict())`, or `{k: v.detach().clone() for k, v in model.state_dict().items()}`, or write
    the state to a file at once. `dict(...)` and `.copy()` copy the dict and share the tensors.

    ## Correct code that looks like it
    - `torch.save(model.state_dict(), path)` in the moment the score is best: the file is a copy.
    - A state that is taken and loaded without a step in between, as into a second model.
    - `model.cpu().state_dict()` of a model that is thrown away afterwards.

    ## References
    - [Saving and loading models](https://docs.pytorch.org/tutorials/beginner/saving_loading_models.html): best
      practice says to deepcopy the state
    - [copy.deepcopy](https://docs.python.org/3/library/copy.html)
    """

    slug = "best-state-by-reference"
    title = "Best state kept by reference"
    summary = "The remembered weights share memory with the model, so the best state is always the last."
    category = "reproducibility"
    difficulty = "medium"
    telling = r"deep ?copy|clone|snapshot|by reference|(own|share[ds]?)\W+(\w+\W+){0,2}memory|(a|the) copy"

    interview = (
        Question(
            "Does `state_dict()` copy the weights?",
            "No. It returns a new dict of detached tensors that share storage with the parameters. Optimizers update "
            "parameters in place, so the dict always shows the current weights. That makes it cheap to save, and "
            "useless to remember.",
        ),
        Question(
            "Which of these is a copy: `dict(sd)`, `sd.copy()`, `{k: v.cpu() for ...}`, `copy.deepcopy(sd)`?",
            "Only the deepcopy for certain. The first two copy the mapping. `v.cpu()` copies when the model is on an "
            "accelerator and returns the same tensor when it is on the CPU already, so that the bug shows on one "
            "machine and not on the other.",
        ),
    )
    nudges = (
        "Evaluate again after the best state has been restored. Which score do you expect?",
        "What does an optimizer step do to the memory of a weight?",
        "How long do the remembered tensors stay what they were?",
    )

    examples = (
        Example(
            "a deep copy",
            "fit.best_state",
            """
            def fit(model):
                for epoch in range(9):
                    score = evaluate(model)
                    if score > best:
                        best, best_state = score, copy.deepcopy(model.state_dict())
                model.load_state_dict(best_state)
            """,
            """
            def fit(model):
                for epoch in range(9):
                    score = evaluate(model)
                    if score > best:
                        best, best_state = score, model.state_dict()
                model.load_state_dict(best_state)
            """,
        ),
        Example(
            "clones, one by one",
            "Stopper.check",
            """
            class Stopper:
                def check(self, loss, net):
                    if loss < self.lowest:
                        self.lowest = loss
                        self.kept = {k: v.detach().clone() for k, v in net.state_dict().items()}
            """,
            """
            class Stopper:
                def check(self, loss, net):
                    if loss < self.lowest:
                        self.lowest = loss
                        self.kept = {k: v for k, v in net.state_dict().items()}
            """,
        ),
        Example(
            "imported by name",
            "snapshot",
            """
            snapshot = deepcopy(classifier.state_dict())
            """,
            """
            snapshot = classifier.state_dict()
            """,
        ),
    )
    untouched = (
        "torch.save(model.state_dict(), path)\nother = copy.deepcopy(model)\n",
        "rows = {k: v.clone() for k, v in batch.items()}\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Take the copy away."""
        for spot in script.of(cst.Call, cst.DictComp):
            node = spot.node
            name = next(reversed(assigned_names(spot)), "") or "state"
            if isinstance(node, cst.Call) and called(node) == "deepcopy" and node.args:
                if called(node.args[0].value) == "state_dict":
                    yield Break(spot.scope, name, node, {node: by(node.args[0].value)})
            elif isinstance(node, cst.DictComp) and _walks_state(node.for_in.iter):
                shared = _without_clone(node.value)
                if shared is not None:
                    yield Break(spot.scope, name, node, {node.value: by(shared)})


def _walks_state(node: cst.BaseExpression) -> bool:
    """Whether the expression is `X.state_dict().items()`."""
    inner = receiver(node, "items")
    return inner is not None and called(inner) == "state_dict"


def _without_clone(node: cst.BaseExpression) -> cst.BaseExpression | None:
    """`v` of `v.clone()`, `v.detach().clone()` and the like; None when there is no clone in it."""
    found = False
    while isinstance(node, cst.Call) and (inner := receiver(node, "clone", "detach", "cpu")) is not None:
        found = found or called(node) == "clone"
        node = inner
    return node if found and dotted(node) else None
