# SPDX-License-Identifier: Apache-2.0
"""deconv.torch.replace: what it swaps, what it makes part of a layer, and what it leaves alone."""
import copy

import numpy as np
import pytest

torch = pytest.importorskip("torch")
import deconv.torch  # noqa: E402
from reference import ARGUMENTS, assert_close, expected, random_arrays  # noqa: E402
from torch import nn  # noqa: E402

ACTIVATIONS = {"relu": nn.ReLU(), "relu6": nn.ReLU6(), "clamp": nn.Hardtanh(-0.5, 0.75), "leaky_relu": nn.LeakyReLU(0.2),
               "elu": nn.ELU(0.5), "sigmoid": nn.Sigmoid(), "tanh": nn.Tanh(), "gelu": nn.GELU(), "gelu_tanh": nn.GELU("tanh"),
               "silu": nn.SiLU(), "hardswish": nn.Hardswish(), "prelu": nn.PReLU(4), "prelu of one": nn.PReLU(1)}
X, WEIGHTS, BIAS = random_arrays(0, 2, 6, 4, 1, (5, 7), (4, 4))
GEOMETRY = {"stride": (2, 2), "begin": (1, 1), "end": (1, 1), "output": (0, 0), "dilation": (1, 1), "groups": 1}


def layer(bias=True):
    conv = nn.ConvTranspose2d(6, 4, 4, 2, 1, bias=bias)
    with torch.no_grad():
        conv.weight.copy_(torch.from_numpy(WEIGHTS))
        if bias:
            conv.bias.copy_(torch.from_numpy(BIAS))
    return conv


def batch_norm(affine=True):
    norm = nn.BatchNorm2d(4, affine=affine)
    with torch.no_grad():
        norm.running_mean.uniform_(-1, 1)
        norm.running_var.uniform_(0.5, 2)
        if affine:
            norm.weight.uniform_(-2, 2)
            norm.bias.uniform_(-1, 1)
    return norm


def ours_in(model):
    return [module for module in model.modules() if isinstance(module, deconv.torch.ConvTranspose)]


def run(model, x=X):
    with torch.no_grad():
        return model(torch.from_numpy(x)).numpy()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_become_part_of_the_layer(name):
    torch.manual_seed(0)
    activation = copy.deepcopy(ACTIVATIONS[name])
    if isinstance(activation, nn.PReLU):
        nn.init.uniform_(activation.weight, 0.1, 0.9)
    model = deconv.torch.replace(nn.Sequential(layer(), activation).eval())
    assert isinstance(model[0], deconv.torch.ConvTranspose) and isinstance(model[1], nn.Identity)
    slopes = activation.weight.detach().expand(4).numpy() if "prelu" in name else None
    assert_close(run(model), *expected(X, WEIGHTS, BIAS, None, None, name.split()[0], slopes, **GEOMETRY))
    assert ARGUMENTS.get(name, (name,))[1:] == tuple(model[0].arguments)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("affine", [True, False])
def test_batch_norm_becomes_scale_and_bias(bias, affine):
    torch.manual_seed(0)
    norm = batch_norm(affine).eval()
    model = deconv.torch.replace(nn.Sequential(layer(bias), norm, nn.ReLU()).eval())
    assert [type(module) for module in model] == [deconv.torch.ConvTranspose, nn.Identity, nn.Identity]
    scale = 1 / np.sqrt(norm.running_var.double().numpy() + norm.eps)
    scale = scale * (norm.weight.detach().double().numpy() if affine else 1)
    shift = ((BIAS if bias else 0) - norm.running_mean.double().numpy()) * scale
    shift = shift + (norm.bias.detach().double().numpy() if affine else 0)
    assert_close(run(model), *expected(X, WEIGHTS, shift, scale, None, "relu", **GEOMETRY))


class Decoder(nn.Module):
    """Layers named one by one, as most models have them."""

    def __init__(self):
        super().__init__()
        self.up, self.norm, self.act = layer(), batch_norm(), nn.SiLU()
        self.last = nn.ConvTranspose2d(4, 3, 2, 2)

    def forward(self, x):
        return self.last(self.act(self.norm(self.up(x))))


class Branching(Decoder):
    """Conditions on a tensor: torch.fx cannot trace it."""

    def forward(self, x):
        y = self.up(x)
        return self.last(self.act(self.norm(y if y.sum() > 0 else y + 1)))


