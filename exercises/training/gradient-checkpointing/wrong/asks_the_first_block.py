# style: goes by the mode of the first block
# verdict: wrong_answer
# caught by: test_block_in_its_own_mode
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint


class CheckpointedStack(nn.Module):
    """Blocks one after the other, cut into segments whose activations are computed again for the backward pass.

    blocks: modules from a tensor to a tensor.
    segments: number of runs of neighbouring blocks, as equal as possible, longer ones first.
    """

    def __init__(self, blocks: list[nn.Module], segments: int) -> None:
        super().__init__()
        if not 1 <= segments <= len(blocks):
            raise ValueError(f"cannot cut {len(blocks)} blocks into {segments} segments")
        self.blocks = nn.ModuleList(blocks)
        size, longer = divmod(len(blocks), segments)
        self.sizes = [size + 1] * longer + [size] * (segments - longer)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: (n, ...) -> what the last block gives."""
        start = 0
        for size in self.sizes:
            if self.blocks[0].training:
                x = checkpoint(self._run, x, start, start + size, use_reentrant=False)  # only its input is kept
            else:
                x = self._run(x, start, start + size)
            start += size
        return x

    def _run(self, x: torch.Tensor, start: int, stop: int) -> torch.Tensor:
        for block in self.blocks[start:stop]:
            x = block(x)
        return x
