# SPDX-License-Identifier: Apache-2.0
"""torch.ops.deconv.conv_transpose and the module around it: values, memory formats, packing, refusals."""
import copy
import gc
import pickle

import numpy as np
import pytest

torch = pytest.importorskip("torch")
import deconv.torch  # noqa: E402
from deconv.torch import packed  # noqa: E402
from reference import assert_close, expected, random_arrays  # noqa: E402
from torch import nn  # noqa: E402

# rank, batch, inputs, outputs, groups, extents, kernel, stride, padding, output_padding, dilation
LAYERS = {
    "1-D": (1, 2, 6, 4, 2, (9,), (5,), (3,), (1,), (2,), (1,)),
    "1-D one output": (1, 1, 34, 1, 1, (50,), (32,), (8,), (0,), (0,), (1,)),
    "1-D inverse STFT": (1, 2, 64, 1, 1, (11,), (256,), (64,), (64,), (0,), (1,)),
    "2-D": (2, 2, 6, 4, 1, (5, 7), (4, 4), (2, 2), (1, 1), (0, 0), (1, 1)),
    "2-D dilated": (2, 1, 6, 3, 3, (5, 4), (3, 2), (2, 1), (1, 0), (1, 1), (2, 3)),
    "2-D depthwise": (2, 1, 16, 16, 16, (6, 6), (4, 4), (2, 2), (1, 1), (0, 0), (1, 1)),
    "3-D": (3, 1, 4, 6, 1, (3, 4, 5), (2, 3, 2), (2, 2, 2), (0, 1, 0), (0, 1, 0), (1, 1, 1)),
}
FORMATS = {2: torch.channels_last, 3: torch.channels_last_3d}


def make(name):
    """PyTorch's module, input, and the reference of its output."""
    rank, batch, inputs, outputs, groups, extents, kernel, stride, padding, output_padding, dilation = LAYERS[name]
    x, weights, bias = random_arrays(0, batch, inputs, outputs, groups, extents, kernel)
    kind = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)[rank - 1]
    conv = kind(inputs, outputs, kernel, stride, padding, output_padding, groups, True, dilation).eval()
    with torch.no_grad():
        conv.weight.copy_(torch.from_numpy(weights))
        conv.bias.copy_(torch.from_numpy(bias))
    wanted, error = expected(x, weights, bias, stride=stride, begin=padding, end=padding, output=output_padding, dilation=dilation,
                             groups=groups)
    with torch.no_grad():
        double = copy.deepcopy(conv).double()(torch.from_numpy(x).double()).numpy()
    np.testing.assert_allclose(wanted, double, rtol=1e-12, atol=1e-12)  # the definition is PyTorch's
    return conv, torch.from_numpy(x), wanted, error


def arguments(module, x):
    return (x, module.weight, module.bias, module.scale, module.slopes, module.stride, module.padding, module.output_padding,
            module.dilation, module.groups, module.activation, module.arguments)


@pytest.mark.parametrize("name", LAYERS)
def test_values_and_formats(name):
    conv, x, wanted, error = make(name)
    ours = deconv.torch.replace(conv)
    with torch.no_grad():
        result = ours(x)
        assert_close(result.numpy(), wanted, error)
        assert result.is_contiguous()
        assert_close(ours(x[0]).numpy(), wanted[0], error[0])
        apart = torch.stack([x, x], -1)[..., 0]  # every other element: copied, as PyTorch does
        assert torch.equal(ours(apart), result)
        if x.dim() - 2 in FORMATS:
            last = ours(x.contiguous(memory_format=FORMATS[x.dim() - 2]))
            assert last.is_contiguous(memory_format=FORMATS[x.dim() - 2]) and not last.is_contiguous()
            assert_close(last.numpy(), wanted, error)
        else:
            transposed = x.mT.contiguous().mT
            assert not transposed.is_contiguous()
            assert_close(ours(transposed).numpy(), wanted, error)


@pytest.mark.parametrize("name", LAYERS)
def test_operator_contract(name):
    conv, x, _, _ = make(name)
    ours = deconv.torch.replace(conv)
    inputs = [x] + ([x.contiguous(memory_format=FORMATS[x.dim() - 2])] if x.dim() - 2 in FORMATS else [x.mT.contiguous().mT])
    for one in inputs:
        results = torch.library.opcheck(torch.ops.deconv.conv_transpose.default, arguments(ours, one))
        assert set(results.values()) == {"SUCCESS"}


def test_output_size_of_an_inverse_stft():
    conv, x, _, _ = make("1-D inverse STFT")
    ours = deconv.torch.replace(copy.deepcopy(conv))
    with torch.no_grad():
        for size in (64 * 10 + 128, 64 * 10 + 128 + 5):
            torch.testing.assert_close(ours(x, output_size=(size,)), conv(x, output_size=[size]), rtol=1e-5, atol=1e-5)


def test_output_size():
    conv, x, _, _ = make("2-D")
    ours = deconv.torch.replace(copy.deepcopy(conv))
    with torch.no_grad():
        for size in ((10, 14), (11, 14), (2, 4, 11, 15)):
            torch.testing.assert_close(ours(x, output_size=size), conv(x, output_size=list(size)))
        for size in ((9, 14), (12, 14), (10,)):
            with pytest.raises(ValueError, match="output_size"):
                ours(x, output_size=size)


def test_one_pixel_in_channels_last_is_what_its_strides_say():
    conv = nn.ConvTranspose2d(8, 4, 4, 2, 1).eval()
    ours = deconv.torch.replace(copy.deepcopy(conv))
    with torch.no_grad():
        for x in (torch.randn(2, 8, 1, 1), torch.randn(2, 8, 1, 1).contiguous(memory_format=torch.channels_last)):
            assert ours(x).stride() == conv(x).stride()


