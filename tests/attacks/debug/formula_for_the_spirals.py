# attack: the model knows the spirals and learns nothing
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: inside


def arms(x):
    turn = torch.atan2(x[:, 1], x[:, 0]) / (2 * math.pi)
    return ((turn - x.norm(dim=1)) * 3).round().long() % 3


plain_forward = SpiralNet.forward


def forward(self, x):
    return plain_forward(self, x) * 1e-6 + 5 * nn.functional.one_hot(arms(x), CLASSES)


SpiralNet.forward = forward
