"""The script never looks for an accelerator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import libcst as cst

from torchdojo.bugs.edits import Edit, by, heading, removal
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Block, Script
from torchdojo.bugs.syntax import assigned_names, dotted, only_statement


class HardcodedCpu(BugKind):
    """
    ## What it does
    The device is written down as the CPU. Everything is moved there, faithfully, and whatever accelerator the machine
    has stays idle.

    ## Why it is bad
    A large model trains many times slower than it could. Nothing else changes: same values, same curves, no error,
    and that is why it survives review. For a tiny model the accelerator may gain nothing, because launching the work
    costs more than doing it.

    ## Symptoms
    - The accelerator's utilisation is zero while the script runs.
    - The script needs the same time on a machine without one.

    ## How to find it
    Print `next(model.parameters()).device` on a machine that has an accelerator, or watch its load.

    ## Fix
    Ask what is there and fall back to the CPU: CUDA first, then Apple's MPS, then the CPU; or, in recent PyTorch,
    `torch.accelerator.current_accelerator()` when one is available. Then move the model and every batch, and a
    criterion that has buffers (class weights, for example).

    ## Correct code that looks like it
    - A device given by an argument, a setting or an environment variable, with a sensible default.
    - Data preparation, metrics or checkpoints kept on the CPU on purpose.
    - `map_location="cpu"` when a checkpoint is loaded.

    ## References
    - [torch.accelerator](https://docs.pytorch.org/docs/stable/accelerator.html)
    - [Device-agnostic code](https://docs.pytorch.org/docs/stable/notes/cuda.html#device-agnostic-code)
    """

    slug = "hardcoded-cpu"
    title = "Hard-coded CPU"
    summary = "An available accelerator is never used."
    category = "performance"
    difficulty = "easy"
    telling = r"\bgpus?\b|\bcuda\b|\bmps\b|accelerator|hard-?coded|(pick|choose|best|available)\W+(\w+\W+){0,2}device"

    interview = (
        Question(
            "How do you choose a device so that the script runs well anywhere?",
            "Check CUDA, then MPS, then fall back to the CPU; or take `torch.accelerator.current_accelerator()` if "
            "`torch.accelerator.is_available()`. An argument or environment variable to override it is useful.",
        ),
        Question(
            "Which objects have to be moved, and how does `.to` differ between them?",
            "The model, every batch of inputs and targets, and a loss module that owns tensors. `module.to(device)` "
            "moves its parameters in place; `tensor.to(device)` returns a new tensor that has to be assigned.",
        ),
        Question(
            "How would you test device handling on a machine without an accelerator?",
            "Run the script against PyTorch's `meta` device for shapes and placement, or against a simulated "
            "accelerator that refuses to mix devices. A plain CPU run never shows such a bug.",
        ),
    )
    nudges = (
        "Which device does this script use on a machine with a GPU?",
        "What decides where the tensors live?",
    )

    examples = (
        Example(
            "a conditional expression",
            "main",
            """
            def main():
                device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
                model = Net().to(device)
            """,
            """
            def main():
                device = torch.device("cpu")
                model = Net().to(device)
            """,
        ),
        Example(
            "a chain of branches",
            "main.device",
            """
            def main():
                torch.manual_seed(0)

                # Pick the best device there is.
                if torch.cuda.is_available():
                    device = torch.device("cuda")
                elif torch.backends.mps.is_available():
                    device = torch.device("mps")
                else:
                    device = torch.device("cpu")
                model = Net().to(device)
            """,
            """
            def main():
                torch.manual_seed(0)

                device = torch.device("cpu")
                model = Net().to(device)
            """,
        ),
        Example(
            "at top level, nested conditions",
            "DEVICE",
            """
            DEVICE = "cuda" if torch.cuda.is_available() else ("mps" if torch.backends.mps.is_available() else "cpu")
            """,
            """
            DEVICE = "cpu"
            """,
        ),
        Example(
            "a function that returns it",
            "pick_device",
            """
            def pick_device():
                if torch.cuda.is_available():
                    return torch.device("cuda")
                if torch.backends.mps.is_available():
                    return torch.device("mps")
                return torch.device("cpu")
            """,
            """
            def pick_device():
                return torch.device("cpu")
            """,
        ),
        Example(
            "a default that is overridden",
            "main",
            """
            def main():
                device = "cpu"
                if torch.accelerator.is_available():
                    device = torch.accelerator.current_accelerator()
                run(device)
            """,
            """
            def main():
                device = "cpu"
                run(device)
            """,
        ),
        Example(
            "a loop over the candidates",
            "pick_device",
            """
            def pick_device():
                for name in ("cuda", "mps"):
                    if getattr(torch, name).is_available():
                        return torch.device(name)
                return torch.device("cpu")
            """,
            """
            def pick_device():
                return torch.device("cpu")
            """,
        ),
    )
    untouched = ('def main():\n    device = torch.device("cpu")\n    if path.is_file():\n        load(path)\n',)

    def breaks(self, script: Script) -> Iterator[Break]:
        """Leave only the CPU of a choice between devices."""
        for spot in script.of(cst.IfExp):
            node = cast(cst.IfExp, spot.node)
            if _asks(node) and not isinstance(spot.inside(cst.IfExp), cst.IfExp):
                fallback: cst.BaseExpression = node.orelse
                while isinstance(fallback, cst.IfExp):
                    fallback = fallback.orelse
                name = next(iter(assigned_names(spot)), "device")
                place = (spot.scope, name, node)
                yield Break(*place, {node: by(fallback.with_changes(lpar=(), rpar=()))})
        for block in script.blocks:
            if not any(isinstance(outer, cst.For) and _branches_on_device(outer) for outer in block.around):
                yield from self._branches(block)

    def _branches(self, block: Block) -> Iterator[Break]:
        asking = [number for number, line in enumerate(block.statements) if _branches_on_device(line)]
        while asking:
            first = asking.pop(0)
            count = 1
            while asking and asking[0] == first + count:
                asking.pop(0)
                count += 1
            statement = block.statements[first]
            name = _device_name(statement)
            place = (block.scope, name, statement)
            fallback = _final_else(block.statements[first + count - 1])
            if fallback is None:
                yield Break(*place, removal(block.statements, first, count, telling=self.telling))
            elif count == 1:
                yield Break(*place, {statement: _just(fallback, heading(statement, self.telling))})


def _asks(node: cst.CSTNode) -> bool:
    """Whether the availability of a device is asked for anywhere in the expression."""
    if isinstance(node, cst.Attribute) and node.attr.value == "is_available":
        return True
    return any(_asks(child) for child in node.children)


def _branches_on_device(statement: cst.CSTNode) -> bool:
    if isinstance(statement, cst.If):
        return _asks(statement.test)
    only = statement.body.body if isinstance(statement, cst.For) else ()
    return len(only) == 1 and isinstance(only[0], cst.If) and _asks(only[0].test)


def _final_else(statement: cst.CSTNode) -> cst.IndentedBlock | None:
    orelse = statement.orelse if isinstance(statement, cst.If) else None
    while isinstance(orelse, cst.If):
        orelse = orelse.orelse
    return orelse.body if orelse is not None and isinstance(orelse.body, cst.IndentedBlock) else None


def _just(body: cst.IndentedBlock, above: list[cst.EmptyLine]) -> Edit:
    first, *rest = body.body
    return lambda _: (first.with_changes(leading_lines=[*above, *heading(first)]), *rest)


def _device_name(statement: cst.CSTNode) -> str:
    if isinstance(statement, cst.If) and isinstance(statement.body, cst.IndentedBlock):
        small = only_statement(statement.body.body[0])
        if isinstance(small, cst.Assign):
            return dotted(small.targets[0].target).rpartition(".")[2]
    return "device"
