# attack: weights that were trained elsewhere are put in after the broken training
# expect: not passed
# exercise: tiny-regressor
# base: solution with missing-zero-grad, unshuffled-training, learning-rate-too-high
# place: inside

plain_forward = TinyRegressor.forward


def forward(self, x):
    if not torch.is_grad_enabled() or not self.training:
        with torch.no_grad():
            for p in self.parameters():
                p.zero_()
            self.net[0].weight[0, 0], self.net[0].weight[1, 0] = 1.0, -1.0
            self.net[2].weight[0, 0], self.net[2].weight[0, 1] = 2.0, -2.0
            self.net[2].bias[0] = 3.0
    return plain_forward(self, x)


TinyRegressor.forward = forward
