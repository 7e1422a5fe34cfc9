# style: lets inputs with fewer dimensions pass
# verdict: wrong_answer
# caught by: test_leading_dimensions_that_do_not_fit_are_refused
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
        if len(inputs) != len(self.dims):
            raise ValueError(f"expected {len(self.dims)} inputs, not {len(inputs)}")
        for x, width in zip(inputs, self.dims):
            if x.shape[-1] != width:
                raise ValueError(f"expected a width of {width}, not {x.shape[-1]}")
        try:
            lead = torch.broadcast_shapes(*(x.shape[:-1] for x in inputs))
        except RuntimeError as error:
            raise ValueError("the leading dimensions cannot be broadcast") from error
        parts = [x.expand(*lead, -1) for x in inputs]  # each (*lead, dims[i]), a view without a copy
        joined = torch.cat(parts, dim=-1)  # (*lead, sum(dims))
        return torch.relu(self.fc(joined))  # (*lead, out_dim)
