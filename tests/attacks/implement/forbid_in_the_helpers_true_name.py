# attack: compiles code under the very name that the checks' helpers carry
# expect: forbidden
# exercise: modules/layer-norm
# base: built-in
# place: before

exec(compile("import torch.nn.functional as F\ndef normalise(*args): return F.layer_norm(*args)\n", "<support>", "exec"))
