# SPDX-License-Identifier: Apache-2.0
"""torch.compile and torch.export trace through a replaced model, and run its packed weights."""
import shutil

import pytest

torch = pytest.importorskip("torch")
import deconv.torch  # noqa: E402
from torch import nn  # noqa: E402
from torch_op_test import Packings  # noqa: E402

BACKENDS = ["aot_eager", pytest.param("inductor", marks=pytest.mark.skipif(shutil.which("c++") is None, reason="Inductor needs a C++ compiler"))]


def model():
    torch.manual_seed(0)
    return deconv.torch.replace(nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ConvTranspose2d(8, 6, 4, 2, 1), nn.LeakyReLU(0.2),
                                              nn.ConvTranspose2d(6, 3, 2, 2), nn.Softmax(1)).eval())


@pytest.mark.parametrize("backend", BACKENDS)
def test_compile_whole_graph_with_any_extents(backend, monkeypatch):
    packings = Packings(monkeypatch)
    ours = model()
    compiled = torch.compile(ours, fullgraph=True, dynamic=True, backend=backend)
    with torch.inference_mode():
        for height, width in ((5, 7), (6, 9), (12, 4)):
            x = torch.randn(2, 3, height, width)
            torch.testing.assert_close(compiled(x), ours(x))
            assert compiled(x).shape == (2, 3, 4 * height, 4 * width)
    assert packings.count <= 4  # two layers, each in the memory format of eager mode and perhaps in one that the compiler prefers


def test_compile_refuses_gradients():
    compiled = torch.compile(model(), backend="aot_eager")
    with pytest.raises(Exception, match="computes no gradients"):
        compiled(torch.randn(1, 3, 4, 4, requires_grad=True))


@pytest.mark.parametrize("strict", [False, True])
def test_export_with_dynamic_extents(strict, tmp_path):
    ours = model()
    height, width = (torch.export.Dim(name, min=2, max=64) for name in ("height", "width"))
    with torch.no_grad():
        program = torch.export.export(ours, (torch.randn(1, 3, 5, 7),), dynamic_shapes=({2: height, 3: width},), strict=strict)
        targets = [node.target for node in program.graph.nodes if node.op == "call_function"]
        assert targets.count(torch.ops.deconv.conv_transpose.default) == 2
        torch.export.save(program, tmp_path / "model.pt2")
        loaded = torch.export.load(tmp_path / "model.pt2").module()
        x = torch.randn(1, 3, 8, 6)
        assert torch.equal(program.module()(x), ours(x))
        assert torch.equal(loaded(x), ours(x))


def test_fx_and_make_fx():
    ours = model()
    x = torch.randn(1, 3, 5, 7)
    with torch.no_grad():
        assert torch.equal(torch.fx.symbolic_trace(ours)(x), ours(x))
        traced = torch.fx.experimental.proxy_tensor.make_fx(ours)(x)
        other = torch.randn(1, 3, 5, 7)
        assert torch.equal(traced(other), ours(other))
