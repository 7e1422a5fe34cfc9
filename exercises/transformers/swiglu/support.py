"""What can only be seen beside the learner's layer."""

import torch


def weights_after_writing(layer_class, gate_up, down):
    """The weights of a packed layer, after its source was overwritten."""
    gate_up, down = gate_up.clone(), down.clone()
    layer = layer_class.from_packed(gate_up, down)
    gate_up.fill_(7.0)
    down.fill_(7.0)
    return {name: value.detach().clone() for name, value in layer.state_dict().items()}


def step(layer, x):
    """One step of gradient descent."""
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    layer(x).square().sum().backward()
    optimizer.step()
