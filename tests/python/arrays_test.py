# SPDX-License-Identifier: Apache-2.0
"""Memory is shared, not copied, with NumPy, PyTorch and JAX, and comes back as what went in."""
import deconv
import numpy as np
import pytest

WEIGHTS = np.random.default_rng(0).standard_normal((6, 4, 4, 4), dtype=np.float32)
LAYER = deconv.ConvTranspose(WEIGHTS, stride=2, padding=1)
X = np.random.default_rng(1).standard_normal((2, 6, 5, 7), dtype=np.float32)
WANTED = LAYER(X)


def test_out_is_written_in_place_and_returned():
    out = np.full_like(WANTED, np.nan)
    assert LAYER(X, out=out) is out
    assert np.array_equal(out, WANTED)


def test_results_begin_at_cache_lines_and_are_their_own():
    first, second = LAYER(X), LAYER(X)
    assert first.ctypes.data % 64 == 0 and second.ctypes.data % 64 == 0
    assert not np.shares_memory(first, second)
    assert first.flags.c_contiguous and first.flags.writeable


def test_a_large_result_outlives_the_layer():
    layer = deconv.ConvTranspose(np.ones((1, 8, 2, 2), np.float32), stride=2)
    x = np.ones((1, 1, 512, 512), np.float32)  # 32 MiB of results
    result = layer(x)
    del layer
    assert result.shape == (1, 8, 1024, 1024) and (result == 1).all()


def test_weights_are_copied():
    weights = WEIGHTS.copy()
    layer = deconv.ConvTranspose(weights, stride=2, padding=1)
    weights[:] = 0
    assert np.array_equal(layer(X), WANTED)


def test_read_only_and_memory_mapped_inputs(tmp_path):
    X.tofile(tmp_path / "x")
    assert np.array_equal(LAYER(np.memmap(tmp_path / "x", np.float32, "r", shape=X.shape)), WANTED)


def test_views_of_whole_samples():
    many = np.stack([X, X + 1])
    assert np.array_equal(LAYER(many[0]), WANTED)
    assert np.array_equal(LAYER(X[1:]), WANTED[1:])


def test_buffers():
    assert np.array_equal(LAYER(memoryview(X).cast("B").cast("f", X.shape)), WANTED)


def test_torch():
    torch = pytest.importorskip("torch")
    x = torch.from_numpy(X)
    result = LAYER(x)
    assert type(result) is torch.Tensor and np.array_equal(result.numpy(), WANTED)
    out = torch.full(WANTED.shape, torch.nan)
    assert LAYER(x, out=out) is out
    assert np.array_equal(out.numpy(), WANTED)
    weights = torch.nn.Parameter(torch.from_numpy(WEIGHTS))
    with torch.no_grad():
        assert torch.equal(deconv.conv_transpose(x, weights, stride=2, padding=1), result)


def test_torch_refusals():
    torch = pytest.importorskip("torch")
    x = torch.from_numpy(X).requires_grad_()
    with pytest.raises(TypeError, match="x requires grad, and deconv computes no gradients"):
        LAYER(x)
    with pytest.raises(TypeError, match="weights requires grad"):
        deconv.ConvTranspose(torch.nn.Parameter(torch.from_numpy(WEIGHTS)))
    with torch.no_grad():
        assert np.array_equal(LAYER(x).numpy(), WANTED)
    with pytest.raises(TypeError, match="x has dtype bfloat16"):
        LAYER(x.detach().bfloat16())
    with pytest.raises(deconv.InvalidArgument, match="not contiguous"):
        LAYER(x.detach().contiguous(memory_format=torch.channels_last))
    with pytest.raises(TypeError, match="x "):
        LAYER(torch.empty(X.shape, device="meta"))


def test_jax():
    jax = pytest.importorskip("jax")
    x = jax.numpy.asarray(X)
    result = LAYER(x)
    assert isinstance(result, jax.Array) and np.array_equal(np.asarray(result), WANTED)
    shared = LAYER(X)
    assert jax.numpy.from_dlpack(shared).unsafe_buffer_pointer() == shared.ctypes.data
    layer = deconv.ConvTranspose(jax.numpy.asarray(WEIGHTS), stride=2, padding=1)
    assert np.array_equal(layer(X), WANTED)


def test_a_shape_that_is_not_the_memorys():
    class Lying(np.ndarray):
        shape = property(lambda self: (4, 5, 3, 3))

    with pytest.raises(deconv.InvalidArgument, match=r"weights say that their shape is \(4, 5, 3, 3\), but what they share is of shape \(1, 1, 1, 1\)"):
        deconv.ConvTranspose(np.full((1, 1, 1, 1), 7, np.float32).view(Lying))
