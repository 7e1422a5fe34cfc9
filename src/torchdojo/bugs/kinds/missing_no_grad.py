"""Evaluation records gradients that nobody uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

import libcst as cst

from torchdojo.bugs.edits import Edit, Edits, by, heading, removal
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script, inner_scope
from torchdojo.bugs.syntax import bare_call, called

_GUARDS = {"no_grad", "inference_mode"}


class MissingNoGrad(BugKind):
    """
    ## What it does
    Evaluation runs with gradient recording switched on. Every forward pass builds a graph and keeps the activations
    a backward pass would need, although no backward pass will come.

    ## Why it is bad
    It costs memory and time: an evaluation batch needs as much memory as a training batch, so the first validation
    can run out of memory where training just fitted. If outputs are collected over the whole pass, each of them
    keeps its batch's graph with all its activations alive until the list is dropped.

    ## Symptoms
    - No change in any printed number: the values of the forward pass are the same.
    - Memory rises during validation, and falls when the outputs go out of scope.
    - `outputs.requires_grad` is true inside the evaluation loop.

    ## How to find it
    Assert `not outputs.requires_grad` in the evaluation loop, or print `outputs.grad_fn`.

    ## Fix
    Put the forward passes of the evaluation under `torch.no_grad()` or `torch.inference_mode()`, as a `with` block or
    as a decorator. Wrapping only the arithmetic of the metric is too late: the graph exists by then.

    ## Correct code that looks like it
    - Evaluation that needs gradients: adversarial examples, saliency maps, residuals of differential equations.
    - Parameters that are frozen by `requires_grad_(False)`, whose outputs carry no graph anyway.
    - A guard in the caller, so that the evaluation function itself shows none.

    ## References
    - [no_grad](https://docs.pytorch.org/docs/stable/generated/torch.no_grad.html)
    - [Grad modes](https://docs.pytorch.org/docs/stable/notes/autograd.html#locally-disabling-gradient-computation)
    """

    slug = "missing-no-grad"
    title = "Evaluation builds graphs"
    summary = "Autograd records every validation batch: memory and time for nothing."
    category = "performance"
    difficulty = "easy-medium"
    telling = r"no_grad|inference_mode|(without|no|disable\w*|need\w*)\W+(\w+\W+){0,2}(grad|graph|autograd)"

    interview = (
        Question(
            "Do the results change when the guard is missing?",
            "No. The forward values are the same mathematics; only the record for a backward pass is added. Fused "
            "kernels that are chosen when gradients are off, as in a transformer encoder, can differ in the last "
            "bits.",
        ),
        Question(
            "What is the difference between `no_grad` and `inference_mode`?",
            "`inference_mode` also skips version counters and view tracking. Its results are inference tensors: they "
            "may be used in further computation, but autograd refuses to save them for a later backward pass. The "
            "gain in speed over `no_grad` is small and depends on the work.",
        ),
        Question(
            "Why does a missing guard not leak memory for ever?",
            "The graph lives only as long as something refers to an output. Once `outputs` is overwritten by the next "
            "batch, the old graph is freed. It becomes a leak when outputs or losses are collected as tensors.",
        ),
    )
    nudges = (
        "What does autograd do during validation?",
        "Print `outputs.requires_grad` in both loops and compare.",
        "Does anything call `backward()` on what the validation computes?",
    )

    examples = (
        Example(
            "a with block",
            "validate",
            """
            def validate(model, loader):
                model.eval()
                correct = 0
                # No gradients are needed here.
                with torch.no_grad():
                    for x, y in loader:
                        correct += (
                            model(x).argmax(1) == y
                        ).sum().item()
                    # all rows seen
                return correct
            """,
            """
            def validate(model, loader):
                model.eval()
                correct = 0
                for x, y in loader:
                    correct += (
                        model(x).argmax(1) == y
                    ).sum().item()
                # all rows seen
                return correct
            """,
        ),
        Example(
            "a decorator",
            "Trainer.evaluate",
            """
            class Trainer:
                @torch.inference_mode()
                def evaluate(self, x):
                    return self.model(x)
            """,
            """
            class Trainer:
                def evaluate(self, x):
                    return self.model(x)
            """,
        ),
        Example(
            "one of two context managers",
            "score",
            """
            def score(model, x):
                with torch.no_grad(), torch.autocast("cpu"):
                    return model(x)
            """,
            """
            def score(model, x):
                with torch.autocast("cpu"):
                    return model(x)
            """,
        ),
        Example(
            "a switch",
            "score",
            """
            def score(model, x):
                torch.set_grad_enabled(False)
                y = model(x)
                torch.set_grad_enabled(True)
                return y
            """,
            """
            def score(model, x):
                y = model(x)
                torch.set_grad_enabled(True)
                return y
            """,
        ),
    )
    untouched = ("def read(path):\n    with open(path) as file:\n        return file.read()\n",)

    def breaks(self, script: Script) -> Iterator[Break]:
        """Take out the guard: dedent its block, or drop its decorator or statement."""
        for spot in script.of(cst.FunctionDef):
            node = cast(cst.FunctionDef, spot.node)
            for decorator in node.decorators:
                if _is_guard(decorator.decorator):
                    where = inner_scope(node, spot.scope)
                    place: tuple[str, str, cst.CSTNode] = (where, "decorator", decorator)
                    yield Break(*place, {decorator: lambda _: ()})
        for block in script.blocks:
            for index, statement in enumerate(block.statements):
                if isinstance(statement, cst.With):
                    for item in filter(lambda item: _is_guard(item.item), statement.items):
                        place = (block.scope, called(item.item), statement)
                        yield Break(*place, self._without(block.statements, index, item))
                elif (call := bare_call(statement)) is not None and called(call) not in _GUARDS and _is_guard(call):
                    place = (block.scope, called(call), statement)
                    yield Break(*place, removal(block.statements, index, telling=self.telling))

    def _without(self, statements: Sequence[cst.BaseStatement], index: int, item: cst.WithItem) -> Edits:
        node = cast(cst.With, statements[index])
        kept = [other for other in node.items if other is not item]
        if kept:
            kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
            return {node: by(node.with_changes(items=kept))}
        above = heading(node, self.telling)
        body = node.body
        if isinstance(body, cst.SimpleStatementSuite):
            return {node: by(cst.SimpleStatementLine(body.body, leading_lines=above))}
        assert isinstance(body, cst.IndentedBlock)
        first, *rest = body.body
        unwrapped = (first.with_changes(leading_lines=[*above, *heading(first)]), *rest)
        edits: dict[cst.CSTNode, Edit] = {node: lambda _: unwrapped}
        if body.footer and index + 1 < len(statements):
            closing = [*body.footer, *heading(statements[index + 1])]
            edits[statements[index + 1]] = lambda after: after.with_changes(leading_lines=closing)
        return edits


def _is_guard(node: cst.BaseExpression) -> bool:
    name = called(node) or (node.attr.value if isinstance(node, cst.Attribute) else "")
    if name == "set_grad_enabled" and isinstance(node, cst.Call) and node.args:
        value = node.args[0].value
        return isinstance(value, cst.Name) and value.value == "False"
    return name in _GUARDS
