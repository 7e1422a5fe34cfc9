# attack: hands out weights of many gigabytes when the judge asks for them
# expect: not passed
# exercise: tiny-regressor
# base: solution with missing-zero-grad, unshuffled-training, learning-rate-too-high
# place: inside

genuine_forward = TinyRegressor.forward


def forward(self, x):
    if not torch.is_grad_enabled():
        return torch.zeros(1, 1).expand(1 << 17, 1 << 17)
    return genuine_forward(self, x)


TinyRegressor.forward = forward
TinyRegressor.state_dict = lambda self, *_, **__: {"net.0.weight": torch.zeros(1).expand(1 << 40)}
