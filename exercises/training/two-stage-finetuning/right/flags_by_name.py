# style: both stages in one loop, flags set by name
import torch


def finetune(model, loader, loss_fn, head_epochs, full_epochs, head_lr, backbone_lr, optimizer_class=torch.optim.SGD):
    if min(head_epochs, full_epochs) < 0:
        raise ValueError("epochs")
    before = {n: p.requires_grad for n, p in model.named_parameters()}
    out = []
    plan = [(1, head_epochs), (2, full_epochs)]
    try:
        for stage, epochs in plan:
            for n, p in model.named_parameters():
                p.requires_grad_(before[n] and (stage == 2 or n.startswith("head.")))
                p.grad = None
            groups = [{"params": model.head.parameters(), "lr": head_lr}]
            if stage == 2:
                groups += [{"params": model.backbone.parameters(), "lr": backbone_lr}]
            opt = optimizer_class(groups)
            for _ in range(epochs):
                model.train()
                model.backbone.train(stage == 2)
                s = torch.zeros(2, dtype=torch.float64)
                for x, y in loader:
                    loss = loss_fn(model(x), y)
                    opt.zero_grad()
                    loss.backward()
                    opt.step()
                    s += torch.tensor([loss.item() * len(y), len(y)])
                if not s[1]:
                    raise ValueError("no batch")
                out.append((s[0] / s[1]).item())
    finally:
        for n, p in model.named_parameters():
            p.requires_grad_(before[n])
    return out
