# style: turns off gradients and leaves batch norm and dropout running
# verdict: wrong_answer
# caught by: test_freezing
import torch
from torch import nn


class BackboneAndHead(nn.Module):
    """A linear head on the features of a backbone that can be frozen.

    backbone: gives (n, features) or (n, features, ...).
    """

    def __init__(self, backbone: nn.Module, features: int, classes: int) -> None:
        super().__init__()
        self.backbone = backbone
        self.head = nn.Linear(features, classes)
        self.frozen = False

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x: what the backbone takes, batch first -> logits (n, classes)."""
        features = self.backbone(x)  # (n, features) or (n, features, ...)
        if features.dim() > 2:
            features = features.flatten(2).mean(dim=2)  # (n, features)
        if features.shape[1] != self.head.in_features:
            raise ValueError(f"the head takes {self.head.in_features} features, the backbone gives {features.shape[1]}")
        return self.head(features)  # (n, classes)

    def freeze(self) -> None:
        """From now on, training changes nothing in the backbone."""
        self.frozen = True
        self.backbone.requires_grad_(False)
        self.backbone.zero_grad(set_to_none=True)  # an optimizer skips what has no gradient

    def unfreeze(self) -> None:
        """Train the backbone again."""
        self.frozen = False
        self.backbone.requires_grad_(True)
        self.backbone.train(self.training)

    def parameter_groups(self, head_lr: float, backbone_lr: float) -> list[dict]:
        """Groups for an optimizer: the head's, then the backbone's unless it is frozen."""
        groups = [{"params": list(self.head.parameters()), "lr": head_lr}]
        if not self.frozen:
            groups.append({"params": list(self.backbone.parameters()), "lr": backbone_lr})
        return groups
