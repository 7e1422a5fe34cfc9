"""Parameters of a recurrent layer: those of the module itself are counted."""

from torch import nn

from torchdojo.domain.asking import whole
from torchdojo.judge.computing.measuring import parameters

GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}


def question(rng, level):
    name = rng.choice(["LSTM", "GRU"] if level == 1 else ["LSTM", "GRU", "RNN"])
    inputs, hidden = rng.choice([10, 32, 64, 100, 300]), rng.choice([20, 64, 128, 256])
    layers = rng.choice([1, 2, 3]) if level > 1 else 1
    both = level > 2 and rng.random() < 0.6
    gates, ways = GATES[name], 2 if both else 1
    module = getattr(nn, name)(inputs, hidden, layers, bidirectional=both, device="meta")

    def counted(gates=gates, biases=2, ways=ways, below=hidden * ways):
        sizes = [inputs] + [below] * (layers - 1)
        return sum(ways * gates * hidden * (size + hidden + biases) for size in sizes)

    lines = [
        f"Layer {number + 1}: {ways} × {gates} × {hidden} × ({size} + {hidden} + 2) = {ways * gates * hidden * (size + hidden + 2):,}."
        for number, size in enumerate([inputs] + [hidden * ways] * (layers - 1))
    ]
    return whole(
        f"How many parameters has `nn.{name}({inputs}, {hidden}, num_layers={layers}, bidirectional={both})`?",
        answer=parameters(module),
        formula=counted(),
        working=f"Directions × gates × hidden × (input + hidden + two biases).\n\n{' '.join(lines)} Together {counted():,}.",
        unit="parameters",
        rounding=True,
        mistakes=[
            (counted(biases=1), "one bias vector is counted where PyTorch has two"),
            (counted(biases=0), "the biases are left out"),
            (counted(gates=4), "four gates are counted as in an LSTM"),
            (counted(gates=3), "three gates are counted as in a GRU"),
            (counted(gates=1), "the gates are left out"),
            (counted(ways=1, below=hidden), "one direction is counted only"),
            (counted(below=hidden), "the layer above is taken to see one direction"),
            (counted(below=inputs), "every layer is given the size of the first one's input"),
        ],
    )
