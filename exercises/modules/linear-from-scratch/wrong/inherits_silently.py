# style: nn.Linear under a new name
# verdict: forbidden
# caught by: test_weight_and_bias_are_parameters
from torch import nn


class Linear(nn.Linear):
    pass
