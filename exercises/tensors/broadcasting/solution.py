import torch


def broadcast_shape(*shapes: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of the sum of tensors of these shapes. ValueError if they do not fit."""
    rank = max((len(shape) for shape in shapes), default=0)
    padded = [(1,) * (rank - len(shape)) + tuple(shape) for shape in shapes]
    result = []
    for column in zip(*padded, strict=True):
        sizes = set(column) - {1}
        if len(sizes) > 1:
            raise ValueError(f"{shapes} do not broadcast: {sorted(sizes)} meet in one dimension")
        result.append(sizes.pop() if sizes else 1)
    return tuple(result)


def scale_channels(images: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """images: (B, C, H, W); weights: (C,) or (B, C). Returns (B, C, H, W)."""
    if weights.shape not in (images.shape[1:2], images.shape[:2]):
        raise ValueError(f"weights of shape {tuple(weights.shape)} for images of shape {tuple(images.shape)}")
    return images * weights[..., None, None]  # (B, C, H, W) * (C, 1, 1) or (B, C, 1, 1)


def squared_distances(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """a: (..., n, d); b: (..., m, d). Returns the squared distances of all pairs: (..., n, m)."""
    if a.shape[-1] != b.shape[-1]:
        raise ValueError(f"points of {a.shape[-1]} and of {b.shape[-1]} dimensions")
    difference = a.unsqueeze(-2) - b.unsqueeze(-3)  # (..., n, 1, d) - (..., 1, m, d) -> (..., n, m, d)
    return difference.square().sum(-1)  # (..., n, m)
