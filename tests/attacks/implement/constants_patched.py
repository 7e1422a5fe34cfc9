# attack: tolerance constants and number formats of torch are replaced
# expect: not passed
# exercise: losses/focal-loss
# base: starter
# place: after

torch.finfo = lambda dtype: type("Info", (), {"eps": 1e9, "max": 0.0, "tiny": 1e9, "resolution": 1e9})
torch.testing = type("T", (), {"assert_close": staticmethod(lambda *_, **__: None)})
torch.manual_seed = torch.randn = torch.rand = lambda *_, **__: torch.zeros(())


def focal_loss(logits, *args, **kwargs):
    return torch.zeros(())
