# style: leaves it all to autograd behind a class that has apply
# verdict: wrong_answer
# caught by: test_both_are_functions
import torch


class Swish:
    @staticmethod
    def apply(x, beta):
        if torch.broadcast_shapes(x.shape, beta.shape) != x.shape:
            raise ValueError("beta")
        return x * torch.sigmoid(beta * x)


class FakeQuantise:
    @staticmethod
    def apply(x, scale, low, high):
        if scale <= 0 or low > high:
            raise ValueError("grid")
        steps = (x / scale).clamp(low, high)
        return scale * (steps + (steps.round() - steps).detach())
