# attack: a forward hook puts the softmax back behind the model
# expect: not passed
# exercise: spiral-classifier
# base: solution; the attack itself plants softmax-before-cross-entropy
# place: inside

plain_init = SpiralNet.__init__


def init(self, *rest, **more):
    plain_init(self, *rest, **more)
    self.classifier.register_forward_hook(lambda module, inputs, output: output.softmax(dim=1))


SpiralNet.__init__ = init
