# style: fills the mask row by row, rows without any key get finite scores first
import torch


def causal_mask(queries, keys=None, window=None, device=None):
    if keys is None:
        keys = queries
    if keys < queries:
        raise ValueError("more queries than keys")
    if window is not None and window < 1:
        raise ValueError("window")
    mask = torch.zeros((queries, keys), dtype=torch.bool, device=device)
    for row in range(queries):
        position = keys - queries + row
        start = 0 if window is None else max(0, position + 1 - window)
        mask[row, start : position + 1] = True
    return mask


def causal_softmax(scores, keep=None, window=None):
    mask = causal_mask(scores.size(2), scores.size(3), window, scores.device)[None, None]
    if keep is not None:
        if list(keep.shape) != [scores.size(0), scores.size(3)]:
            raise ValueError("keep")
        mask = torch.einsum("hqk,bk->bhqk", mask[0].float(), keep.float()).bool()
    nothing = ~mask.any(-1, keepdim=True)
    scores = scores.masked_fill(~mask, float("-inf")).masked_fill(nothing, 0.0)
    return torch.nn.functional.softmax(scores, -1) * (~nothing)
