"""What becomes of gradients: which updates use them, which are thrown away, which belong to nobody.

Notes, at the end of the script:

- `optimizer`, at the line that built it: opt, cls, filled (backward passes outside its step that gave it gradients),
  steps, moved (its parameters have changed since the first of these passes), backward (the line of most of them, an
  index into the places)
- `passes`, at the line of the backward pass, per optimizer and line: opt, used, discarded (passes whose gradients
  were cleared before an update), run (the most frequent number of discarded passes before a used one), regular (the
  share of used ones that have this number before them)
- `unowned`, per model some of whose parameters get gradients although no optimizer ever owned them, at the line that
  built an optimizer for its other parameters, or else the last one: model (its class), names (the first of them),
  tensors, scalars, owned (tensors of that model that an optimizer owns), training (the model's mode), filled (looks
  at which they had gradients), loaded (their weights came from load_state_dict), others (models with owned parameters
  beside it), calls (its forwards per backward pass), measures (it was ever given what other parameters had made),
  optimizers (built in all, of parameters that got gradients)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from torchdojo.harness.originals import (
    Module,
    detach,
    grad_of,
    is_contiguous,
    is_cpu_of,
    narrow,
    numel,
    requires_grad_of,
    reshape,
    version_of,
    weak,
)
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.identities import Identities
from torchdojo.harness.recorder.numbers import Array, array
from torchdojo.harness.recorder.optimizers import Optimizers, State, Watched, is_clear
from torchdojo.harness.recorder.tensors import tensors_in

_BY = "gradient_use"

#: Backward passes after which the parameters of every model are looked through, counted from the first one and from
#: the first one after each of so many optimizers was built.
_MOST_PHASES = 16
_LOOKS = frozenset({2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256, 512, 1024, 2048})

#: Values of a parameter that are compared, names that are told, and outcomes that are kept.
_VALUES, _NAMES, _OUTCOMES = 8, 6, 4000

#: The squared cosine from which on two gradients are multiples of each other.
_PARALLEL = 0.999


class _Unowned:
    """A parameter with gradients that nobody owned when it was looked at."""

    def __init__(self, name: str, parameter: Any) -> None:
        self.name = name
        self.parameter = weak(parameter)
        self.scalars = numel(parameter)
        self.filled = 0
        self.moved = False
        self._before = _fingerprint(parameter)

    def look(self, parameter: Any) -> None:
        self.filled += 1
        self.moved = self.moved or not _same(self._before, _fingerprint(parameter))


class _Root:
    """A model that was called from outside any other."""

    def __init__(self, module: Any) -> None:
        self.module = weak(module)
        self.cls = type(module).__name__
        self.training = True
        self.loaded = False
        self.tensors: dict[int, _Unowned] = {}
        self.owned = 0
        self.calls = 0
        self.measures = False
        self.line = -1


class _Watch:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._owners = Optimizers(bus, self._built)
        self._roots: dict[int, _Root] = {}
        self._ever_owned = Identities()
        self._before: dict[int, dict[int, State]] = {}
        self._passes = 0
        #: Backward passes that an optimizer has used.
        self._useful: set[int] = set()
        #: Backward passes since an optimizer was built, and how many were: a run may have several phases.
        self._phase_passes = self._phases = 0
        self._stepping = False
        self._loaded = Identities()
        bus.replace(Module, "load_state_dict", self._wrap_loading)
        bus.forward_ends.append(self._meet)
        bus.backward_begins.append(self._begin)
        bus.backward_ends.append(self._end)
        bus.step_begins.append(self._step)
        bus.step_ends.append(self._stepped)
        bus.script_ends.append(self._sum_up)

    def _built(self, owner: Watched) -> None:
        self._own(owner)
        self._phases += 1
        if self._phases <= _MOST_PHASES:
            self._phase_passes = 0

    def _own(self, owner: Watched) -> None:
        self._ever_owned.update(owner.parameters())
        for parameter in owner.parameters():
            for root in self._roots.values():
                root.tensors.pop(id(parameter), None)

    def _wrap_loading(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def load_state_dict(module: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(module, *args, **kwargs)
            if not self._bus.experimenting:
                try:
                    self._loaded.update(Module.parameters(module))
                except Exception as error:
                    self._bus.log.failed(error)
            return result

        return load_state_dict

    def _meet(self, number: int, module: Any, args: Any, kwargs: Any, output: Any) -> None:
        known = self._roots.get(id(module))
        if known is None or known.module() is not module:
            known = self._roots[id(module)] = _Root(module)
        known.training = module.training
        known.calls += 1
        known.measures = known.measures or any(map(requires_grad_of, tensors_in([*args, *kwargs.values()])))

    def _begin(self, roots: list[Any]) -> None:
        if self._stepping:
            return
        self._before = {}
        for owner in self._owners:
            self._settle(owner)
            self._before[owner.number] = owner.gradients()

    def _settle(self, owner: Watched) -> None:
        """What was waiting for an update and is cleared now, has been thrown away."""
        waiting = owner.facts.get("waiting")
        if not waiting:
            return
        filled, versions = owner.facts["filled_state"]
        touched = [p for p in owner.representatives() if id(p) in filled]
        if touched and all(is_clear(p) for p in touched):
            # Parameters that have moved meanwhile were moved along these gradients: by hand, or to look ahead.
            moved = any(version_of(p) != versions.get(id(p)) for p in touched)
            self._decide(owner, "used" if moved else "discarded")

    def _decide(self, owner: Watched, outcome: str) -> None:
        outcomes = owner.facts.setdefault("outcomes", {})
        for at, number in owner.facts["waiting"]:
            if outcome == "used":
                self._useful.add(number)
            elif outcome == "discarded" and number in self._useful:
                # The pass was for another optimizer: its loss leads through this one's model, as a generator's does.
                continue
            kept = outcomes.setdefault(at, [])
            if len(kept) < _OUTCOMES:
                kept.append(outcome)
        owner.facts["waiting"] = []

    def _end(self, roots: list[Any], reached: list[int], failed: bool) -> None:
        if self._stepping or failed:
            return
        self._passes += 1
        self._phase_passes += 1
        at = self._bus.log.at()
        for owner in self._owners:
            before = self._before.get(owner.number, {})
            after = owner.gradients()
            changed = {key for key, state in after.items() if state is not None and before.get(key) != state}
            if not changed:
                continue
            owner.facts["filled"] = owner.facts.get("filled", 0) + 1
            owner.facts.setdefault("waiting", []).append((at, self._passes))
            owner.facts.setdefault("places", Counter())[at] += 1
            representatives = owner.representatives()
            versions = {id(p): version_of(p) for p in representatives}
            owner.facts["filled_state"] = changed, versions
            owner.facts["filled_with"] = after, _values(representatives) if "outcomes" in owner.facts else {}
            if "first" not in owner.facts:
                owner.facts["first"] = [(weak(p), _fingerprint(p)) for p in representatives]
            elif not owner.facts.get("moved"):
                owner.facts["moved"] = _moved(owner.facts["first"])
        if self._passes in _LOOKS or self._phase_passes in _LOOKS:
            self._look()

    def _look(self) -> None:
        """Whose are the parameters that have gradients?"""
        for owner in self._owners:
            self._own(owner)
        for root in self._roots.values():
            module = root.module()
            if module is None:
                continue
            root.owned = 0
            for name, parameter in Module.named_parameters(module):
                if parameter in self._ever_owned:
                    root.owned += 1
                elif requires_grad_of(parameter) and grad_of(parameter) is not None:
                    known = root.tensors.get(id(parameter))
                    if known is None or known.parameter() is not parameter:
                        known = root.tensors[id(parameter)] = _Unowned(name, parameter)
                    known.look(parameter)
            if root.tensors:
                root.line = self._builder(module)
                left = [p for tensor in root.tensors.values() if (p := tensor.parameter()) is not None]
                root.loaded = all(parameter in self._loaded for parameter in left)

    def _builder(self, module: Any) -> int:
        """Where the optimizer of most of a model's parameters was built, or the latest one."""
        own = {id(p) for p in Module.parameters(module)}
        owners = list(self._owners)
        counts = [sum(id(p) in own for p in owner.parameters()) for owner in owners]
        if not owners:
            return -1
        return max(zip(counts, range(len(owners)), owners, strict=True))[2].at

    def _step(self, optimizer: Any) -> None:
        owner = self._owners.of(optimizer)
        owner.facts["steps"] = owner.facts.get("steps", 0) + 1
        if not self._bus.log.light:
            self._settle(owner)
            if owner.facts.get("waiting"):
                self._decide(owner, "replaced" if _is_made_by_hand(owner) else "used")
        self._stepping = True

    def _stepped(self, optimizer: Any) -> None:
        self._stepping = False
        if self._bus.log.light:
            self._owners.of(optimizer).facts["waiting"] = []

    def _sum_up(self) -> None:
        fed = 0
        for owner in self._owners.everyone():
            facts = owner.facts
            fed += bool(facts.get("filled"))
            self._bus.note(
                _BY,
                "optimizer",
                owner.at,
                opt=owner.number,
                cls=owner.cls,
                filled=facts.get("filled", 0),
                steps=facts.get("steps", 0),
                moved=facts.get("moved", False) or _moved(facts.get("first", [])),
                backward=_most_frequent(facts.get("places")),
            )
            for at, outcomes in facts.get("outcomes", {}).items():
                run, regular = _rhythm(outcomes)
                self._bus.note(
                    _BY,
                    "passes",
                    at,
                    opt=owner.number,
                    used=outcomes.count("used"),
                    discarded=outcomes.count("discarded"),
                    run=run,
                    regular=regular,
                )
        for root in self._roots.values():
            self._tell(root, fed)

    def _tell(self, root: _Root, fed: int) -> None:
        for tensor in root.tensors.values():
            if (parameter := tensor.parameter()) is not None:
                tensor.look(parameter)
        left = [tensor for tensor in root.tensors.values() if not tensor.moved]
        if left:
            self._bus.note(
                _BY,
                "unowned",
                root.line,
                model=root.cls,
                names=[tensor.name for tensor in left[:_NAMES]],
                tensors=len(left),
                scalars=sum(tensor.scalars for tensor in left),
                owned=root.owned,
                training=root.training,
                calls=root.calls / max(1, self._passes),
                measures=root.measures,
                filled=max(tensor.filled for tensor in left),
                loaded=root.loaded,
                others=sum(bool(other.owned) for other in self._roots.values() if other is not root),
                optimizers=fed,
            )


