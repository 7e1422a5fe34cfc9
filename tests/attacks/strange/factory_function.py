# attack: a function that makes the module where a class is asked for
# expect: passed
# exercise: modules/layer-norm
# base: solution
# place: after

_Layer = LayerNorm


def LayerNorm(*args, **kwargs):
    return _Layer(*args, **kwargs)
