# style: zip without a look at the number of inputs
# verdict: runtime_error
# caught by: test_another_number_of_inputs_is_refused
import torch
from torch import nn


class ConcatBlock(nn.Module):
    """ReLU(fc([x_1; ...; x_k]))"""

    def __init__(self, dims: list[int], out_dim: int) -> None:
        super().__init__()
        if not dims:
            raise ValueError("at least one input is needed")
        self.dims = list(dims)
        self.fc = nn.Linear(sum(dims), out_dim)

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        """inputs[i]: (..., dims[i]). Returns (..., out_dim)."""
        for x, width in zip(inputs, self.dims):
            if x.shape[-1] != width:
                raise ValueError(f"expected a width of {width}, not {x.shape[-1]}")
        if len({x.ndim for x in inputs}) > 1:
            raise ValueError("the inputs differ in their number of dimensions")
        try:
            lead = torch.broadcast_shapes(*(x.shape[:-1] for x in inputs))
        except RuntimeError as error:
            raise ValueError("the leading dimensions cannot be broadcast") from error
        parts = [x.expand(*lead, -1) for x in inputs]  # each (*lead, dims[i]), a view without a copy
        joined = torch.cat(parts, dim=-1)  # (*lead, sum(dims))
        return torch.relu(self.fc(joined))  # (*lead, out_dim)
