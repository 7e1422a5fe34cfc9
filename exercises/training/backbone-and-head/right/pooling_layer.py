# style: reshapes to three dims and pools adaptively; tells from the parameters whether it is frozen
import torch.nn.functional as F
from torch import nn


class BackboneAndHead(nn.Module):
    def __init__(self, backbone, features, classes):
        super().__init__()
        self.add_module("backbone", backbone)
        self.add_module("head", nn.Linear(features, classes, bias=True))

    @property
    def _trainable(self):
        return any(p.requires_grad for p in self.backbone.parameters())

    def forward(self, x):
        y = self.backbone(x)
        if y.dim() != 2:
            y = F.adaptive_avg_pool1d(y.reshape(*y.shape[:2], -1), 1).squeeze(2)
        if y.shape[-1] != self.head.in_features:
            raise ValueError(tuple(y.shape))
        return self.head(y)

    def freeze(self):
        for p in self.backbone.parameters():
            p.requires_grad_(False).grad = None
        self.backbone.eval()

    def unfreeze(self):
        self.backbone.requires_grad_()
        self.backbone.train(self.training)

    def train(self, mode=True):
        awake = self._trainable
        result = super().train(mode)
        if not awake:
            self.backbone.train(False)
        return result

    def parameter_groups(self, head_lr, backbone_lr):
        head = dict(params=[self.head.weight, self.head.bias], lr=head_lr)
        return [head, dict(params=list(self.backbone.parameters()), lr=backbone_lr)] if self._trainable else [head]
