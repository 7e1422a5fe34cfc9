"""One layer stands where several were meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

import libcst as cst

from torchdojo.bugs.edits import Edits, by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.models import LAYERS, class_names
from torchdojo.bugs.script import Block, Script
from torchdojo.bugs.syntax import assigned_names, bare_call, called, dotted, expression, only_statement, receiver

#: Classes from elsewhere that are layers, by their names.
_OWN_LAYER = re.compile(r"(?=[A-Z])\w*(Block|Layer)$")


class SharedLayer(BugKind):
    """
    ## What it does
    `[layer] * n` repeats a reference, not the layer. The container has n places, and the same object, with one set of
    weights, stands in all of them.

    ## Why it is bad
    A network of six blocks has the weights of one. Every block must do with weights that serve the other five as
    well, and each step adds up the gradients of all of them: deeper means no more capacity, only a larger effective
    learning rate for that one block. Parallel branches are worse still, as they all compute the same thing.

    ## Symptoms
    - `sum(p.numel() for p in model.parameters())` does not grow with the depth, because shared parameters are counted
      once. `state_dict()` does list all n, which hides it from those who only look at the keys.
    - Changing one layer by hand changes its siblings.
    - The loss goes down more slowly or stops higher. A sorter of six numbers with four blocks of their own (1,377
      parameters) had an error of 0.17 after 120 steps, with one block four times (363 parameters) 0.27. In a small
      regression there was no difference at all.

    ## How to find it
    Count the parameters by hand. Or ask for identities: `len({id(m) for m in model.blocks})` has to be the number of
    blocks.

    ## Fix
    Build the layer inside the comprehension, `nn.ModuleList(Block(d) for _ in range(n))`, or copy a finished one with
    `copy.deepcopy`. A shallow `copy.copy` shares the parameters again.

    ## Correct code that looks like it
    - Recurrent cells, and models such as ALBERT that apply one block n times on purpose: one attribute, called in a
      loop.
    - Siamese networks, where one encoder sees several inputs.
    - Tied embeddings: a projection that uses the embedding's weight.
    - One `nn.ReLU()` used everywhere: it has no weights.

    ## References
    - [ModuleList](https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleList.html)
    - [Python FAQ](https://docs.python.org/3/faq/programming.html): multiplying a list repeats references
    """

    slug = "shared-layer"
    title = "One layer in every place"
    summary = "The places of a container hold the same layer, so that n layers have the weights of one."
    category = "correctness"
    difficulty = "medium"
    telling = (
        r"(own|separate|independent|different|distinct|share[ds]?|sharing)\W+(\w+\W+){0,3}(weights?|layers?|blocks?)"
    )

    interview = (
        Question(
            "What is the difference between `[nn.Linear(8, 8)] * 3` and `[nn.Linear(8, 8) for _ in range(3)]`?",
            "The first evaluates the call once and repeats the reference: three names for one layer. The second "
            "evaluates it three times. Nothing complains, because sharing a module is legal; gradients from all uses "
            "simply add up in the one set of parameters.",
        ),
        Question(
            "How would you share weights on purpose, and how do you make that visible?",
            "Assign one module to one attribute and call it several times, or assign the Parameter of one layer to "
            "another (`self.out.weight = self.embed.weight`). Say so at the place, and test it: the number of "
            "parameters is the cheapest assertion.",
        ),
        Question(
            "Which copies of a module are independent?",
            "`copy.deepcopy(module)` and a newly built module. `copy.copy` copies the outer object only; its dict of "
            "parameters is the same. That is why transformer code written by hand uses deepcopy to clone layers, "
            "and also why all its clones begin with equal weights.",
        ),
    )
    nudges = (
        "How does the number of parameters grow when you double the depth?",
        "How many objects are there in the container?",
        "When is the expression that builds the layer evaluated, and how often?",
    )

    examples = (
        Example(
            "a list that is multiplied",
            "Stack.blocks",
            """
            class Stack(nn.Module):
                def __init__(self, d, depth):
                    super().__init__()
                    self.blocks = nn.ModuleList([Block(d, dropout=0.1) for _ in range(depth)])
            """,
            """
            class Stack(nn.Module):
                def __init__(self, d, depth):
                    super().__init__()
                    self.blocks = nn.ModuleList([Block(d, dropout=0.1)] * depth)
            """,
        ),
        Example(
            "unpacked into a chain",
            "build.net",
            """
            def build(d, depth):
                net = nn.Sequential(nn.Linear(2, d), *[nn.Linear(d, d) for i in range(depth)], nn.Linear(d, 1))
                return net
            """,
            """
            def build(d, depth):
                net = nn.Sequential(nn.Linear(2, d), *[nn.Linear(d, d)] * depth, nn.Linear(d, 1))
                return net
            """,
        ),
        Example(
            "built before the loop",
            "make_layers",
            """
            def make_layers(d, depth):
                layers = []
                for _ in range(depth):
                    layers.append(nn.Linear(d, d))
                    layers.append(nn.Tanh())
                return nn.Sequential(*layers)
            """,
            """
            def make_layers(d, depth):
                layers = []
                layer = nn.Linear(d, d)
                for _ in range(depth):
                    layers.append(layer)
                    layers.append(nn.Tanh())
                return nn.Sequential(*layers)
            """,
        ),
        Example(
            "one assignment for two names",
            "Attention.key",
            """
            class Attention(nn.Module):
                def __init__(self, d):
                    super().__init__()
                    self.query = nn.Linear(d, d, bias=False)
                    self.key = nn.Linear(d, d, bias=False)
                    self.value = nn.Linear(d, 4)
            """,
            """
            class Attention(nn.Module):
                def __init__(self, d):
                    super().__init__()
                    self.query = self.key = nn.Linear(d, d, bias=False)
                    self.value = nn.Linear(d, 4)
            """,
        ),
    )
    untouched = (
        "layers = nn.ModuleList(nn.Linear(sizes[i], sizes[i + 1]) for i in range(3))\n",
        "rows = [[0] * 3 for _ in range(4)]\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Build the layer once and use it for every place."""
        layers = LAYERS | class_names(script)
        for spot in script.of(cst.Call):
            for node in _comprehensions(spot.node):
                if _builds(node.elt, layers) and (times := _times(script, node)) is not None:
                    name = next(iter(assigned_names(spot)), "layers")
                    repeated = expression(f"[{script.code(node.elt)}] * {times}")
                    yield Break(spot.scope, name, spot.node, {node: by(repeated)})
        for block in script.blocks:
            for index, statement in enumerate(block.statements):
                if isinstance(statement, cst.For) and (found := _hoisted(script, statement, layers)) is not None:
                    yield Break(block.scope, found[0], statement, found[1])
                elif index and (pair := _twins(script, block, index, layers)) is not None:
                    yield Break(block.scope, *pair)


def _comprehensions(node: cst.CSTNode) -> Iterator[cst.ListComp | cst.GeneratorExp]:
    """The comprehension that is the only argument of a container, or that is unpacked into one."""
    if isinstance(node, cst.Call) and called(node) in ("ModuleList", "Sequential"):
        for arg in node.args:
            if isinstance(arg.value, (cst.ListComp, cst.GeneratorExp)):
                yield arg.value


def _builds(node: cst.BaseExpression, layers: frozenset[str]) -> bool:
    return called(node) in layers or bool(_OWN_LAYER.match(called(node)))


def _times(script: Script, node: cst.ListComp | cst.GeneratorExp) -> str | None:
    """N when the comprehension runs over range(N) and does not use its variable; None otherwise."""
    loop = node.for_in
    if loop.ifs or loop.inner_for_in is not None or not isinstance(loop.target, cst.Name):
        return None
    if called(loop.iter) != "range" or not isinstance(loop.iter, cst.Call) or len(loop.iter.args) != 1:
        return None
    if _mentions(node.elt, loop.target.value):
        return None
    count = loop.iter.args[0].value
    simple = isinstance(count, (cst.Name, cst.Integer, cst.Attribute, cst.Call))
    return script.code(count) if simple else f"({script.code(count)})"


def _hoisted(script: Script, loop: cst.For, layers: frozenset[str]) -> tuple[str, Edits] | None:
    """What builds the layer that a loop appends before the loop; None when the loop does not append such a layer."""
    if not isinstance(loop.body, cst.IndentedBlock) or not isinstance(loop.target, cst.Name):
        return None
    for statement in loop.body.body:
        call = bare_call(statement)
        if call is None or receiver(call, "append") is None or len(call.args) != 1:
            continue
        layer = call.args[0].value
        if not _builds(layer, layers) or _mentions_any(layer, _bound_in(loop)):
            continue
        line = cst.parse_statement(f"layer = {script.code(layer)}\n").with_changes(leading_lines=loop.leading_lines)

        def placed(node: cst.CSTNode, line: cst.BaseStatement = line) -> list[cst.CSTNode]:
            return [line, cast(cst.For, node).with_changes(leading_lines=[])]

        owner = receiver(call, "append")
        assert owner is not None
        return dotted(owner).rpartition(".")[2], {loop: placed, layer: by(cst.Name("layer"))}
    return None


def _twins(script: Script, block: Block, index: int, layers: frozenset[str]) -> tuple[str, cst.CSTNode, Edits] | None:
    """Two attributes built alike, one after the other, as one assignment."""
    first, second = (only_statement(statement) for statement in block.statements[index - 1 : index + 1])
    if not (isinstance(first, cst.Assign) and isinstance(second, cst.Assign)) or not _builds(second.value, layers):
        return None
    targets = [dotted(small.targets[0].target) for small in (first, second)]
    if len(first.targets) != 1 or len(second.targets) != 1 or not all(t.startswith("self.") for t in targets):
        return None
    if not first.value.deep_equals(second.value):
        return None
    both = first.with_changes(targets=[*first.targets, *second.targets])
    edits: Edits = {first: by(both), block.statements[index]: lambda _: ()}
    return targets[1].removeprefix("self."), block.statements[index], edits


def _bound_in(loop: cst.For) -> set[str]:
    """The names that the loop gives new values."""
    assert isinstance(loop.target, cst.Name)
    names = {loop.target.value}
    for statement in loop.body.body:
        small = only_statement(statement)
        if isinstance(small, (cst.Assign, cst.AugAssign)):
            targets = [t.target for t in small.targets] if isinstance(small, cst.Assign) else [small.target]
            names.update(dotted(target) for target in targets)
    return names


def _mentions(node: cst.CSTNode, name: str) -> bool:
    return (isinstance(node, cst.Name) and node.value == name) or any(_mentions(c, name) for c in node.children)


def _mentions_any(node: cst.CSTNode, names: set[str]) -> bool:
    return any(_mentions(node, name) for name in names)
