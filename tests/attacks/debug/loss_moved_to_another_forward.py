# attack: moves the losses of training to a forward that never trains, by the mark on the output's graph node
# expect: not passed
# exercise: spiral-classifier
# base: solution plants softmax-before-cross-entropy
# place: inside

plain_forward = SpiralNet.forward


def forward(self, x):
    return torch.nn.functional.softmax(plain_forward(self, x), dim=1)


class Moved(nn.CrossEntropyLoss):
    def forward(self, outputs, targets):
        node = outputs.grad_fn
        if node is not None:
            for key, value in list(node.metadata.items()):
                if isinstance(value, tuple):
                    node.metadata[key] = (value[0], 10**9)
        return super().forward(outputs, targets)


SpiralNet.forward = forward
nn.CrossEntropyLoss = Moved
