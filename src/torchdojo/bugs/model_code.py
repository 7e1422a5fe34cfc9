"""What of a script belongs to its models: the methods of classes that have a `forward`."""

from __future__ import annotations

import libcst as cst

from torchdojo.bugs.script import Script, Spot
from torchdojo.bugs.syntax import assigned_names


def model_classes(script: Script) -> frozenset[str]:
    """The qualified names of the classes with a method `forward`."""
    return frozenset(
        spot.scope
        for spot in script.of(cst.FunctionDef)
        if spot.scope and isinstance(spot.node, cst.FunctionDef) and spot.node.name.value == "forward"
    )


def in_model(spot: Spot, models: frozenset[str]) -> bool:
    """Whether the spot stands in a method of one of these classes."""
    return any(spot.scope.startswith(f"{name}.") for name in models)


def in_forward(spot: Spot, models: frozenset[str]) -> bool:
    """Whether the spot stands in such a method, but not in the one that builds the layers."""
    return in_model(spot, models) and not spot.scope.endswith(".__init__")


def bound_name(spot: Spot, otherwise: str) -> str:
    """The name that the statement round the spot binds, "return" in a return, else something that says what it is."""
    if names := assigned_names(spot):
        return names[0] or otherwise
    return "return" if spot.inside(cst.Return) is not None else otherwise
