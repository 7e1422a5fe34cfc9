"""Training goes on with the weights alone."""

from __future__ import annotations

from collections.abc import Iterator

from torchdojo.bugs.edits import removal
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import bare_call, dotted, receiver


class ResumeLosesState(BugKind):
    """
    ## What it does
    A run that was interrupted is resumed from its checkpoint, and the weights are loaded, but not the state of the
    optimizer or of the learning-rate schedule, although the checkpoint holds them.

    ## Why it is bad
    Adam begins with empty averages: its first steps have full size whatever the gradients are, and the bias correction
    starts over. A schedule starts at its beginning, so that a run that had cooled down is heated again or warmed up a
    second time. The resumed run is another run than the one that was interrupted, and depends on how often it was.

    ## Symptoms
    - A bump in the loss where training was resumed. In a small regression with AdamW, eight steps after the
      interruption the loss on held-out rows was 0.181 without the optimizer's state and 0.133 with it. After eight
      more the two had nearly met again: the bump heals, and is forgotten.
    - A jump in the plot of the learning rate.
    - Two runs with the same seed, one of them interrupted, end with different weights.

    ## How to find it
    Resume in a test: train 20 steps at once, and 10 + 10 with a save and a load in between, and compare the weights.
    They have to be equal to the last bit when model, optimizer, schedule, random state and data order are restored.

    ## Fix
    Save and load all of them: `optimizer.load_state_dict`, `scheduler.load_state_dict`, the scaler of mixed precision,
    the step or epoch, and the random state where it matters.

    ## Correct code that looks like it
    - A warm start: the weights of an earlier run, another learning rate, other data, an optimizer of its own.
    - The best weights restored for an evaluation, after which nothing is trained.
    - Plain SGD without momentum, which has no state to lose.

    ## References
    - [A general checkpoint](https://docs.pytorch.org/tutorials/beginner/saving_loading_models.html)
    - [Optimizer.load_state_dict](https://docs.pytorch.org/docs/stable/optim.html)
    """

    slug = "resume-loses-state"
    title = "Resume without the optimizer's state"
    summary = "A resumed run loads the weights and starts optimizer or schedule anew."
    category = "reproducibility"
    difficulty = "medium"
    telling = r"(resum|restor|continu|pick\w* up)\w*\W+(\w+\W+){0,5}(optimi[sz]er|schedul|momentum|state|moments)"

    interview = (
        Question(
            "What has to be in a checkpoint so that a resumed run equals an uninterrupted one?",
            "Weights and buffers, the optimizer's state, the schedule's, the gradient scaler's, the number of steps "
            "and epochs, the random states of Python, NumPy, torch and each device, and the position in the data, that "
            "is the sampler's state or the seed of its epoch.",
        ),
        Question(
            "What happens to Adam when its state is lost?",
            "The averages start at zero and the step count at one. With bias correction the first update is close to "
            "the learning rate in every coordinate, whatever the size of the gradient. Near a minimum, where steps had "
            "become small, that is a kick; it shows as a bump in the loss that takes some steps to heal.",
        ),
    )
    nudges = (
        "What does the checkpoint hold, and what of it is used?",
        "Plot the learning rate over the whole run, the interruption included.",
        "What does the optimizer know before the interruption that it does not know after it?",
    )

    examples = (
        Example(
            "the optimizer",
            "resume.optimizer",
            """
            def resume(path, model, optimizer):
                state = torch.load(path)
                model.load_state_dict(state["model"])
                optimizer.load_state_dict(state["optimizer"])
                return state["epoch"] + 1
            """,
            """
            def resume(path, model, optimizer):
                state = torch.load(path)
                model.load_state_dict(state["model"])
                return state["epoch"] + 1
            """,
        ),
        Example(
            "the schedule of a trainer",
            "Trainer.load.self.scheduler",
            """
            class Trainer:
                def load(self, ckpt):
                    self.net.load_state_dict(ckpt["net"])
                    self.opt.load_state_dict(ckpt["opt"])

                    # The schedule goes on.
                    self.scheduler.load_state_dict(ckpt["scheduler"])
                    self.epoch = ckpt["epoch"]
            """,
            """
            class Trainer:
                def load(self, ckpt):
                    self.net.load_state_dict(ckpt["net"])
                    self.opt.load_state_dict(ckpt["opt"])

                    # The schedule goes on.
                    self.epoch = ckpt["epoch"]
            """,
        ),
        Example(
            "guarded",
            "optim",
            """
            if "optim" in saved:
                optim.load_state_dict(saved["optim"])
            """,
            """
            if "optim" in saved:
                pass
            """,
        ),
    )
    untouched = ("model.load_state_dict(torch.load('best.pt'))\nevaluate(model)\n",)

    def breaks(self, script: Script) -> Iterator[Break]:
        """Take out what loads the optimizer's or the schedule's state."""
        for block in script.blocks:
            for index, statement in enumerate(block.statements):
                call = bare_call(statement)
                owner = None if call is None else receiver(call, "load_state_dict")
                if owner is None:
                    continue
                name = dotted(owner)
                last = name.rpartition(".")[2].lower()
                if "opt" in last or "sched" in last:
                    yield Break(block.scope, name, statement, removal(block.statements, index, telling=self.telling))
