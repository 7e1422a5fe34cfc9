# style: keeps 1e-8 under the root at least
# verdict: wrong_answer
# caught by: test_flat_critic_gives_no_nan
import torch


def elastic_net(model, l1=0.0, l2=0.0):
    if l1 < 0 or l2 < 0:
        raise ValueError("negative")
    ps = [p for p in dict.fromkeys(model.parameters()) if p.dim() > 1 and p.requires_grad]
    if not ps:
        return torch.zeros(())
    flat = torch.nn.utils.parameters_to_vector(ps)
    return l1 * flat.abs().sum() + l2 / 2 * torch.dot(flat, flat)


def orthogonality(weight):
    if weight.dim() < 2:
        raise ValueError("dims")
    w = weight.reshape(weight.shape[0], -1)
    g = w @ w.mT if w.shape[0] <= w.shape[1] else w.mT @ w
    return (g - torch.eye(len(g), dtype=w.dtype)).pow(2).sum()


def gradient_penalty(critic, x, target=1.0):
    with torch.enable_grad():
        v = x.detach().clone().requires_grad_()
        s = critic(v)
        if tuple(s.shape) not in ((len(x),), (len(x), 1)):
            raise ValueError("scores")
        (g,) = torch.autograd.grad(s, v, torch.ones_like(s), create_graph=True)
        n = g.flatten(1).square().sum(1).clamp_min(1e-8).sqrt()
        return ((n - target) ** 2).mean()
