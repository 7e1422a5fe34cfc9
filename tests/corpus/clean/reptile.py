"""Reptile on sine waves: inner loops on a copy, outer update by interpolation; no outer optimizer."""
from copy import deepcopy

import numpy as np
import torch
from torch import nn

seed = 0
plot_every = 5
inner_stepsize = 0.02
inner_epochs = 2
outer_stepsize0 = 0.5
n_iterations = 12

rng = np.random.RandomState(seed)
torch.manual_seed(seed)
x_all = np.linspace(-5, 5, 50)[:, None]
n_train = 10


def gen_task():
    phase = rng.uniform(low=0, high=2 * np.pi)
    ampl = rng.uniform(0.1, 5)
    return lambda x: np.sin(x + phase) * ampl


model = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))


def totorch(x):
    return torch.tensor(x, dtype=torch.float32)


def train_on_batch(x, y):
    x, y = totorch(x), totorch(y)
    model.zero_grad()
    ypred = model(x)
    loss = (ypred - y).pow(2).mean()
    loss.backward()
    for param in model.parameters():
        param.data -= inner_stepsize * param.grad.data


def predict(x):
    with torch.no_grad():
        return model(totorch(x)).numpy()


f_plot = gen_task()
xtrain_plot = x_all[rng.choice(len(x_all), size=n_train)]

for iteration in range(n_iterations):
    weights_before = deepcopy(model.state_dict())
    f = gen_task()
    y_all = f(x_all)
    for _ in range(inner_epochs):
        inds = rng.permutation(len(x_all))
        for start in range(0, len(x_all), n_train):
            mbinds = inds[start : start + n_train]
            train_on_batch(x_all[mbinds], y_all[mbinds])
    weights_after = model.state_dict()
    outerstepsize = outer_stepsize0 * (1 - iteration / n_iterations)
    model.load_state_dict(
        {name: weights_before[name] + (weights_after[name] - weights_before[name]) * outerstepsize for name in weights_before}
    )

    if (iteration + 1) % plot_every == 0:
        weights_before = deepcopy(model.state_dict())
        for inneriter in range(8):
            train_on_batch(xtrain_plot, f_plot(xtrain_plot))
        lossval = np.square(predict(x_all) - f_plot(x_all)).mean()
        model.load_state_dict(weights_before)
        print(f"iteration {iteration + 1}: loss on plotted curve {lossval:.3f}")
