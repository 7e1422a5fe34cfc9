# style: nn.Linear under a new name
# verdict: runtime_error
# caught by: test_another_width_is_refused
from torch import nn


class Linear(nn.Linear):
    pass
