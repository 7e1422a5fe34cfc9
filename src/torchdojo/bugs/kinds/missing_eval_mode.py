"""The model is evaluated in training mode."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import Edits, by, removal
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Block, Script
from torchdojo.bugs.syntax import bare_call, dotted, only_statement, receiver


class MissingEvalMode(BugKind):
    """
    ## What it does
    Nothing switches the model to evaluation mode before it is measured, so dropout goes on dropping units and batch
    norm goes on normalising by the statistics of whatever batch it is given.

    ## Why it is bad
    The figures describe another model than the one that will be used: they are noisy, depend on how the held-out
    rows are cut into batches, and are usually too low. And the damage does not stay in the figures. A batch norm
    that runs in training mode updates its running mean and variance, even under `no_grad`, so held-out data leak
    into the buffers that are saved with the model.

    ## Symptoms
    - Two evaluations of the same weights give different results.
    - The metric moves with the batch size of the validation loader; a batch of one row makes batch norm raise.
    - `num_batches_tracked` of a batch norm grows during evaluation.

    ## How to find it
    Print `model.training` inside the evaluation loop, or look at the mode of each layer:
    `[m.training for m in model.modules()]`. Evaluating twice and comparing is a test that needs no reading.

    ## Fix
    Call `model.eval()` before the evaluation and `model.train()` before training goes on. The second half matters as
    much: a training loop that only says `train()` once, before the first epoch, would go on without dropout.

    ## Correct code that looks like it
    - Monte Carlo dropout: dropout is left on deliberately to sample predictions.
    - A model without dropout, batch norm or any other layer that looks at its mode.
    - Recomputing batch-norm statistics with forward passes in training mode, as after weight averaging.
    - Layers frozen one by one with `layer.eval()` while the rest trains.

    ## References
    - [Module.eval](https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.eval)
    - [BatchNorm1d](https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html): what the modes change
    """

    slug = "missing-eval-mode"
    title = "Evaluated in training mode"
    summary = "Dropout and batch statistics stay active while the model is measured."
    category = "correctness"
    difficulty = "easy-medium"
    telling = r"\beval(uation)?(\(\)|[ -]mode)|dropout\W+(\w+\W+){0,3}off|running stat"

    interview = (
        Question(
            "Which layers behave differently in the two modes, and how?",
            "Dropout: active in training, the identity in evaluation. Batch norm: normalises by the batch and updates "
            "its running statistics in training, uses the running statistics in evaluation. Instance norm does the "
            "same when it tracks statistics. Layer norm and group norm do not care.",
        ),
        Question(
            "Can forgetting `eval()` harm more than the reported figure?",
            "Yes. Every forward in training mode moves batch norm's running mean and variance, whether or not "
            "gradients are recorded. Held-out rows therefore change the buffers, and with them the checkpoint.",
        ),
        Question(
            "Does `torch.no_grad()` make `eval()` unnecessary?",
            "No. They are independent: one stops the recording of gradients, the other changes what layers compute. "
            "Evaluation normally wants both.",
        ),
    )
    nudges = (
        "Would two validation passes over the same weights give the same number?",
        "What does batch norm normalise by while you validate?",
        "Who tells dropout that training has stopped?",
    )

    examples = (
        Example(
            "a statement before the loop",
            "validate",
            """
            def validate(model, loader):
                \"\"\"Accuracy over the loader.\"\"\"
                model.eval()
                correct = 0
                with torch.no_grad():
                    for x, y in loader:
                        correct += (model(x).argmax(1) == y).sum().item()
                return correct
            """,
            """
            def validate(model, loader):
                \"\"\"Accuracy over the loader.\"\"\"
                correct = 0
                with torch.no_grad():
                    for x, y in loader:
                        correct += (model(x).argmax(1) == y).sum().item()
                return correct
            """,
        ),
        Example(
            "the mode restored afterwards",
            "score",
            """
            def score(net, x, y):
                before = net.training
                net.train(False)
                error = (net(x) - y).square().mean()
                net.train(before)
                return error
            """,
            """
            def score(net, x, y):
                before = net.training
                error = (net(x) - y).square().mean()
                net.train(before)
                return error
            """,
        ),
        Example(
            "as a value",
            "Trainer.evaluate",
            """
            class Trainer:
                def evaluate(self, x):
                    model = self.model.eval()
                    return model(x)
            """,
            """
            class Trainer:
                def evaluate(self, x):
                    model = self.model
                    return model(x)
            """,
        ),
        Example(
            "in the call",
            "predict",
            "def predict(model, x):\n    return model.eval()(x)",
            "def predict(model, x):\n    return model(x)",
        ),
    )
    untouched = ("def run(df):\n    model.train()\n    return df.eval('a + b')\n",)

    def breaks(self, script: Script) -> Iterator[Break]:
        """Take out the switch to evaluation mode."""
        for spot in script.of(cst.Call):
            if isinstance(spot.ancestors[-1], cst.Call) and (model := _switched(spot.node)) is not None:
                yield Break(spot.scope, dotted(model), spot.node, {spot.node: by(model)})
        for block in script.blocks:
            for index, statement in enumerate(block.statements):
                found = self._switch(block, index, statement)
                if found is not None:
                    name, edits = found
                    yield Break(block.scope, name, statement, edits)

    def _switch(self, block: Block, index: int, statement: cst.BaseStatement) -> tuple[str, Edits] | None:
        if (call := bare_call(statement)) is not None and (model := _switched(call)) is not None:
            return dotted(model), removal(block.statements, index, telling=self.telling)
        small = only_statement(statement)
        if isinstance(small, cst.Assign) and (model := _switched(small.value)) is not None:
            if dotted(model) and dotted(model) == dotted(small.targets[0].target):
                return dotted(model), removal(block.statements, index, telling=self.telling)
            return dotted(model), {small.value: by(model)}
        return None


def _switched(node: cst.CSTNode) -> cst.BaseExpression | None:
    """The model that `node` puts into evaluation mode."""
    if isinstance(node, cst.Call) and not node.args:
        return receiver(node, "eval")
    if isinstance(node, cst.Call) and len(node.args) == 1:
        value = node.args[0].value
        return receiver(node, "train") if isinstance(value, cst.Name) and value.value == "False" else None
    return None
