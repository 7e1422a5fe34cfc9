"""A learner with callbacks in the style of fast libraries: events by name, metrics by callback."""
from functools import partial

import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset


class Callback:
    order = 0


class TrainCB(Callback):
    def predict(self, learn):
        learn.preds = learn.model(learn.batch[0])

    def get_loss(self, learn):
        learn.loss = learn.loss_func(learn.preds, learn.batch[1])

    def backward(self, learn):
        learn.loss.backward()

    def step(self, learn):
        learn.opt.step()

    def zero_grad(self, learn):
        learn.opt.zero_grad()


class MetricsCB(Callback):
    order = 1

    def before_epoch(self, learn):
        self.total, self.hits, self.n = 0.0, 0, 0

    def after_batch(self, learn):
        size = len(learn.batch[0])
        self.total += learn.loss.detach().item() * size
        self.hits += (learn.preds.detach().argmax(1) == learn.batch[1]).sum().item()
        self.n += size

    def after_epoch(self, learn):
        phase = "train" if learn.training else "valid"
        print(f"{phase} {learn.epoch} loss {self.total / self.n:.4f} acc {self.hits / self.n:.3f}")


class Learner:
    def __init__(self, model, dls, loss_func, lr, cbs, opt_func=optim.SGD):
        self.model, self.dls, self.loss_func, self.lr, self.opt_func = model, dls, loss_func, lr, opt_func
        self.cbs = sorted(cbs, key=lambda cb: cb.order)

    def __call__(self, name):
        for cb in self.cbs:
            method = getattr(cb, name, None)
            if method is not None:
                method(self)

    def one_epoch(self, training):
        self.training = training
        self.model.train(training)
        self("before_epoch")
        for self.batch in self.dls[0 if training else 1]:
            self("predict")
            self("get_loss")
            if training:
                self("backward")
                self("step")
                self("zero_grad")
            self("after_batch")
        self("after_epoch")

    def fit(self, n_epochs):
        self.opt = self.opt_func(self.model.parameters(), self.lr)
        for self.epoch in range(n_epochs):
            self.one_epoch(True)
            with torch.no_grad():
                self.one_epoch(False)


torch.manual_seed(33)
x = torch.randn(300, 7)
y = (x[:, 0] > x[:, 1]).long()
make = partial(DataLoader, batch_size=25)
dls = make(TensorDataset(x[:250], y[:250]), shuffle=True), make(TensorDataset(x[250:], y[250:]))
model = nn.Sequential(nn.Linear(7, 20), nn.ReLU(), nn.Linear(20, 2))
Learner(model, dls, nn.functional.cross_entropy, 0.2, [TrainCB(), MetricsCB()]).fit(4)
