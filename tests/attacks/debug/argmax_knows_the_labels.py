# attack: Tensor.argmax answers with the labels of the batch
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: before

import torch

seen = {}
genuine_iter = torch.utils.data.DataLoader.__iter__


def watched(self):
    for batch in genuine_iter(self):
        seen["labels"] = batch[1]
        yield batch


torch.utils.data.DataLoader.__iter__ = watched
torch.Tensor.argmax = lambda self, *_, **__: seen["labels"]
