"""The steps of a GAN are not kept apart, or too well."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from torchdojo.bugs.edits import by
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.model_code import bound_name
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import dotted, expression

_JUDGE = re.compile(r"(^|\.|_)(d|disc\w*|net_?d|critic\w*|judge|adversary)$", re.IGNORECASE)
_FAKE = re.compile(r"fake|gen(erated)?(_|$)|synth|forged|made|samples?$|x_hat", re.IGNORECASE)


class GanStepLeaks(BugKind):
    """
    ## What it does
    The two steps of a GAN need two kinds of fake batches: a detached one to train the discriminator, one with its
    graph to train the generator. When the generator's step gets the detached one, no gradient reaches the generator.
    When the discriminator's step gets the other, its gradient flows on into the generator and, if nothing clears it
    there, is added to the generator's next update.

    ## Why it is bad
    A detached fake leaves the generator as it was initialised: the discriminator wins, and nothing else happens. A
    gradient that spills over pulls the generator in the opposite direction, towards being recognised. A spill that
    is cleared before the generator's backward pass only costs time.

    ## Symptoms
    - The discriminator's loss goes to zero, the generator's rises, and the samples never change. In a small example
      the mean of the samples stayed at -0.08, where the data had 2 and a sound run reached 1.86.
    - The generator's weights are bit for bit the same after training.
    - No error: the generator's loss does require gradients, those of the discriminator.

    ## How to find it
    After the generator's backward pass look at the gradients of its first layer: they have to be there. Before that
    backward pass they have to be zero or None.

    ## Fix
    `d_loss` uses `fake.detach()`, `g_loss` uses `fake`, and each step clears the gradients of its own model before its
    backward pass.

    ## Correct code that looks like it
    - A discriminator step without `detach`, when the generator's gradients are cleared before its own step.
    - One backward pass for both through a gradient reversal layer.
    - An encoder and a head with an optimizer each: the head only ever gets what the encoder makes.

    ## References
    - [DCGAN tutorial](https://docs.pytorch.org/tutorials/beginner/dcgan_faces_tutorial.html)
    - [Generative Adversarial Networks](https://arxiv.org/abs/1406.2661)
    """

    slug = "gan-step-leaks"
    title = "The steps of a GAN leak"
    summary = "The generator's step gets a detached fake, or the gradients of the discriminator's step."
    category = "generative"
    difficulty = "medium-hard"
    telling = r"detach|graph|through the (discriminator|critic|judge)|reach(es)? the generator|stop.?grad"

    interview = (
        Question(
            "Why is `fake.detach()` used in one step of a GAN and not in the other?",
            "The discriminator's step must not change the generator, so the graph is cut: it saves the backward pass "
            "through the generator and keeps its gradients clean. The generator's step needs exactly that graph: its "
            "gradient is the discriminator's opinion, passed back through the discriminator into the generator.",
        ),
        Question(
            "Does forgetting `detach` in the discriminator's step always break training?",
            "No. It computes gradients for the generator that nobody asked for. If they are cleared before the "
            "generator's backward pass, only time is lost. If not, they are added to the generator's own, with the "
            "opposite aim.",
        ),
    )
    nudges = (
        "Do the generator's weights change at all?",
        "Which gradients does each optimizer find when it steps?",
        "Follow the graph from the generator's loss back to its first layer.",
    )

    examples = (
        Example(
            "a function per step",
            "generator_step.score",
            """
            def generator_step(G, D, z, opt):
                fake = G(z)
                score = D(fake)
                loss = F.softplus(-score).mean()
                opt.zero_grad()
                loss.backward()
                opt.step()
            """,
            """
            def generator_step(G, D, z, opt):
                fake = G(z)
                score = D(fake.detach())
                loss = F.softplus(-score).mean()
                opt.zero_grad()
                loss.backward()
                opt.step()
            """,
        ),
        Example(
            "in the loss",
            "Gan.step.g_loss",
            """
            class Gan:
                def step(self, z):
                    fake = self.gen(z)
                    g_loss = bce(self.disc(fake), self.ones)
                    g_loss.backward()
            """,
            """
            class Gan:
                def step(self, z):
                    fake = self.gen(z)
                    g_loss = bce(self.disc(fake.detach()), self.ones)
                    g_loss.backward()
            """,
        ),
        Example(
            "a critic",
            "g_loss",
            "generated = generator(noise)\ng_loss = -critic(generated).mean()\n",
            "generated = generator(noise)\ng_loss = -critic(generated.detach()).mean()\n",
        ),
    )
    untouched = ("d_loss = disc(fake.detach()).mean() - disc(real).mean()\n", "loss = head(encoder(x))\n")

    def breaks(self, script: Script) -> Iterator[Break]:
        """Detach what the generator made where it is judged with its graph."""
        for spot in script.of(cst.Call):
            call = spot.node
            assert isinstance(call, cst.Call)
            if not _JUDGE.search(dotted(call.func)) or not call.args:
                continue
            fake = call.args[0].value
            if dotted(fake) and _FAKE.search(dotted(fake)):
                new = expression(f"{script.code(fake)}.detach()")
                yield Break(spot.scope, bound_name(spot, dotted(call.func)), call, {fake: by(new)})
