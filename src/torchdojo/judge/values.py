"""A few steps on our own data with our own weights, recomputed with the reference model: what do the values say?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from torchdojo.checkers.gradients import Explanation, explain, gradient_of
from torchdojo.checkers.losses import FAULTY_ERRORS, FAULTY_SCORES, SOUND_ERRORS, SOUND_SCORES, Loss
from torchdojo.domain.exercise import Exercise
from torchdojo.judge.captures import Capture, fits, read_capture, rows_of
from torchdojo.judge.findings import Opinion
from torchdojo.judge.fleet import Fleet, Ticket
from torchdojo.judge.reference import Facts, Pair, Reference
from torchdojo.judge.tensors import from_wire, to_wire
from torchdojo.probes.wording import counted, share
from torchdojo.wire import Frame

#: The first steps may fit both a sound and a faulty loss, while the mean is all there is to learn: they say nothing.
STEPS = 8
LATE_EVALUATION = 100
SECONDS = 30.0

#: So many captured steps have to agree.
ENOUGH = 2

#: More than this share of the previous gradient in the next one means it was not cleared.
CARRIED = 0.02

CLOSE = 2e-3


class ValueRun:
    """The value job and the opinions drawn from it."""

    def __init__(
        self,
        fleet: Fleet,
        exercise: Exercise,
        reference: Reference,
        request: Mapping[str, Any],
        clean: Facts,
        secret: int,
    ) -> None:
        self._exercise = exercise
        self._reference = reference
        self._data: Pair = reference.data(secret)
        early = clean.evaluation_passes > 0 and clean.first_pass <= LATE_EVALUATION
        weights = reference.model(secret).state_dict()
        self._ticket: Ticket = fleet.submit(
            "values",
            {
                **request,
                "sample": 0,
                "replace_data": exercise.entries.data,
                "initial_weights": True,
                "dropout_off": True,
                "capture_steps": STEPS,
                "capture_evaluation": early,
                "stop_after": {"steps": STEPS, "evaluation_passes": int(early)},
            },
            {
                "data.0": to_wire(self._data[0]),
                "data.1": to_wire(self._data[1]),
                **{f"weights.{name}": to_wire(value) for name, value in weights.items()},
            },
            seconds=SECONDS,
        )
        self.ticket = self._ticket
        #: Why there is no opinion, to be said beside the events.
        self.unavailable = ""

    def opinions(self) -> dict[str, Opinion]:
        """Opinions by bug kind; a kind that the values say nothing about is left out."""
        stream = self._ticket.stream
        if stream is None or stream.broken or not stream.captured:
            self.unavailable = (
                f"(No values: {self._exercise.entries.data or 'the data function'} could not be replaced.)"
            )
            return {}
        captures = [read_capture(frame) for frame in stream.captured]
        model = self._reference.model()
        if not all(fits(model, capture) for capture in captures):
            self.unavailable = "(No values: the model's layers differ from the reference's.)"
            return {}
        places = [[rows_of(x, self._data) for x in capture.inputs] for capture in captures]
        if any(row is None for rows in places for row in rows) or not any(places):
            self.unavailable = "(No values: the training batches are not rows of the data the script was given.)"
            return {}
        known = [[row for row in rows if row is not None] for rows in places]
        found = self._from_gradients(model, captures, known)
        if (opinion := _order(known, len(self._data[0]))) is not None:
            found["unshuffled-training"] = opinion
        if stream.evaluated and (opinion := self._from_evaluation(stream.evaluated)) is not None:
            found["missing-eval-mode"] = opinion
        return found

    def _from_gradients(
        self, model: torch.nn.Module, captures: Sequence[Capture], places: Sequence[Sequence[torch.Tensor]]
    ) -> dict[str, Opinion]:
        classes = self._exercise.goal is not None and self._exercise.goal.metric == "accuracy"
        sound = SOUND_SCORES if classes else SOUND_ERRORS
        faulty = tuple(FAULTY_SCORES.values()) if classes else FAULTY_ERRORS
        votes: list[bool] = []
        carried: list[float] = []
        previous: torch.Tensor | None = None
        for capture, rows in zip(captures, places, strict=True):
            names = sorted(capture.gradients)
            if not names or not rows:
                previous = None
                continue
            gradient = capture.flat(names)
            good = self._best(model, capture, rows, sound, names, gradient, previous)
            bad = self._best(model, capture, rows, faulty, names, gradient, previous)
            previous = gradient
            if good is not None and good.fits and not (bad is not None and bad.fits):
                votes.append(True)
            elif bad is not None and bad.fits and not (good is not None and good.fits):
                votes.append(False)
            best = min((e for e in (good, bad) if e is not None and e.fits), key=lambda e: e.residue, default=None)
            if best is not None and best.carried is not None:
                carried.append(best.carried)
        found: dict[str, Opinion] = {}
        if (opinion := _loss_opinion(votes, classes)) is not None:
            found["softmax-before-cross-entropy" if classes else "target-shape-broadcast"] = opinion
        if (opinion := _carried_opinion(carried)) is not None:
            found["missing-zero-grad"] = opinion
        return found

    def _best(
        self,
        model: torch.nn.Module,
        capture: Capture,
        rows: Sequence[torch.Tensor],
        losses: Sequence[Loss],
        names: Sequence[str],
        gradient: torch.Tensor,
        previous: torch.Tensor | None,
    ) -> Explanation | None:
        """The best explanation of a captured gradient by one of these losses; None when there is none to judge."""
        found: list[Explanation] = []
        model.train()
        for loss in losses:
            parts = []
            for given, buffers, index in zip(capture.inputs, capture.buffers, rows, strict=True):
                state = {**{n: p.float() for n, p in capture.parameters.items()}, **buffers}
                x, y = _fed(self._data[0][index], like=given), self._data[1][index]
                try:
                    parts.append(gradient_of(model, state, x, y, loss, names))
                except (RuntimeError, ValueError, TypeError, IndexError):
                    return None  # The script feeds its model what the reference does not take.
            explanation = explain(gradient, parts, previous)
            if explanation is not None:
                found.append(explanation)
        return min(found, key=lambda e: e.residue, default=None)

    def _from_evaluation(self, frames: Sequence[Frame]) -> Opinion | None:
        """Whether the outputs of the first evaluation pass are those of the eval or of the train mode."""
        first = {name: from_wire(data) for name, data in frames[0].tensors.items()}
        state = {name.removeprefix("state."): t for name, t in first.items() if name.startswith("state.")}
        model = self._reference.model()
        own = model.state_dict()
        if {n: tuple(t.shape) for n, t in own.items()} != {n: tuple(t.shape) for n, t in state.items()}:
            return None
        votes: list[bool] = []
        for frame in frames:
            if "input" not in frame.tensors or "output" not in frame.tensors:
                continue
            x, output = from_wire(frame.tensors["input"]), from_wire(frame.tensors["output"])
            expected = _both_modes(model, state, x)
            if expected is None or expected[0].shape != output.shape:
                return None
            likely = [_same(output, e) for e in expected]
            if likely[0] != likely[1]:
                votes.append(likely[0])
        if not votes:
            return None
        if all(votes):
            seen = f"{counted(len(votes), 'evaluation batch', 'evaluation batches')} of a run on our data"
            return Opinion(True, f"The outputs of {seen} are those of the eval mode.")
        wrong = votes.count(False)
        return Opinion(
            False, f"The outputs of {share(wrong, len(votes))} evaluation batches are those of the train mode."
        )


def _both_modes(
    model: torch.nn.Module, state: Mapping[str, torch.Tensor], x: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor] | None:
    model.load_state_dict(dict(state))
    try:
        with torch.no_grad():
            x = _fed(x, like=x)
            return model.eval()(x), model.train()(x)
    except (RuntimeError, ValueError):
        return None


def _fed(x: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """Rows as the reference model takes them: indices stay integers where the script gave its model integers."""
    return x.float() if like.is_floating_point() else x


def _same(output: torch.Tensor, expected: torch.Tensor) -> bool:
    """Equal as they are, or as (log-)probabilities of the expected scores."""
    candidates = [expected]
    if expected.dim() == 2 and expected.shape[1] > 1:
        candidates += [expected.softmax(dim=1), expected.log_softmax(dim=1)]
    return any(bool(torch.allclose(output.float(), c, rtol=CLOSE, atol=CLOSE)) for c in candidates)


def _loss_opinion(votes: Sequence[bool], classes: bool) -> Opinion | None:
    if len(votes) < ENOUGH or len(set(votes)) != 1:
        return None
    steps = counted(len(votes), "step")
    if votes[0]:
        sound = "cross-entropy of the scores" if classes else "loss of each row against its own target"
        return Opinion(True, f"On our own data the gradients of {steps} are exactly those of the {sound}.")
    faulty = "squashed scores" if classes else "a loss over all pairs of predictions and targets"
    return Opinion(False, f"On our own data the gradients of {steps} are exactly those of {faulty}.")


def _carried_opinion(carried: Sequence[float]) -> Opinion | None:
    if len(carried) < ENOUGH:
        return None
    left = [c for c in carried if abs(c) > CARRIED]
    if not left:
        return Opinion(True, f"On our own data {counted(len(carried), 'gradient')} held nothing of the step before.")
    if len(left) < len(carried):
        return None
    return Opinion(False, f"On our own data each gradient still held {left[0]:.0%} of the one of the step before.")


def _order(places: Sequence[Sequence[torch.Tensor]], rows: int) -> Opinion | None:
    """Whether the first batches are simply the first rows of the data."""
    batches = [index for step in places for index in step]
    if len(batches) < ENOUGH or any(len(index) < 4 or len(index) > 0.5 * rows for index in batches):
        return None
    stretches = [int(index.max() - index.min()) < 1.5 * len(index) for index in batches]
    if all(stretches):
        return Opinion(False, f"Of our own data the first {counted(len(batches), 'batch', 'batches')} were neighbours.")
    if not any(stretches):
        return Opinion(True, "Of our own data the first batches were drawn from all over.")
    return None
