"""A learner of callbacks that may cancel: first a search for the learning rate, then one cycle."""
import copy
from functools import partial
import torch
from torch import nn, tensor, optim
import torch.nn.functional as F
from torch.utils.data import TensorDataset, DataLoader

class CancelFitException(Exception): pass
class CancelBatchException(Exception): pass
class CancelEpochException(Exception): pass

class Callback:
    order = 0

class MetricCB(Callback):
    def before_epoch(self, learn): self.tot, self.n, self.loss = 0., 0, 0.
    def after_batch(self, learn):
        xb, yb = learn.batch
        if not learn.model.training:
            self.tot += (learn.preds.argmax(1) == yb).float().sum().item()
            self.n += len(yb)
            self.loss += learn.loss.item() * len(yb)
    def after_epoch(self, learn):
        if self.n: print(learn.epoch, self.tot / self.n, self.loss / self.n)

class TrainCB(Callback):
    def predict(self, learn): learn.preds = learn.model(learn.batch[0])
    def get_loss(self, learn): learn.loss = learn.loss_func(learn.preds, learn.batch[1])
    def backward(self, learn): learn.loss.backward()
    def step(self, learn): learn.opt.step()
    def zero_grad(self, learn): learn.opt.zero_grad()

class LRFinderCB(Callback):
    "Raise lr each batch till the loss explodes"
    def __init__(self, mult=1.4, mx=4): self.mult, self.mx = mult, mx
    def before_fit(self, learn):
        self.lrs, self.losses, self.min = [], [], float('inf')
    def after_batch(self, learn):
        if not learn.training: raise CancelEpochException()
        self.lrs.append(learn.opt.param_groups[0]['lr'])
        loss = learn.loss.item()
        self.losses.append(loss)
        self.min = min(self.min, loss)
        if loss > self.min * self.mx or len(self.lrs) > 40: raise CancelFitException()
        for g in learn.opt.param_groups: g['lr'] *= self.mult

class BatchSchedCB(Callback):
    def __init__(self, sched): self.sched = sched
    def before_fit(self, learn): self.sch = self.sched(learn.opt)
    def after_batch(self, learn):
        if learn.training: self.sch.step()

class Learner:
    def __init__(self, model, dls, loss_func, lr=0.1, cbs=None, opt_func=optim.SGD):
        self.model, self.dls, self.loss_func, self.lr, self.opt_func = model, dls, loss_func, lr, opt_func
        self.cbs = [TrainCB()] + list(cbs or [])
    def callback(self, name):
        for cb in self.cbs:
            f = getattr(cb, name, None)
            if f: f(self)
    def one_batch(self):
        self.callback('predict'); self.callback('get_loss')
        if self.training:
            self.callback('backward'); self.callback('step'); self.callback('zero_grad')
    def one_epoch(self, train):
        self.model.train(train)
        self.training = train
        self.dl = self.dls[0 if train else 1]
        try:
            self.callback('before_epoch')
            for self.batch in self.dl:
                try:
                    self.one_batch()
                    self.callback('after_batch')
                except CancelBatchException: pass
            self.callback('after_epoch')
        except CancelEpochException: pass
    def fit(self, n, cbs=()):
        for cb in cbs: self.cbs.append(cb)
        self.opt = self.opt_func(self.model.parameters(), self.lr)
        try:
            self.callback('before_fit')
            for self.epoch in range(n):
                self.one_epoch(True)
                with torch.no_grad(): self.one_epoch(False)
        except CancelFitException: pass
        finally:
            for cb in cbs: self.cbs.remove(cb)

torch.manual_seed(42)
centers = torch.randn(5, 10) * 2
y = torch.randint(0, 5, (600,))
x = centers[y] + torch.randn(600, 10)
mean, std = x[:480].mean(0), x[:480].std(0)
x = (x - mean) / std
dls = (DataLoader(TensorDataset(x[:480], y[:480]), 32, shuffle=True), DataLoader(TensorDataset(x[480:], y[480:]), 64))
def get_model(): return nn.Sequential(nn.Linear(10, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(.2), nn.Linear(32, 5))
model = get_model()
init = copy.deepcopy(model.state_dict())
learn = Learner(model, dls, F.cross_entropy, lr=1e-3)
finder = LRFinderCB()
learn.fit(3, [finder])
best = finder.lrs[min(range(len(finder.losses)), key=finder.losses.__getitem__)] / 10
print('suggested', best)
model.load_state_dict(init)
learn.lr = min(max(best, 0.02), 0.2)
sched = partial(optim.lr_scheduler.OneCycleLR, max_lr=learn.lr, total_steps=4 * len(dls[0]))
learn.fit(4, [BatchSchedCB(sched), MetricCB()])