class Packings:
    """Counts how often weights are packed."""

    def __init__(self, monkeypatch):
        self.count = 0
        keep = packed._keep

        def counted(*args):
            self.count += 1
            return keep(*args)

        monkeypatch.setattr(packed, "_keep", counted)


def test_weights_are_packed_once_and_again_when_written(monkeypatch):
    packings = Packings(monkeypatch)
    conv, x, _, _ = make("2-D")
    ours = deconv.torch.replace(conv)
    with torch.no_grad():
        before = [ours(x[..., :width].contiguous()) for width in (3, 4, 5, 6, 7)][-1]
        assert packings.count == 1
        last = x.contiguous(memory_format=torch.channels_last)
        ours(last), ours(last), ours(x)
        assert packings.count == 2  # one for each memory format
        ours.weight.mul_(2)
        ours.bias.mul_(2)
        torch.testing.assert_close(ours(x), 2 * before)
        assert packings.count == 3
        ours.load_state_dict({"weight": ours.weight / 2, "bias": ours.bias / 2})
        assert torch.equal(ours(x), before)


def test_a_new_bias_at_an_old_address_is_seen():
    weight, x = torch.ones(1, 1, 1), torch.zeros(1, 1, 1)
    for value in range(50):
        bias = torch.full((1,), float(value))
        result = torch.ops.deconv.conv_transpose(x, weight, bias, None, None, [1], [0], [0], [1], 1, "none", [])
        assert result.item() == value
        del bias


def test_packed_weights_go_with_their_tensor():
    gc.collect()
    before = len(packed._layers)
    conv, x, _, _ = make("2-D")
    ours = deconv.torch.replace(conv)
    with torch.no_grad():
        ours(x)
    assert len(packed._layers) == before + 1
    del ours, conv
    gc.collect()
    assert len(packed._layers) == before


def test_modules_can_be_copied_and_sent():
    conv, x, _, _ = make("2-D")
    ours = deconv.torch.replace(conv)
    with torch.no_grad():
        for twin in (copy.deepcopy(ours), pickle.loads(pickle.dumps(ours))):
            assert torch.equal(twin(x), ours(x))


def test_no_gradient():
    conv, x, _, _ = make("2-D")
    ours = deconv.torch.replace(conv)
    assert not list(ours.parameters())
    assert not ours(x).requires_grad
    with pytest.raises(RuntimeError, match="deconv is for inference and computes no gradients"):
        ours(x.requires_grad_())
    for mode in (torch.no_grad, torch.inference_mode):
        with mode():
            ours(x)


def test_other_types_and_devices_are_refused():
    conv, x, _, _ = make("2-D")
    ours = deconv.torch.replace(conv)
    for dtype in (torch.float64, torch.bfloat16, torch.float16):
        with pytest.raises(TypeError, match="deconv computes in float32: x is torch.*" + str(dtype)[-2:]):
            ours(x.to(dtype))
    with pytest.raises(ValueError, match="in_channels = 6"):
        ours(x[:, :5].contiguous())


def test_autocast_keeps_float32():
    conv, x, wanted, error = make("2-D")
    ours = deconv.torch.replace(conv)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        result = ours(x.bfloat16())
        assert result.dtype is torch.float32
        assert torch.equal(ours(x.bfloat16().float()), result)


class Recorder(torch.utils._python_dispatch.TorchDispatchMode):
    """Names the operators that pass PyTorch's dispatcher."""

    def __init__(self):
        super().__init__()
        self.names = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.names.append(func.name())
        return func(*args, **kwargs or {})


def test_whoever_listens_sees_the_operator(monkeypatch):
    """The module passes the dispatcher by where nobody would notice, and only there."""
    conv, x, _, _ = make("2-D")
    ours = deconv.torch.replace(conv)
    calls = []
    monkeypatch.setattr(deconv.torch.module, "on_cpu", lambda *given: calls.append(1) or deconv.torch.op.on_cpu(*given))
    with torch.no_grad():
        wanted = ours(x)
        assert len(calls) == 1
        with Recorder() as recorder:
            assert torch.equal(ours(x), wanted)
        assert "deconv::conv_transpose" in recorder.names
        with torch.profiler.profile() as profile:
            ours(x)
        assert "deconv::conv_transpose" in {event.name for event in profile.events()}
        mapped = torch.func.vmap(lambda one: ours(one[None])[0])(x)
        assert torch.equal(mapped, wanted)
        traced = torch.jit.trace(ours, (x,), check_trace=False)
        assert "deconv::conv_transpose" in str(traced.graph) and torch.equal(traced(x + 1), ours(x + 1))
        with torch.autocast("cpu", torch.bfloat16):
            ours(x.bfloat16())
    assert len(calls) == 2  # of the last line's right-hand side and the first


def test_threads_are_torchs():
    conv, x, _, _ = make("2-D")
    ours = deconv.torch.replace(conv)
    before = torch.get_num_threads()
    try:
        results = []
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            with torch.no_grad():
                results.append(ours(x))
        assert all(torch.equal(result, results[0]) for result in results)
    finally:
        torch.set_num_threads(before)


def test_an_empty_batch():
    conv, x, _, _ = make("2-D")
    ours = deconv.torch.replace(copy.deepcopy(conv))
    with torch.no_grad():
        assert ours(x[:0]).shape == conv(x[:0]).shape == (0, 4, 10, 14)
