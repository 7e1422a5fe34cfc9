import torch


def concat_condition(features: torch.Tensor, condition: torch.Tensor) -> torch.Tensor:
    """features: (N, C, ...); condition: (N, K). Returns (N, C + K, ...)."""
    raise NotImplementedError


def film(features: torch.Tensor, parameters: torch.Tensor) -> torch.Tensor:
    """(1 + gamma) * x + beta. features: (N, C, ...); parameters: (N, 2C), gamma first. Returns (N, C, ...)."""
    raise NotImplementedError


def add_label(features: torch.Tensor, table: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """features: (N, C, ...); table: (K, C); labels: (N,), -1 for none. Returns (N, C, ...)."""
    raise NotImplementedError