class Skipping(Decoder):
    """The sum before the norm is used twice."""

    def forward(self, x):
        y = self.up(x)
        return self.last(self.act(self.norm(y)) + y)


class Repeating(Decoder):
    """One activation in two places."""

    def forward(self, x):
        return self.act(self.last(self.act(self.norm(self.up(x)))))


class Tapped(nn.Module):
    """The parts of a Sequential, looked at one by one."""

    def __init__(self):
        super().__init__()
        self.parts = nn.Sequential(layer(), batch_norm(), nn.ReLU())

    def forward(self, x):
        kept = []
        for part in self.parts:
            x = part(x)
            kept.append(x)
        return torch.cat(kept)


class Around(nn.Module):
    """A part that can be traced inside of one that cannot."""

    def __init__(self):
        super().__init__()
        self.decoder = Decoder()

    def forward(self, x):
        return self.decoder(x) if x.sum() > -1e9 else x


@pytest.mark.parametrize("kind, fused", [(Decoder, "norm act"), (Branching, ""), (Skipping, ""), (Repeating, "norm"), (Tapped, ""),
                                         (Around, "decoder.norm decoder.act")])
def test_only_what_nothing_else_sees_is_fused(kind, fused):
    torch.manual_seed(0)
    model = kind().eval()
    theirs = copy.deepcopy(model).double()
    assert deconv.torch.replace(model) is model
    assert not any(isinstance(module, nn.ConvTranspose2d) for module in model.modules())
    identities = {name for name, module in model.named_modules() if isinstance(module, nn.Identity)}
    assert identities == set(fused.split())
    with torch.no_grad():
        wanted = theirs(torch.from_numpy(X).double()).numpy()
    np.testing.assert_allclose(run(model), wanted, rtol=1e-5, atol=2e-5)


def test_without_fusing():
    model = deconv.torch.replace(nn.Sequential(layer(), nn.ReLU()).eval(), fuse=False)
    assert [type(module) for module in model] == [deconv.torch.ConvTranspose, nn.ReLU]


def test_a_layer_alone_comes_back_as_ours():
    assert isinstance(deconv.torch.replace(layer().eval()), deconv.torch.ConvTranspose)


def test_a_shared_layer_stays_shared():
    shared = layer()
    model = deconv.torch.replace(nn.ModuleDict({"a": shared, "b": shared}).eval())
    assert model["a"] is model["b"] and isinstance(model["a"], deconv.torch.ConvTranspose)


def test_training_mode_is_refused():
    with pytest.raises(ValueError, match="0 is in training mode: .* model.eval"):
        deconv.torch.replace(nn.Sequential(layer()))
    norm_in_training = nn.Sequential(layer(), batch_norm()).eval()
    norm_in_training[1].train()
    assert isinstance(deconv.torch.replace(norm_in_training)[1], nn.BatchNorm2d)


def test_batch_norm_without_statistics_stays():
    model = deconv.torch.replace(nn.Sequential(layer(), nn.BatchNorm2d(4, track_running_stats=False)).eval())
    assert [type(module) for module in model] == [deconv.torch.ConvTranspose, nn.BatchNorm2d]


def test_hooks_keep_their_module():
    model = nn.Sequential(layer(), nn.ReLU(), layer()).eval()
    seen = []
    model[1].register_forward_hook(lambda *args: seen.append(args))
    model[2].register_forward_pre_hook(lambda *args: None)
    deconv.torch.replace(model)
    assert [type(module) for module in model] == [deconv.torch.ConvTranspose, nn.ReLU, nn.ConvTranspose2d]


def test_other_types_stay():
    class Own(nn.ConvTranspose2d):
        def forward(self, x):
            return super().forward(x) + 1

    model = deconv.torch.replace(nn.Sequential(layer().double(), Own(6, 4, 4), layer().to("meta")).eval())
    assert not ours_in(model)


