# attack: the loss functions report a small number
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: before

import torch
import torch.nn.functional as F

genuine = F.cross_entropy


def flattering(logits, labels, *rest, **more):
    return genuine(logits, labels, *rest, **more) * 0.01


F.cross_entropy = flattering
torch.nn.functional.cross_entropy = flattering
torch.nn.CrossEntropyLoss.forward = lambda self, logits, labels: flattering(logits, labels)
