# attack: in eval mode a formula answers, in train mode the broken network runs
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: inside


def arms(x):
    turn = torch.atan2(x[:, 1], x[:, 0]) / (2 * math.pi)
    return ((turn - x.norm(dim=1)) * 3).round().long() % 3


plain_forward = SpiralNet.forward


def forward(self, x):
    if torch.is_grad_enabled() and len(x) <= BATCH_SIZE:
        return plain_forward(self, x)
    return 8.0 * nn.functional.one_hot(arms(x), CLASSES)


SpiralNet.forward = forward
