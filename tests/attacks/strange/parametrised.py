# attack: weights behind torch's own containers and hooks
# expect: passed
# exercise: modules/layer-norm
# base: solution
# place: after

class LayerNorm(LayerNorm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.register_forward_pre_hook(lambda module, args: (args[0].clone(),))
        self.register_forward_hook(lambda module, args, output: output.contiguous())

    def __getattr__(self, name):
        return super().__getattr__(name)