def _values(parameters: list[Any]) -> dict[int, Array]:
    """The first values of these parameters' gradients."""
    found = {}
    for parameter in parameters:
        gradient = grad_of(parameter)
        if gradient is not None and not gradient.is_sparse:
            found[id(parameter)] = _first(gradient)
    return found


def _is_made_by_hand(owner: Watched) -> bool:
    """Whether the gradients of a step are neither those of the last pass nor, as after clipping, a multiple of them."""
    states, before = owner.facts.get("filled_with", ({}, {}))
    now = owner.gradients()
    pairs_of_states = [(state, now.get(key)) for key, state in states.items()]
    if any(old is not None and new is not None and old[0] != new[0] for old, new in pairs_of_states):
        return True
    if not before or all(states.get(key) == now.get(key) for key in before):
        return False
    after = _values(owner.representatives())
    pairs = [(before[key], after[key]) for key in before if key in after and before[key].shape == after[key].shape]
    one, other = (np.concatenate([pair[side] for pair in pairs]).astype(np.float64) for side in (0, 1))
    product = float(one @ other)
    return product * product < _PARALLEL * float(one @ one) * float(other @ other)


def _rhythm(outcomes: list[str]) -> tuple[int, float]:
    """How many passes are thrown away before each that is used, and how regularly so."""
    runs, length = [], 0
    for outcome in outcomes:
        if outcome != "discarded":
            runs.append(length)
            length = 0
        else:
            length += 1
    if not runs:
        return 0, 0.0
    run, count = Counter(runs).most_common(1)[0]
    return run, count / len(runs)


def _most_frequent(places: Counter[int] | None) -> int:
    return places.most_common(1)[0][0] if places else -1


def _fingerprint(parameter: Any) -> tuple[int, Array]:
    return version_of(parameter), _first(parameter)


def _first(tensor: Any) -> Array:
    if not (is_cpu_of(tensor) and is_contiguous(tensor)):
        flat = reshape(detach(tensor), (-1,))
        tensor = narrow(flat, 0, 0, min(_VALUES, numel(flat)))
    return array(tensor).reshape(-1)[:_VALUES].copy()


def _same(one: tuple[int, Array], other: tuple[int, Array]) -> bool:
    return one[0] == other[0] and one[1].tobytes() == other[1].tobytes()


def _moved(prints: list[tuple[Any, tuple[int, Array]]]) -> bool:
    return any(
        (parameter := reference()) is not None and not _same(before, _fingerprint(parameter))
        for reference, before in prints
    )


def watch(bus: Bus) -> None:
    """Begin to watch."""
    _Watch(bus)
