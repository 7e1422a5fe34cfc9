"""Several processes train one model, and each steps with the gradients of its own rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from torchdojo.bugs.collectives import average_gradients, collective, exchanges_gradients, is_wrapper
from torchdojo.bugs.edits import Edit, by, removal
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Block, Script
from torchdojo.bugs.syntax import argument, bare_call, called, dotted, only_statement


class GradientsNotAveraged(BugKind):
    """
    ## What it does
    Several processes train on different rows, and nobody averages their gradients before the update. Each process
    follows the gradient of its own rows alone, so that what began as one model becomes as many models as there are
    processes. Only one of them is saved in the end.

    ## Why it is bad
    The work of all other processes is thrown away: the model that is saved has seen one part of the rows, with the
    batch of one process. A metric that is averaged over the processes is the metric of no model at all. And buffers or
    schedules that rely on equal weights everywhere are wrong from the first update on.

    ## Symptoms
    - Nothing crashes, and the loss goes down on every process, because each model does learn.
    - A checksum of the weights differs between processes from the first update on. With two processes, 96 rows each
      and SGD with momentum at 0.1, the sums of weights were up to 3.7 per cent apart after 23 updates, and 0 with
      averaged gradients.
    - More processes do not make the model better: the gap to validation is that of a fraction of the rows.

    ## How to find it
    Print a checksum of the parameters, such as the sum of their absolute values, on every process after some updates:
    the numbers must be equal to the last digit. Then look for what lies between `backward` and `step`: an all_reduce of
    each gradient, or a model wrapped in DistributedDataParallel whose own `forward` is the one that is called.

    ## Fix
    Wrap the model in `DistributedDataParallel` and call the wrapper. By hand: after `backward` and before clipping and
    `step`, `dist.all_reduce(p.grad)` for each parameter, then divide by the number of processes, and begin with the
    weights of rank 0 on all of them.

    ## Correct code that looks like it
    - Local SGD: processes step alone for some updates and then average their weights, on purpose.
    - An ensemble or a search over settings: each process trains a model of its own on all rows.
    - A backward pass under `no_sync`, where gradients are accumulated and the last pass of each group is the one that
      averages.
    - Sums in place of means, with a learning rate that was divided by the number of processes.

    ## References
    - [Distributed Data Parallel](https://docs.pytorch.org/docs/stable/notes/ddp.html): when a bucket of gradients is
      averaged, and what a process without rows does
    - [all_reduce](https://docs.pytorch.org/docs/stable/distributed.html#torch.distributed.all_reduce)
    """

    slug = "gradients-not-averaged"
    title = "Each process steps alone"
    summary = "Processes that train on different rows never average their gradients, so their weights drift apart."
    category = "correctness"
    difficulty = "medium-hard"
    telling = (
        r"all.?reduce|(averag|sum|synchroni[sz]|shar|exchang)\w* (\w+ ){0,3}gradient|gradient\w* (\w+ ){0,4}"
        r"(averag|all processes|all ranks|every process|every rank|synchroni)|drift"
    )

    interview = (
        Question(
            "What does DistributedDataParallel do in the backward pass?",
            "It hooks every parameter. When all gradients of a bucket are there, it starts an all-reduce of the bucket "
            "while the backward pass goes on, and divides by the number of processes. After `backward` each process "
            "holds the same averaged gradients, so the same optimizer makes the same update everywhere.",
        ),
        Question(
            "Why is the average of the processes' gradients the gradient of the whole batch, and when is it not?",
            "The gradient of a mean is the mean of gradients, so means over equally many rows may be averaged. With "
            "parts of different sizes, or losses averaged over tokens that are not padding, the mean of means weighs "
            "small parts too much: sum the losses, all-reduce gradients and counts, and divide by the whole count.",
        ),
        Question(
            "How do you test that replicas are still the same?",
            "Every so many updates, gather a checksum of the parameters from all processes and assert that it is one "
            "number. It catches a forgotten all-reduce, a parameter that was created after wrapping, different seeds "
            "at the start and branches that only one process takes.",
        ),
    )
    nudges = (
        "Are there as many models as processes, or is there one?",
        "Print a checksum of the weights on each process after three updates.",
        "What has to happen between backward and step when the batch is spread over processes?",
    )

    examples = (
        Example(
            "a loop over parameters",
            "train.all_reduce",
            """
            def train(model, optimizer, batches, world):
                for x, y in batches:
                    optimizer.zero_grad()
                    loss_of(model(x), y).backward()
                    for p in model.parameters():
                        dist.all_reduce(p.grad)
                        p.grad /= world
                    optimizer.step()
            """,
            """
            def train(model, optimizer, batches, world):
                for x, y in batches:
                    optimizer.zero_grad()
                    loss_of(model(x), y).backward()
                    optimizer.step()
            """,
        ),
        Example(
            "a function that does it",
            "Trainer.step.average_gradients",
            """
            def average_gradients(model):
                for p in model.parameters():
                    dist.all_reduce(p.grad, op=dist.ReduceOp.AVG)


            class Trainer:
                def step(self, loss):
                    loss.backward()
                    average_gradients(self.model)
                    self.optimizer.step()
            """,
            """
            def average_gradients(model):
                for p in model.parameters():
                    dist.all_reduce(p.grad, op=dist.ReduceOp.AVG)


            class Trainer:
                def step(self, loss):
                    loss.backward()
                    self.optimizer.step()
            """,
        ),
        Example(
            "one vector",
            "update.all_reduce",
            """
            def update(model, optimizer):
                flat = torch.cat([p.grad.flatten() for p in model.parameters()])
                dist.all_reduce(flat)
                write_back(model, flat / dist.get_world_size())
                optimizer.step()
            """,
            """
            def update(model, optimizer):
                flat = torch.cat([p.grad.flatten() for p in model.parameters()])
                write_back(model, flat / dist.get_world_size())
                optimizer.step()
            """,
        ),
        Example(
            "a wrapper",
            "main.model",
            """
            def main():
                model = Net()
                model = DistributedDataParallel(model)
                train(model)
            """,
            """
            def main():
                model = Net()
                train(model)
            """,
        ),
    )
    untouched = (
        "def report(counts):\n    dist.all_reduce(counts)\n    return counts[0] / counts[1]\n",
        "for p in model.parameters():\n    dist.broadcast(p.data, src=0)\n",
        "net = DDP(net)\ntorch.save(net.module.state_dict(), 'net.pt')\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Leave out the exchange of gradients: the loop, the call, the function's call, or the wrapper."""
        helpers = average_gradients(script)
        for block in script.blocks:
            for index, statement in enumerate(block.statements):
                gone = removal(block.statements, index, telling=self.telling)
                call = bare_call(statement)
                if call is not None and called(call) in helpers:
                    yield Break(block.scope, called(call), statement, gone)
                elif block.scope.rpartition(".")[2] in helpers and _is_called(script, block.scope):
                    continue
                elif isinstance(statement, cst.For) and _is_loop_of_exchange(script, statement, block.scope):
                    yield Break(block.scope, "all_reduce", statement, gone)
                elif (given := collective(statement)) is not None and not _in_a_loop_of_exchange(script, block):
                    if called(given) == "all_reduce" and _of_gradients(script, given, block.scope):
                        yield Break(block.scope, "all_reduce", statement, gone)
                elif (edits := _unwrapped(script, block.statements, index, self.telling)) is not None:
                    small = only_statement(statement)
                    assert isinstance(small, cst.Assign)
                    yield Break(block.scope, dotted(small.targets[0].target).rpartition(".")[2], statement, edits)


def _is_called(script: Script, scope: str) -> bool:
    """Whether the function is one whose bare call can be left out."""
    name = scope.rpartition(".")[2]
    return any(
        (call := bare_call(statement)) is not None and called(call) == name
        for block in script.blocks
        for statement in block.statements
    )


def _of_gradients(script: Script, call: cst.Call, scope: str) -> bool:
    """Gradients, not weights: what is exchanged after the update is another way of training."""
    given = argument(call, 0, "tensor")
    return given is not None and exchanges_gradients(script, call, scope) and ".data" not in script.code(given.value)


def _is_loop_of_exchange(script: Script, loop: cst.For, scope: str) -> bool:
    """Whether the loop only makes gradients those of all processes."""
    if not isinstance(loop.body, cst.IndentedBlock):
        return False
    found = [call for call in _collectives(loop.body) if called(call) == "all_reduce"]
    simple = not any(word in script.code(loop) for word in ("backward(", ".step(", ".item("))
    return bool(found) and simple and all(".grad" in script.code(call) for call in found)


def _in_a_loop_of_exchange(script: Script, block: Block) -> bool:
    return any(isinstance(node, cst.For) and _is_loop_of_exchange(script, node, block.scope) for node in block.around)


def _collectives(body: cst.IndentedBlock) -> list[cst.Call]:
    found = []
    for statement in body.body:
        inner = statement.body if isinstance(statement, (cst.If, cst.For, cst.With)) else None
        if isinstance(inner, cst.IndentedBlock):
            found += _collectives(inner)
        elif (call := collective(statement)) is not None:
            found.append(call)
    return found


def _unwrapped(
    script: Script, statements: Sequence[cst.BaseStatement], index: int, telling: str
) -> dict[cst.CSTNode, Edit] | None:
    """A wrapper that goes; what was reached through it (`.module`) would not be found any more."""
    small = only_statement(statements[index])
    if not isinstance(small, cst.Assign) or len(small.targets) != 1 or not is_wrapper(small.value):
        return None
    assert isinstance(small.value, cst.Call)
    inner, name = small.value.args[0].value, dotted(small.targets[0].target)
    if not name or f"{name}.module" in script.module.code or ".no_sync(" in script.module.code:
        return None
    if dotted(inner) == name:
        return dict(removal(statements, index, telling=telling))
    return {small.value: by(inner)}
