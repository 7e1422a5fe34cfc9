"""Random augmentation is applied to the rows of the evaluation."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.data_roles import training_names
from torchdojo.bugs.edits import Edit, by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import assigned_names, called, dotted, expression

_SWITCH = re.compile(r"(augment\w*|train|training|is_train|random\w*|jitter|noisy)$")
_TRANSFORM = re.compile(r"transform|augment|tf\b|prepare|collate|preprocess|view", re.IGNORECASE)


class AugmentationInEvaluation(BugKind):
    """
    ## What it does
    The held-out set is read with the random augmentation of the training set: rows are flipped, shifted, cropped or
    made noisy before the model is evaluated on them.

    ## Why it is bad
    The metric belongs to distorted rows, not to those the model will meet. It is usually too low, and it is random:
    two evaluations of one and the same model differ, so that small improvements drown in it, early stopping follows
    luck, and nobody can reproduce the reported number.

    ## Symptoms
    - Evaluating twice without a step between gives two results. On 60 easy rows, where the accuracy stood at 0.917
      in each of four epochs, noise on the rows moved it to 0.933 in one of them; the loss differed every time.
    - Validation is worse than training although the model does not overfit.
    - The validation curve is jagged while the training curve is smooth.

    ## How to find it
    Fetch the same index of the evaluation set twice and compare: the tensors must be equal. Or run the evaluation
    twice in a row.

    ## Fix
    Give each split its own transform: random steps for training, only the deterministic ones (resize, centre crop,
    normalise) for evaluation. Mind that `random_split` gives both parts the transform of the set it was cut from.

    ## Correct code that looks like it
    - Test-time augmentation: several random copies of each row, whose predictions are averaged.
    - A denoising or diffusion model, where noise on the input is the task.
    - A data set that generates new rows on purpose, for training and for evaluation.
    - A measurement of robustness under noise, beside one on clean rows.

    ## References
    - [Transforms](https://docs.pytorch.org/vision/stable/transforms.html): random ones, and those that always do the
      same
    """

    slug = "augmentation-in-evaluation"
    title = "Random augmentation in evaluation"
    summary = "Held-out rows are augmented at random, so that the metric is too low and changes by luck."
    category = "evaluation"
    difficulty = "medium"
    telling = (
        r"augment|determinist|random (crop|flip|shift|noise|transform)|without (noise|jitter)|as they are|unchanged"
    )

    interview = (
        Question(
            "How do you make sure that evaluation is deterministic?",
            "The model is in eval mode, the data path has no random step, and the order does not matter for the "
            "metric. I test it: two evaluations in a row must agree to the last digit, or nearly so on an accelerator "
            "whose kernels are not deterministic.",
        ),
        Question(
            "You split one augmented data set with random_split. What goes wrong, and what do you do?",
            "Both parts are views of the same data set object, so the validation part is augmented, too. I build two "
            "data set objects over the same files, one with each transform, and take the same index split from both; "
            "or I wrap the parts in a small data set that applies its own transform.",
        ),
    )
    nudges = (
        "Evaluate twice without training in between. Are the results equal?",
        "Fetch row 0 of the evaluation set twice.",
        "Which steps does a held-out row go through before it reaches the model?",
    )

    examples = (
        Example(
            "a switch of the data set",
            "main.val_set",
            """
            def main():
                train_set = Digits(images[:800], augment=True)
                val_set = Digits(images[800:], augment=False)
            """,
            """
            def main():
                train_set = Digits(images[:800], augment=True)
                val_set = Digits(images[800:], augment=True)
            """,
        ),
        Example(
            "a transform of its own",
            "loaders.val_transform",
            """
            def loaders(files, train_transform, val_transform):
                train_set = Photos(files[:800], transform=train_transform)
                val_set = Photos(files[800:], transform=val_transform)
                return DataLoader(train_set, 32, shuffle=True), DataLoader(val_set, 32)
            """,
            """
            def loaders(files, train_transform, val_transform):
                train_set = Photos(files[:800], transform=train_transform)
                val_set = Photos(files[800:], transform=train_transform)
                return DataLoader(train_set, 32, shuffle=True), DataLoader(val_set, 32)
            """,
        ),
        Example(
            "a guard in the data set",
            "Waves.__getitem__",
            """
            class Waves(Dataset):
                def __getitem__(self, i):
                    wave = self.waves[i]
                    if self.augment:
                        wave = wave + 0.1 * torch.randn_like(wave)
                    return wave, self.labels[i]
            """,
            """
            class Waves(Dataset):
                def __getitem__(self, i):
                    wave = self.waves[i]
                    wave = wave + 0.1 * torch.randn_like(wave)
                    return wave, self.labels[i]
            """,
        ),
    )
    untouched = (
        "val_set = Digits(images, augment=True)\nmodel.train(False)\n",
        "if self.training:\n    x = x + noise\n",
    )

    def breaks(self, script: Script) -> Iterator[Break]:
        """Switch the augmentation on, hand on the transform of training, or leave out the question."""
        twins = {name: twin for name, twin in training_names(script).items() if _TRANSFORM.search(name)}
        for spot in script.of(cst.Call):
            call = spot.node
            assert isinstance(call, cst.Call)
            if isinstance(call.func, cst.Attribute) and called(call) in ("train", "eval"):
                continue
            for arg in call.args:
                if arg.keyword is not None and _SWITCH.match(arg.keyword.value) and dotted(arg.value) == "False":
                    name = next(iter(assigned_names(spot)), called(call))
                    yield Break(spot.scope, name, call, {arg.value: by(cst.Name("True"))})
                elif dotted(arg.value) in twins:
                    name = dotted(arg.value).rpartition(".")[2]
                    yield Break(spot.scope, name, call, {arg.value: by(expression(twins[dotted(arg.value)]))})
        for spot in script.of(cst.If):
            asked = spot.node
            assert isinstance(asked, cst.If)
            if (edits := _unasked(spot)) is not None:
                yield Break(spot.scope, dotted(asked.test).rpartition(".")[2], asked, edits)


def _unasked(spot: Spot) -> dict[cst.CSTNode, Edit] | None:
    """`if self.augment:` in the code of a data set: what it guards is always done."""
    node = spot.node
    assert isinstance(node, cst.If)
    name = dotted(node.test)
    if not spot.scope.endswith(".__getitem__") or not name.startswith("self.") or not _SWITCH.match(name[5:]):
        return None
    if node.orelse is not None or not isinstance(node.body, cst.IndentedBlock):
        return None
    inner = list(node.body.body)
    above = list(node.leading_lines)
    first = inner[0]
    assert isinstance(first, (cst.SimpleStatementLine, cst.BaseCompoundStatement))
    inner[0] = first.with_changes(leading_lines=[*above, *first.leading_lines])
    return {node: lambda _: inner}
