import pytest, torch
import support
from torchdojo.checkers import *
def test_module(submission, reference, rng):
    x = torch.randn(4, 3, generator=rng)
    t = submission.Net(3); o = reference.Net(3)
    t.load_state_dict(o.state_dict())
    assert_same_state(t.state_dict(), o.state_dict())
    assert t.eval() is t
    o.eval()
    y = t(x); assert_close(y, o(x))
    assert_close(submission.act(x, t.forward), y)
    y.pow(2).sum().backward(); o.zero_grad(); o(x).pow(2).sum().backward()
    assert_close(t.gradients(), {k: p.grad for k, p in o.named_parameters()})
    assert_close(t.fc.weight.grad, o.fc.weight.grad)
    assert t.training is False and t.fc.in_features == 3
    assert_registered_parameters(t, o)
    assert dict(t.named_buffers()).keys() == {"n"}
    assert len(t) == 7 and t[1] == 2 and list(t) == [0, 2, 4]
    assert t.cfg == {"d": 3, "t": (1, None, "x")}
    assert t.layers[0] is t.fc
    t.train(); assert not torch.equal(t(x), t(x))
    t.to(torch.float64); assert t.fc.weight.dtype == torch.float64
    assert isinstance(t.fc.weight, torch.Tensor)
    t.fc.bias.requires_grad
    t.extra = 5; assert t.extra == 5
    with torch.no_grad(): assert not t(x.double()).requires_grad
    assert_state_dict_round_trip(lambda: submission.Net(3), x)
def test_functions(submission, rng):
    x = torch.randn(4, 3, generator=rng)
    assert submission.same(x, x) == (True, True)
    assert submission.same(x.t(), x) == (True, False)
    assert_alias(submission.flip(x), x)
    assert submission.flip(x).stride() == x.t().stride()
    p = submission.point(x); assert p._fields == ("a", "b"); assert_close(p.b, [x, x + 1])
    assert_alias(p.a, x); assert_no_alias(p.b[1], x)
    g = list(submission.gen(3)); assert_close(g[2], torch.full((2,), 2.))
    with pytest.raises(ValueError, match="bad"): submission.bad(x)
    with pytest.raises(SubmissionError): submission.bad(x)
    with pytest.raises(KeyError): submission.bad2(x)
    with pytest.raises(AttributeError): submission.nothing
    with may_change(x):
        b = x.clone(); submission.sgd_(x, torch.ones(4, 3), 0.5); assert_close(x, b - 0.5)
    y = x.clone().requires_grad_(); assert_close(submission.leaf_grad(y), 2 * y.detach()); assert_close(y.grad, 2 * y.detach())
    assert_close(submission.act(x, torch.relu), x.relu()); assert_close(submission.act(x, torch.nn.functional.gelu), torch.nn.functional.gelu(x)); assert_close(submission.act(x, lambda v: v + 1), x + 1)
    assert_close(submission.half(x), x.half().to(torch.bfloat16))
    w = submission.weird(); assert w[torch.float32] == slice(1, None, 2); assert w["e"] is ...; assert w["s"] == {1, 2}; assert w["i"] == 2**80; assert w["b"] == b"\0"; assert w["nan"] != w["nan"]; assert w["c"] == 1j; assert w["size"] == torch.Size([2]); assert w["r"] == range(3); assert w["np"].sum() == 3
    e = x.expand(5, 4, 3); assert submission.same(e, x)[0]
    assert submission.act(torch.zeros(0, 3), torch.relu).shape == (0, 3)
def test_train(submission, rng):
    x, y = torch.randn(6, 3, generator=rng), torch.randn(6, 2, generator=rng)
    model = submission.support.TinyNet(); ref = support.TinyNet(); ref.load_state_dict(model.state_dict())
    opt = submission.torch.optim.SGD(model.parameters(), lr=0.1)
    seen = []
    losses = submission.train(model, submission.support.loader(x, y, 2), opt, on_step=lambda i, l: seen.append(i))
    o = torch.optim.SGD(ref.parameters(), lr=0.1)
    for i in range(3):
        o.zero_grad(); ((ref(x[2*i:2*i+2]) - y[2*i:2*i+2]) ** 2).mean().backward(); o.step()
    assert_same_state(model.state_dict(), ref.state_dict()); assert seen == [1, 2, 3] and len(losses) == 3
    assert_close(submission.support.gradients(model), list(model.gradients().values())); assert submission.support.named_parameters() == "ours"
    log = []
    with submission.ctx(log.append) as v: assert v == 5
    assert log == ["in", "out"]
    assert submission.uses_iter(iter([1, 2, 3])) == [1, 2]
    with submission.counting() as c: submission.act(torch.randn(4, 3), torch.nn.Linear) if False else model(x)
    assert c.flops == 2 * 6 * 3 * 2; assert c.calls["aten.addmm"] == 1; assert c.largest_bytes == 48
    with submission.counting() as c: assert_close(submission.slopes(x), x.cos())
    assert c.calls["aten.sin"] == 1
    z = submission.keep(torch.ones(2)); z.add_(1); assert_close(z.clone(), torch.full((2,), 2.))
    h = submission.Square; t = torch.tensor([1., 3.], requires_grad=True); h.apply(t).sum().backward(); assert_close(t.grad, torch.tensor([2., 6.]))
    assert_true_gradients(lambda q: submission.Square.apply(q), torch.randn(3, dtype=torch.float64))
    submission.torch.manual_seed(3); a = submission.torch.randn(2); torch.manual_seed(3); assert_close(a, torch.randn(2))
    submission.support.TinyNet
