# attack: functions whose names resemble forbidden ones
# expect: passed
# exercise: modules/layer-norm
# base: solution
# place: after

_right = LayerNorm.forward


def layer_norm(self, x):
    torch.nn.functional.normalize(x.detach().reshape(len(x) if x.ndim else 1, -1) if x.numel() else x)
    torch.nn.init.ones_(torch.empty(2))
    return _right(self, x)


LayerNorm.forward = layer_norm
