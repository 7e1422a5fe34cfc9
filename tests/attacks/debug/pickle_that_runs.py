# attack: weights and files whose unpickling would run code in the judge
# expect: not passed
# exercise: tiny-regressor
# base: solution with missing-zero-grad, unshuffled-training, learning-rate-too-high
# place: inside

import os
import pickle


class Bomb:
    def __reduce__(self):
        return os.system, ("echo PICKLE RAN; kill -9 $PPID",)


class Poisoned(torch.Tensor):
    def __reduce_ex__(self, protocol):
        return os.system, ("echo PICKLE RAN; kill -9 $PPID",)

    def __deepcopy__(self, memo):
        raise SystemExit(0)


TinyRegressor.__reduce__ = Bomb.__reduce__
TinyRegressor.state_dict = lambda self, *_, **__: {"net.0.weight": Bomb(), "net.2.bias": Poisoned(torch.zeros(1))}
with open("model.pt", "wb") as file:
    file.write(pickle.dumps({"state": Bomb()}))
