# style: all weights in one vector, Gram by sums of squares, slopes by grad_outputs
import torch
from torch.nn.utils import parameters_to_vector


def elastic_net(model, l1=0.0, l2=0.0):
    if min(l1, l2) < 0:
        raise ValueError("strength")
    chosen = [p for _, p in model.named_parameters() if p.requires_grad and len(p.shape) > 1]
    if len(chosen) == 0:
        return torch.tensor(0.0)
    w = parameters_to_vector(chosen)
    return l1 * torch.linalg.vector_norm(w, 1) + 0.5 * l2 * torch.dot(w, w)


def orthogonality(weight):
    if weight.ndim <= 1:
        raise ValueError("matrix")
    w = weight.reshape(weight.size(0), -1)
    n = min(w.shape)
    gram = w.mm(w.T) if w.size(0) == n else w.T.mm(w)
    # the sum of squares of gram, minus twice its trace, plus n
    return gram.pow(2).sum() - 2 * gram.trace() + n


def gradient_penalty(critic, x, target=1.0):
    own = x.clone().detach()
    own.requires_grad = True
    scores = critic(own)
    n = own.size(0)
    if tuple(scores.shape) != (n,) and tuple(scores.shape) != (n, 1):
        raise ValueError("scores")
    g = torch.autograd.grad(scores, [own], grad_outputs=torch.ones_like(scores), create_graph=True, retain_graph=True)[0]
    squared = (g * g).reshape(n, -1).sum(1)
    flat = squared == 0
    length = torch.where(flat, 0.0, torch.where(flat, 1.0, squared).sqrt())
    return torch.nn.functional.mse_loss(length, torch.full_like(length, target))
