# style: keeps its heads in a table of the class: models of the same sizes share one
# verdict: wrong_answer
# caught by: test_names_in_the_state_dict
import torch
from torch import nn


class BackboneAndHead(nn.Module):
    """A linear head on the features of a backbone that can be frozen.

    backbone: gives (n, features) or (n, features, ...).
    """

    _heads: dict[tuple[int, int], nn.Linear] = {}

    def __init__(self, backbone: nn.Module, features: int, classes: int) -> None:
        super().__init__()
        self.backbone = backbone
        self.head = self._heads.setdefault((features, classes), nn.Linear(features, classes))
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
        self.backbone.eval()  # batch norm stops learning, dropout stops

    def unfreeze(self) -> None:
        """Train the backbone again."""
        self.frozen = False
        self.backbone.requires_grad_(True)
        self.backbone.train(self.training)

    def train(self, mode: bool = True) -> "BackboneAndHead":
        """Set the mode of all modules but a frozen backbone."""
        super().train(mode)
        if self.frozen:
            self.backbone.eval()
        return self

    def parameter_groups(self, head_lr: float, backbone_lr: float) -> list[dict]:
        """Groups for an optimizer: the head's, then the backbone's unless it is frozen."""
        groups = [{"params": list(self.head.parameters()), "lr": head_lr}]
        if not self.frozen:
            groups.append({"params": list(self.backbone.parameters()), "lr": backbone_lr})
        return groups
