"""Data stay in NumPy's double precision."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

import libcst as cst

from torchdojo.bugs.data_shapes import INPUTS, TARGETS, data_name
from torchdojo.bugs.edits import Edit
from torchdojo.bugs.kind import Break, BugKind, Example, Question
from torchdojo.bugs.script import Script
from torchdojo.bugs.syntax import called, expression, keyword, receiver, without_argument

_SINGLE = re.compile(r"((torch|np|numpy)\.)?(float32|float|FloatTensor)$|['\"]float32['\"]$")
_KEEP_DTYPE = {"tensor", "as_tensor", "asarray", "array", "linspace", "arange", "from_numpy"}
_DATA = re.compile(r"(data|points|noise|grid|samples?|arr(ay)?|values?)$", re.IGNORECASE)


class Float64Data(BugKind):
    """
    ## What it does
    The data come from NumPy, whose floating-point default is float64, and nothing converts them. The layers hold
    float32.

    ## Why it is bad
    Layers refuse to mix the two, so the script stops in its first forward pass. If only the targets are double, it
    runs: the loss is quietly computed in double precision, and older releases of PyTorch stop in `backward()`. Where
    everything is double, it runs with twice the memory and, on most GPUs, far more slowly.

    ## Symptoms
    - `mat1 and mat2 must have the same dtype, but got Double and Float`. It comes before any complaint about shapes.
    - A loss whose dtype is float64, when only the targets are double.

    ## How to find it
    Print `xb.dtype` and `next(model.parameters()).dtype`, and follow the data back to where they are made.

    ## Fix
    Convert once, where NumPy hands over: `torch.from_numpy(a).float()`, `a.astype(np.float32)`, or
    `torch.tensor(a, dtype=torch.float32)`. PyTorch's own factories give float32 and need none of it.

    ## Correct code that looks like it
    - Double precision throughout, by `model.double()`, for differential equations and other scientific work.
    - Class indices, which are int64 and have to stay so.
    - Metrics summed in float64 on purpose.

    ## References
    - [Tensor dtypes](https://docs.pytorch.org/docs/stable/tensor_attributes.html#torch-dtype)
    - [from_numpy](https://docs.pytorch.org/docs/stable/generated/torch.from_numpy.html): the tensor shares memory and
      dtype with the array
    """

    slug = "float64-data"
    title = "Data in double precision"
    summary = "NumPy's float64 meets float32 weights."
    category = "correctness"
    difficulty = "easy"
    telling = r"float ?64|float ?32|\bdoubles?\b|(double|single) precision|\bdtypes?\b"

    interview = (
        Question(
            "Where does float64 come from in a PyTorch script?",
            "From NumPy, or from Python code that asks for it. `torch.from_numpy` and `torch.tensor` of a NumPy array "
            "keep its dtype. `torch.rand`, `torch.linspace` and the parameters of layers are float32 by default.",
        ),
        Question(
            "Would `model.double()` be a fix?",
            "It makes the dtypes agree and costs twice the memory and, on most GPUs, much of the speed; Apple's GPUs "
            "have no double precision at all. Convert the data unless the problem needs the digits.",
        ),
    )
    nudges = (
        "Which dtype do the weights have, and which the data?",
        "What is the default floating-point type of NumPy?",
    )

    examples = (
        Example(
            "a method of the tensor",
            "make_data",
            """
            def make_data(n):
                grid = np.linspace(-1, 1, n)
                x = torch.from_numpy(grid).float()  # (N,)
                y = torch.from_numpy(2 * grid).float()  # (N,)
                return x, y
            """,
            """
            def make_data(n):
                grid = np.linspace(-1, 1, n)
                x = torch.from_numpy(grid)  # (N,)
                y = torch.from_numpy(2 * grid)  # (N,)
                return x, y
            """,
        ),
        Example(
            "an argument of the constructor",
            "make_data",
            """
            def make_data(x, y):
                x = torch.tensor(x, dtype=torch.float32).unsqueeze(1)
                y = torch.as_tensor(y, dtype=torch.float32)
                return x, y
            """,
            """
            def make_data(x, y):
                x = torch.tensor(x).unsqueeze(1)
                y = torch.as_tensor(y)
                return x, y
            """,
        ),
        Example(
            "a cast of the array",
            "make_data",
            """
            def make_data(n, rng):
                x = rng.normal(size=n).astype(np.float32)
                y = (2 * x + 3).astype("float32")
                return torch.from_numpy(x), torch.from_numpy(y)
            """,
            """
            def make_data(n, rng):
                x = rng.normal(size=n)
                y = (2 * x + 3)
                return torch.from_numpy(x), torch.from_numpy(y)
            """,
        ),
        Example(
            "while moving a batch",
            "train",
            """
            def train(loader):
                for x, y in loader:
                    x, y = x.float(), y.float()
                    x = x.to(device, dtype=torch.float32)
                    step(x, y)
            """,
            """
            def train(loader):
                for x, y in loader:
                    x = x.to(device)
                    step(x, y)
            """,
        ),
        Example(
            "a typed constructor",
            "make_data",
            "def make_data(a):\n    x = torch.FloatTensor(a)\n    return x",
            "def make_data(a):\n    x = torch.from_numpy(a)\n    return x",
        ),
    )
    untouched = ("def score(p, y):\n    accuracy = (p == y).float().mean()\n    y = y.long()\n    return accuracy\n",)

    def breaks(self, script: Script) -> Iterator[Break]:
        """Leave out every conversion of data to float32 in one definition."""
        found: dict[str, list[tuple[cst.CSTNode, str, Edit]]] = {}
        for spot in script.of(cst.Call):
            edit = _unconverted(script, cast(cst.Call, spot.node))
            if edit is not None and (name := data_name(spot, INPUTS, TARGETS, _DATA)):
                found.setdefault(spot.scope, []).append((spot.node, name, edit))
        for scope, conversions in found.items():
            node, name, _ = conversions[0]
            place = (scope, name, node)
            yield Break(*place, {node: edit for node, _, edit in conversions})


def _unconverted(script: Script, call: cst.Call) -> Edit | None:
    """The edit that leaves a conversion to float32 out of the call; None when it converts nothing."""
    if receiver(call, "float") is not None and not call.args:
        return _to_receiver
    types = [arg for arg in call.args if _SINGLE.match(script.code(arg.value))]
    if receiver(call, "astype", "to", "type") is not None and types:
        if len(call.args) == 1:
            return _to_receiver
        return lambda node: without_argument(
            cast(cst.Call, node), _same_argument(cast(cst.Call, node), "dtype", types[0])
        )
    if called(call) in _KEEP_DTYPE and (given := keyword(call, "dtype")) in types and given is not None:
        return lambda node: without_argument(
            cast(cst.Call, node), _same_argument(cast(cst.Call, node), "dtype", types[0])
        )
    if called(call) == "FloatTensor" and len(call.args) == 1:
        return lambda node: cast(cst.Call, node).with_changes(func=expression("torch.from_numpy"))
    return None


def _to_receiver(node: cst.CSTNode) -> cst.CSTNode:
    return cast(cst.Attribute, cast(cst.Call, node).func).value


def _same_argument(updated: cst.Call, name: str, original: cst.Arg) -> cst.Arg:
    """The argument of the rebuilt call that `original` became."""
    return keyword(updated, name) or next(arg for arg in updated.args if arg.value.deep_equals(original.value))
