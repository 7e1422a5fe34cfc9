# style: loops over parameters, remembers nothing but a set of names of frozen children
import torch
from torch import nn


class BackboneAndHead(nn.Module):
    def __init__(self, backbone, features, classes):
        super().__init__()
        self.backbone, self.head = backbone, nn.Linear(features, classes)
        self._asleep = set()

    def forward(self, x):
        maps = self.backbone(x)
        extra = tuple(range(2, maps.ndim))
        pooled = maps.mean(extra) if extra else maps
        if pooled.size(-1) != self.head.weight.size(1):
            raise ValueError("features")
        return torch.addmm(self.head.bias, pooled, self.head.weight.t())

    def _set(self, trainable):
        for p in self.backbone.parameters():
            p.requires_grad = trainable
            if not trainable:
                p.grad = None

    def freeze(self):
        self._asleep.add("backbone")
        self._set(False)
        self.train(self.training)

    def unfreeze(self):
        self._asleep.discard("backbone")
        self._set(True)
        self.train(self.training)

    def train(self, mode=True):
        self.training = mode
        for name, child in self.named_children():
            child.train(mode and name not in self._asleep)
        return self

    def parameter_groups(self, head_lr, backbone_lr):
        rates = {"head": head_lr, "backbone": backbone_lr}
        return [
            {"params": getattr(self, name).parameters(), "lr": lr}
            for name, lr in rates.items()
            if name not in self._asleep
        ]
