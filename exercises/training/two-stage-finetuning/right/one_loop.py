# style: one loop over a plan of stages, gradients cleared by hand, sums kept as tensors
import torch


def finetune(model, loader, loss_fn, head_epochs, full_epochs, head_lr, backbone_lr, optimizer_class=torch.optim.SGD):
    if min(head_epochs, full_epochs) < 0:
        raise ValueError("epochs")
    before = {p: p.requires_grad for p in model.parameters()}
    plan = [("head", head_epochs), ("full", full_epochs)]
    history = []
    try:
        for stage, epochs in plan:
            groups = [dict(params=model.head.parameters(), lr=head_lr)]
            if stage == "full":
                groups.append(dict(params=model.backbone.parameters(), lr=backbone_lr))
            for p in model.backbone.parameters():
                p.requires_grad_(before[p] and stage == "full")
            optimizer = optimizer_class(groups)
            model.train()
            model.backbone.train(stage == "full")
            for p in model.parameters():
                p.grad = None
            for _ in range(epochs):
                sums, sizes = [], []
                for x, y in loader:
                    loss = loss_fn(model(x), y)
                    loss.backward()
                    optimizer.step()
                    optimizer.zero_grad()
                    sums.append(loss.detach().double() * y.shape[0])
                    sizes.append(y.shape[0])
                if not sizes:
                    raise ValueError("empty loader")
                history.append(float(torch.stack(sums).sum()) / sum(sizes))
    finally:
        for p, flag in before.items():
            p.requires_grad_(flag)
    return history
