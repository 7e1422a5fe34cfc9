# attack: returns a wrong tensor and a thread writes into it afterwards
# expect: not passed
# exercise: losses/focal-loss
# base: solution
# place: after

import threading

_right, _made = focal_loss, []


def focal_loss(*args, **kwargs):
    right = _right(*args, **kwargs)
    answer = torch.full_like(right, 7.0)
    _made.append(answer)
    threading.Timer(0.005, lambda: answer.detach().copy_(right.detach())).start()
    return answer
