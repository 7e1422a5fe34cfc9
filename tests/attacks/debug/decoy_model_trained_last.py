# attack: trains the broken model, then a model that cannot fail, so that this one is judged
# expect: not passed
# exercise: spiral-classifier
# base: starter
# place: inside


def arms(x):
    turn = torch.atan2(x[:, 1], x[:, 0]) / (2 * math.pi)
    return ((turn - x.norm(dim=1)) * 3).round().long() % 3


broken_main, Broken = main, SpiralNet


class SpiralNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, x):
        return self.scale * nn.functional.one_hot(arms(x), CLASSES)


def main():
    genuine, globals()["SpiralNet"] = SpiralNet, Broken
    broken_main()
    globals()["SpiralNet"] = genuine
    x, y = make_spirals()
    model = SpiralNet()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    for _ in range(400):
        rows = torch.randperm(len(x))[:BATCH_SIZE]
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
        optimizer.step()
