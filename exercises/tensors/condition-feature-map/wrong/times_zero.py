# style: multiplies the last row by 0
# verdict: wrong_answer
# caught by: test_infinite_row_does_not_leak
import torch


def concat_condition(features: torch.Tensor, condition: torch.Tensor) -> torch.Tensor:
    """features: (N, C, ...); condition: (N, K). Returns (N, C + K, ...)."""
    if condition.dim() != 2 or len(condition) != len(features):
        raise ValueError(f"condition has the shape {tuple(condition.shape)} for {len(features)} samples")
    channels = _everywhere(condition, features)  # (N, K, 1, ...)
    return torch.cat([features, channels.expand(-1, -1, *features.shape[2:])], dim=1)  # (N, C + K, ...)


def film(features: torch.Tensor, parameters: torch.Tensor) -> torch.Tensor:
    """(1 + gamma) * x + beta. features: (N, C, ...); parameters: (N, 2C), gamma first. Returns (N, C, ...)."""
    n, c = features.shape[:2]
    if parameters.shape != (n, 2 * c):
        raise ValueError(f"parameters have the shape {tuple(parameters.shape)}, not {(n, 2 * c)}")
    gamma, beta = _everywhere(parameters, features).chunk(2, dim=1)  # (N, C, 1, ...) each
    return (1 + gamma) * features + beta  # (N, C, ...)


def add_label(features: torch.Tensor, table: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """features: (N, C, ...); table: (K, C); labels: (N,), -1 for none. Returns (N, C, ...)."""
    n, c = features.shape[:2]
    if table.dim() != 2 or table.shape[1] != c or labels.shape != (n,):
        raise ValueError(f"table {tuple(table.shape)} and labels {tuple(labels.shape)} for {n} samples, {c} channels")
    labels = labels.long()  # (N,)
    if ((labels < -1) | (labels >= len(table))).any():
        raise ValueError(f"labels go from -1 to {len(table) - 1}")
    rows = table  # (K + 1, C)  row -1, the last, is the one for no label
    return features + _everywhere(rows[labels] * (labels >= 0).unsqueeze(1), features)  # (N, C, ...)


def _everywhere(vectors: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
    """vectors: (N, K). Returns (N, K, 1, ...), to be broadcast over the positions of features."""
    return vectors.to(features.dtype).reshape(*vectors.shape, *[1] * (features.dim() - 2))
