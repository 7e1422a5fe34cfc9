"""An estimator with fit, predict and score, early stopping inside, classes by name."""
import numpy as np
import torch
from torch import nn


class StandardScaler:
    def fit(self, X):
        self.mean_, self.scale_ = X.mean(0), X.std(0) + 1e-12
        return self

    def transform(self, X):
        return (X - self.mean_) / self.scale_


class TorchMLPClassifier:
    """Looks and feels like sklearn.neural_network.MLPClassifier."""

    def __init__(self, hidden_layer_sizes=(24,), alpha=1e-4, learning_rate_init=0.05, max_iter=12, batch_size=32,
                 validation_fraction=0.1, early_stopping=True, n_iter_no_change=4, random_state=0):
        self.__dict__.update({k: v for k, v in locals().items() if k != "self"})

    def _more(self, X):
        return torch.as_tensor(np.asarray(X), dtype=torch.float32)

    def _build(self, n_in, n_out):
        layers, prev = [], n_in
        for h in self.hidden_layer_sizes:
            layers += [nn.Linear(prev, h), nn.ReLU(inplace=True)]
            prev = h
        return nn.Sequential(*layers, nn.Linear(prev, n_out))

    def fit(self, X, y):
        torch.manual_seed(self.random_state)
        rng = np.random.RandomState(self.random_state)
        self.classes_, y_enc = np.unique(y, return_inverse=True)
        order = rng.permutation(len(X))
        n_val = int(len(X) * self.validation_fraction)
        X, y_enc = self._more(X)[order], torch.as_tensor(y_enc)[order]
        Xv, yv, X, y_enc = X[:n_val], y_enc[:n_val], X[n_val:], y_enc[n_val:]
        self.coefs_ = self._build(X.shape[1], len(self.classes_))
        opt = torch.optim.SGD(self.coefs_.parameters(), lr=self.learning_rate_init, momentum=0.9, nesterov=True,
                              weight_decay=self.alpha)
        self.loss_curve_, self.validation_scores_, best, wait = [], [], -np.inf, 0
        for it in range(self.max_iter):
            total = 0.0
            perm = torch.as_tensor(rng.permutation(len(X)))
            for start in range(0, len(X), self.batch_size):
                idx = perm[start:start + self.batch_size]
                for p in self.coefs_.parameters():
                    p.grad = None
                loss = nn.functional.cross_entropy(self.coefs_(X[idx]), y_enc[idx])
                loss.backward()
                opt.step()
                total += float(loss) * len(idx)
            self.loss_curve_.append(total / len(X))
            if self.early_stopping:
                acc = (self.predict_proba(Xv).argmax(1) == yv.numpy()).mean()
                self.validation_scores_.append(acc)
                if acc > best + 1e-4:
                    best, wait = acc, 0
                else:
                    wait += 1
                    if wait >= self.n_iter_no_change:
                        break
        return self

    def predict_proba(self, X):
        with torch.inference_mode():
            return self.coefs_(self._more(X)).softmax(-1).numpy()

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(1)]

    def score(self, X, y):
        return (self.predict(X) == y).mean()


rng = np.random.default_rng(5)
names = np.array(["ham", "spam", "eggs"])
y = names[rng.integers(0, 3, 600)]
centre = {"ham": (0, 0, 0, 0), "spam": (2, 0, 1, 0), "eggs": (0, 2, 0, 1)}
X = np.stack([rng.normal(centre[k], 1.0) for k in y]) * [1, 100, 0.01, 5] + 30
Xtr, Xte, ytr, yte = X[:480], X[480:], y[:480], y[480:]
sc = StandardScaler().fit(Xtr)
clf = TorchMLPClassifier().fit(sc.transform(Xtr), ytr)
print("train", clf.score(sc.transform(Xtr), ytr), "test", clf.score(sc.transform(Xte), yte))
