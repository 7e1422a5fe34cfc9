# attack: a module that is a dataclass
# expect: passed
# exercise: modules/layer-norm
# base: solution
# place: after

import dataclasses

_forward = LayerNorm.forward


@dataclasses.dataclass(eq=False)
class LayerNorm(nn.Module):
    normalized_shape: int
    eps: float = 1e-5

    def __post_init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(self.normalized_shape))
        self.bias = nn.Parameter(torch.zeros(self.normalized_shape))

    def __new__(cls, *args, **kwargs):
        made = super().__new__(cls)
        nn.Module.__init__(made)
        return made

    def __setattr__(self, name, value):
        if "_parameters" in self.__dict__:
            return super().__setattr__(name, value)
        object.__setattr__(self, name, value)

    forward = _forward
