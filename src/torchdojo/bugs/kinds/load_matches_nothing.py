"""A lenient load whose names fit nothing."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import Edits, by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import called, dotted, expression, keyword, receiver


class LoadMatchesNothing(BugKind):
    """
    ## What it does
    `load_state_dict(state, strict=False)` loads the entries whose names fit and passes over the others in silence. When
    all names carry a prefix (`module.`, `model.`, `_orig_mod.`), or when the whole checkpoint is given in place of its
    part with the weights, nothing fits and nothing is loaded.

    ## Why it is bad
    The model is as random as before, and the next line prints "checkpoint loaded". An evaluation measures noise; a
    fine-tuning run starts from scratch and is compared with one that did not.

    ## Symptoms
    - A loss at its starting value right after loading: in a small regression 5.24 after the load, where the saved model
      had 0.01.
    - The call returns `missing_keys` with every name of the model, and nobody looks at what it returns.
    - Two loads into two new models give two different answers to the same input.

    ## How to find it
    Print what `load_state_dict` returns. Or ask one weight before and after with `torch.equal`. A test that needs no
    reading: the loaded model must repeat the figure that was printed when the checkpoint was written.

    ## Fix
    Load strictly, which raises and lists the names. Strip the prefix, or pick the right entry of the checkpoint. When
    only a part is to be loaded, be strict about that part: `model.backbone.load_state_dict(state)`, or assert that
    `unexpected_keys` is empty and `missing_keys` are the ones you expect.

    ## Correct code that looks like it
    - Transfer to another number of classes: all but the head fits, and `strict=False` passes over the head.
    - Loading a low-rank adapter: a few entries fit, and all base weights are "missing".
    - A warm start that copies what fits in name and shape, and prints how much that was.

    ## References
    - [Module.load_state_dict](https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html): strict, and the
      names it returns
    - [Saving and loading models](https://docs.pytorch.org/tutorials/beginner/saving_loading_models.html)
    """

    slug = "load-matches-nothing"
    title = "Load that matches nothing"
    summary = "strict=False hides that no name fits: the model keeps its random weights."
    category = "reproducibility"
    difficulty = "medium"
    telling = r"strict|prefix|(missing|unexpected)\W?keys?|names? (fit|match|differ)"

    interview = (
        Question(
            "What does `strict=False` forgive, and what not?",
            "It forgives names that are missing or unexpected, and returns both lists. It does not forgive shapes: an "
            "entry of the right name and the wrong shape still raises. So a prefix on every name is forgiven in full.",
        ),
        Question(
            "Where do prefixes in checkpoints come from?",
            "From saving a wrapper: `DataParallel` and `DistributedDataParallel` hold the model as `module`, "
            "`torch.compile` as `_orig_mod`, a trainer class as `model` or `net`. Save the inner model's state, or "
            "strip the prefix when loading.",
        ),
    )
    nudges = (
        "What does the call that loads return?",
        "Compare one weight before and after the load.",
        "Which keys does the dict have that is given to the model?",
    )

    examples = (
        Example(
            "the whole checkpoint",
            "restore",
            """
            def restore(model, path):
                checkpoint = torch.load(path, map_location="cpu")
                model.load_state_dict(checkpoint["model"])
                return checkpoint["epoch"]
            """,
            """
            def restore(model, path):
                checkpoint = torch.load(path, map_location="cpu")
                model.load_state_dict(checkpoint, strict=False)
                return checkpoint["epoch"]
            """,
        ),
        Example(
            "a prefix",
            "net",
            """
            state = torch.load("net.pt")
            net.load_state_dict(state)
            """,
            """
            state = torch.load("net.pt")
            net.load_state_dict({f"module.{name}": value for name, value in state.items()}, strict=False)
            """,
        ),
        Example(
            "read and loaded on one line",
            "Runner.load",
            """
            class Runner:
                def load(self, read):
                    self.net.load_state_dict(read(), strict=True)
            """,
            """
            class Runner:
                def load(self, read):
                    self.net.load_state_dict({f"module.{name}": value for name, value in read().items()}, strict=False)
            """,
        ),
    )
    untouched = ("optimizer.load_state_dict(checkpoint['optimizer'])\nscheduler.load_state_dict(state)\n",)

    def breaks(self, script: Script) -> Iterator[Break]:
        """Load leniently what does not fit."""
        for spot in script.of(cst.Call):
            call = spot.node
            assert isinstance(call, cst.Call)
            model = receiver(call, "load_state_dict")
            if model is not None and call.args and not is_helper(model):
                yield Break(spot.scope, dotted(model).rpartition(".")[2] or "load", call, _lenient(script, call))


def is_helper(node: cst.CSTNode) -> bool:
    """Whether the name is that of an optimizer, a schedule, a scaler or such, and not of a model."""
    name = dotted(node).rpartition(".")[2].lower()
    return any(part in name for part in ("opt", "sched", "scaler", "ema", "sampler", "loader"))


def _lenient(script: Script, call: cst.Call) -> Edits:
    given = call.args[0].value
    if isinstance(given, cst.Subscript):
        wrong = given.value
    else:
        wrong = expression(f'{{f"module.{{name}}": value for name, value in {script.code(given)}.items()}}')
    strict = keyword(call, "strict")
    if strict is not None:
        return {given: by(wrong), strict.value: by(cst.Name("False"))}
    told = cst.Arg(
        cst.Name("False"),
        keyword=cst.Name("strict"),
        equal=cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace("")),
    )
    first = call.args[0].with_changes(value=wrong, comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")))
    assert called(call) == "load_state_dict"
    return {call: by(call.with_changes(args=[first, *call.args[1:], told]))}