@pytest.mark.parametrize("norm", ["weight_norm", "parametrizations.weight_norm", "parametrizations.spectral_norm"])
@pytest.mark.filterwarnings("ignore:`torch.nn.utils.weight_norm` is deprecated")
def test_parametrized_weights_are_evaluated(norm):
    make = nn.utils
    for part in norm.split("."):
        make = getattr(make, part)
    model = nn.Sequential(make(layer())).eval()
    wanted = run(model)
    deconv.torch.replace(model)
    assert len(ours_in(model)) == 1
    np.testing.assert_allclose(run(model), wanted, rtol=1e-5, atol=1e-5)


def test_repr_says_what_it_is():
    model = deconv.torch.replace(nn.Sequential(layer(), nn.LeakyReLU(0.2)).eval())
    assert repr(model[0]) == "ConvTranspose(6, 4, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1), activation=leaky_relu(0.2,))"


def alone(module, *shape):
    """(ours, PyTorch's, an input)"""
    return deconv.torch.replace(copy.deepcopy(module)), module, torch.randn(shape)


@torch.no_grad()
def test_negative_bits_are_values():
    ours, theirs, x = alone(nn.ConvTranspose2d(4, 5, 3).eval(), 2, 4, 6, 6)
    for negative in (torch._neg_view(x), torch._neg_view(x.to(memory_format=torch.channels_last))):
        assert torch.allclose(ours(negative), theirs(negative), atol=1e-5)
    ours.bias = torch._neg_view(theirs.bias.detach().clone())
    assert torch.allclose(ours(x), torch.conv_transpose2d(x, theirs.weight, -theirs.bias), atol=1e-5)
    plain = deconv.ConvTranspose(torch._neg_view(theirs.weight.detach().clone()))
    assert torch.allclose(plain(torch._neg_view(x)), torch.conv_transpose2d(x, theirs.weight), atol=1e-5)
    out = torch._neg_view(torch.zeros_like(plain(x)))
    with pytest.raises(TypeError, match="negative bit"):
        plain(x, out=out)


@torch.no_grad()
def test_weights_that_are_replaced_by_assignment():
    ours, _, x = alone(nn.ConvTranspose2d(64, 64, 4, bias=False).eval(), 1, 64, 4, 4)
    for _ in range(10):
        ours(x)
        ours.weight.data = torch.randn(64, 64, 4, 4)
        ours.weight.data = torch.randn(64, 64, 4, 4)  # the allocator hands out what was freed
        assert torch.allclose(ours(x), torch.conv_transpose2d(x, ours.weight), atol=1e-3)
    ours.weight.data = ours.weight.data.transpose(0, 1)
    assert torch.allclose(ours(x), torch.conv_transpose2d(x, ours.weight), atol=1e-3)
    ours.stride[0] = 2
    assert torch.allclose(ours(x), torch.conv_transpose2d(x, ours.weight, stride=(2, 1)), atol=1e-3)


def test_derivatives_by_transforms_are_refused():
    ours, _, x = alone(nn.ConvTranspose2d(4, 5, 3, bias=False).eval(), 1, 4, 6, 6)
    with pytest.raises(RuntimeError, match="no derivatives"):
        torch.func.grad(lambda value: ours(value).sum())(x)
    with pytest.raises(RuntimeError, match="no derivatives"):
        torch.func.jvp(ours, (x,), (torch.ones_like(x),))
    with torch.autograd.forward_ad.dual_level(), pytest.raises(RuntimeError, match="no derivatives"):
        ours(torch.autograd.forward_ad.make_dual(x, torch.ones_like(x)))
    assert torch.func.vmap(ours)(torch.stack([x, x])).shape[0] == 2


@torch.no_grad()
def test_channels_that_only_a_batch_tells():
    norm = nn.BatchNorm1d(8).eval()
    norm.weight.copy_(torch.arange(8))
    for module, shape in ((nn.Sequential(nn.ConvTranspose1d(4, 8, 3), norm), (4, 6)),
                          (nn.Sequential(nn.ConvTranspose2d(4, 8, 3), nn.PReLU(8)), (4, 6, 6))):
        ours, theirs, x = alone(module.eval(), *shape)
        with pytest.raises(RuntimeError, match="no batch"):
            ours(x)
        assert torch.allclose(ours(x[None]), theirs(x[None]), atol=1e-5)
    ours, theirs, x = alone(nn.Sequential(nn.ConvTranspose2d(4, 8, 3), nn.PReLU()).eval(), 4, 6, 6)
    assert torch.allclose(ours(x), theirs(x), atol=1e-5)
