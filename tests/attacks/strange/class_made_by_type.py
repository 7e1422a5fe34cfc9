# attack: a class built by type() from functions of a dict
# expect: passed
# exercise: modules/layer-norm
# base: solution
# place: after

LayerNorm = type(
    "Layer", (nn.Module,), {name: vars(LayerNorm)[name] for name in ("forward",)}
    | {"__init__": lambda self, normalized_shape, eps=1e-5: _init(self, normalized_shape, eps)}
)


def _init(self, shape, eps):
    super(LayerNorm, self).__init__()
    self.eps = eps
    self.weight, self.bias = nn.Parameter(torch.ones(shape)), nn.Parameter(torch.zeros(shape))
