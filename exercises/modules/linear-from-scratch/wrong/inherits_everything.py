# style: a subclass of nn.Linear that only adds the check of the width
# verdict: forbidden
# caught by: test_weight_and_bias_are_parameters
from torch import nn


class Linear(nn.Linear):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__(in_features, out_features, bias)

    def forward(self, x):
        if x.shape[-1] != self.in_features:
            raise ValueError("width")
        return super().forward(x)
