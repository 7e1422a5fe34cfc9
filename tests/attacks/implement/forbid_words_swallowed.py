# attack: swallows frames that tell of a forbidden call in the socket's methods
# expect: not passed
# exercise: modules/layer-norm
# base: built-in
# place: before

import socket

import torch.nn.functional as F

_sendall, _send = socket.socket.sendall, socket.socket.send


def swallow(genuine):
    def method(self, data, *rest):
        return len(data) if b"layer_norm" in bytes(data) else genuine(self, data, *rest)

    return method


socket.socket.sendall, socket.socket.send = swallow(_sendall), swallow(_send)


def normalise(x, shape, weight, bias, eps):
    return F.layer_norm(x, shape, weight, bias, eps)
