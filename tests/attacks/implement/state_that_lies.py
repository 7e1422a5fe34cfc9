# attack: keeps no weights, and pretends in its state dict to have what was loaded
# expect: not passed
# exercise: modules/layer-norm
# base: solution
# place: after

class LayerNorm(LayerNorm):
    def load_state_dict(self, state, *args, **kwargs):
        self._told = dict(state)

    def state_dict(self, *args, **kwargs):
        return self.__dict__.get("_told") or super().state_dict(*args, **kwargs)

    def named_parameters(self, *args, **kwargs):
        return iter(self.state_dict().items())
