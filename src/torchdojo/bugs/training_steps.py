"""Finding the verbs of a training step in a script: clear, forward, backward, clip, step, schedule."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast

import libcst as cst

from torchdojo.bugs.edits import Edits, heading, removal
from torchdojo.bugs.script import Block, Script, Spot
from torchdojo.bugs.syntax import bare_call, called, dotted, only_statement, receiver

#: Classes of torch.optim whose objects are optimizers.
OPTIMIZERS = frozenset(
    {"SGD", "ASGD", "Adam", "AdamW", "Adamax", "NAdam", "RAdam", "Adagrad", "Adadelta", "RMSprop", "Rprop", "Adafactor"}
)

#: Classes (and functions) that build learning-rate schedulers.
SCHEDULER_CLASS = re.compile(r"LR$|^ReduceLROnPlateau$|^CosineAnnealingWarmRestarts$|schedule")
_SCHEDULER_NAME = re.compile(r"sched|lr_|anneal|warm", re.IGNORECASE)
_SCALER_NAME = re.compile(r"scaler", re.IGNORECASE)
_OPTIMIZER_NAME = re.compile(r"opt", re.IGNORECASE)
_CLIPPING = ("clip_grad_norm_", "clip_grad_value_")


def last_name(node: cst.CSTNode) -> str:
    """ "optimizer" for `self.optimizer`."""
    return dotted(node).rpartition(".")[2]


def names_given(script: Script, classes: re.Pattern[str] | frozenset[str]) -> set[str]:
    """The last names that are assigned an object of these classes anywhere in the script."""
    found: set[str] = set()
    for spot in script.of(cst.Assign):
        assign = cast(cst.Assign, spot.node)
        name = called(assign.value)
        if name and (name in classes if isinstance(classes, frozenset) else classes.search(name)):
            found.update(last_name(target.target) for target in assign.targets)
    return found - {""}


class Verbs:
    """Which statements of one script do what."""

    def __init__(self, script: Script) -> None:
        self._schedulers = names_given(script, SCHEDULER_CLASS)
        self._optimizers = names_given(script, OPTIMIZERS)

    def schedules(self, statement: cst.CSTNode) -> str:
        """The scheduler that the statement steps, "" when it steps none."""
        call = bare_call(statement)
        target = None if call is None else receiver(call, "step")
        return dotted(target) if target is not None and self._is_scheduler(target) else ""

    def steps(self, statement: cst.CSTNode) -> str:
        """The optimizer that the statement steps (through a scaler, too), "" when it steps none."""
        call = bare_call(statement)
        if call is None:
            small = only_statement(statement)
            if not isinstance(small, cst.Assign) or not isinstance(small.value, cst.Call):
                return ""
            call = small.value
        target = receiver(call, "step")
        if target is None or self._is_scheduler(target):
            return ""
        if _SCALER_NAME.search(last_name(target)):
            return dotted(call.args[0].value) if call.args else ""
        name = last_name(target)
        return dotted(target) if name in self._optimizers or _OPTIMIZER_NAME.search(name) else ""

    def _is_scheduler(self, target: cst.CSTNode) -> bool:
        name = last_name(target)
        return name in self._schedulers or (name not in self._optimizers and bool(_SCHEDULER_NAME.search(name)))


def clears(statement: cst.CSTNode) -> str:
    """What the statement clears ("optimizer", "p.grad"), "" when it clears nothing."""
    if (call := bare_call(statement)) is not None:
        if (target := receiver(call, "zero_grad")) is not None:
            return dotted(target)
        target = receiver(call, "zero_")
        return dotted(target) if target is not None and dotted(target).endswith(".grad") else ""
    small = only_statement(statement)
    if isinstance(small, cst.Assign):
        target = small.targets[0].target
        empty = isinstance(small.value, cst.Name) and small.value.value == "None"
        return dotted(target) if empty and dotted(target).endswith(".grad") else ""
    if isinstance(statement, (cst.For, cst.If)) and isinstance(statement.body, cst.IndentedBlock):
        if isinstance(statement, cst.If) and statement.orelse is not None:
            return ""
        inner = [clears(line) for line in statement.body.body]
        only_gradients = all(name.endswith(".grad") for name in inner)
        return inner[0] if inner and only_gradients else ""
    return ""


def differentiates(statement: cst.CSTNode) -> bool:
    """Whether the statement is a call of `backward`."""
    call = bare_call(statement)
    return call is not None and receiver(call, "backward", "manual_backward") is not None


def clips(statement: cst.CSTNode) -> str:
    """The function with which the statement clips gradients, "" when it does not."""
    if isinstance(statement, cst.If) and statement.orelse is None and isinstance(statement.body, cst.IndentedBlock):
        inner = [clips(line) for line in statement.body.body]
        return inner[0] if len(inner) == 1 else ""
    small = only_statement(statement)
    value = small.value if isinstance(small, (cst.Expr, cst.Assign)) else None
    return called(value) if value is not None and called(value) in _CLIPPING else ""


def moved(
    statements: Sequence[cst.BaseStatement], index: int, target: cst.CSTNode, *, behind: bool, telling: str = ""
) -> Edits:
    """Take a statement from its place and put it in front of, or behind, another one, which may be in another block."""
    statement = statements[index]
    alone = cast(cst.SimpleStatementLine, statement).with_changes(
        leading_lines=[line for line in heading(statement, telling) if line.comment is not None]
    )

    def placed(node: cst.CSTNode) -> Sequence[cst.CSTNode]:
        if behind:
            return (node, alone)
        there = cast(cst.SimpleStatementLine, node)
        above = list(there.leading_lines)
        comments = [line for line in above if line.comment is not None]
        # Blank lines above stay above both; a comment stays with the statement it is about.
        blank = [] if comments else above
        rest = above if comments else []
        return (
            alone.with_changes(leading_lines=[*blank, *alone.leading_lines]),
            there.with_changes(leading_lines=rest),
        )

    edits = dict(removal(statements, index))
    # The neighbour would inherit the comments of what goes: they go along instead.
    edits.pop(target, None)
    following = statements[index + 1] if index + 1 < len(statements) else None
    if following is not None and following is not target:
        edits.pop(following, None)
    return {**edits, target: placed}


def enclosing_loop(block: Block) -> cst.For | cst.While | None:
    """The nearest loop round a block, within the same function."""
    for node in reversed(block.around):
        if isinstance(node, (cst.For, cst.While)):
            return node
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            return None
    return None


def body_of(loop: cst.For | cst.While | cst.FunctionDef | cst.If) -> Sequence[cst.BaseStatement]:
    """The statements of an indented block."""
    return loop.body.body if isinstance(loop.body, cst.IndentedBlock) else ()


def spots_of(script: Script, *names: str) -> list[Spot]:
    """The calls of functions or methods of these names."""
    return [spot for spot in script.of(cst.Call) if called(spot.node) in names]
