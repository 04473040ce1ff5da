# SPDX-License-Identifier: Apache-2.0
"""Every wrong argument is told in words, with the class that its kind has, and nothing is written."""
import deconv
import numpy as np
import pytest

WEIGHTS = np.ones((6, 4, 4, 4), np.float32)
LAYER = deconv.ConvTranspose(WEIGHTS, stride=2, padding=1)
X = np.ones((2, 6, 5, 7), np.float32)


@pytest.mark.parametrize("x, error, words", [
    (X.astype(np.float64), TypeError, "x has dtype float64: deconv computes in float32"),
    (X.astype(np.int8), TypeError, "x has dtype int8"),
    (X.astype(np.float16), TypeError, "x has dtype float16"),
    (X > 0, TypeError, "x has dtype bool"),
    (None, TypeError, "x is a NoneType"),
    ([[1.0]], TypeError, "x is a list"),
    (X[:, :, ::2], deconv.InvalidArgument, r"x of shape \(2, 6, 3, 7\) is not contiguous: its strides in elements are \(210, 35, 14, 1\)"),
    (np.asfortranarray(X), deconv.InvalidArgument, "not contiguous"),
    (np.ones((2, 5, 5, 7), np.float32), deconv.InvalidArgument, r"has 5 channels \(axis 1\): the layer's in_channels = 6"),
    (np.ones((5, 5, 7), np.float32), deconv.InvalidArgument, r"has 5 channels \(axis 0\)"),
    (np.ones((6, 5), np.float32), deconv.InvalidArgument, "has 2 axes: a kernel of 2 axes takes 4, or 3 without the batch"),
    (np.ones((0, 6, 5, 7), np.float32), deconv.InvalidArgument, "batch = 0"),
    (np.ones((2, 6, 0, 7), np.float32), deconv.InvalidArgument, r"in\[0\] = 0"),
])
def test_x(x, error, words):
    with pytest.raises(error, match=words):
        LAYER(x)


def test_channels_last_counts_its_own_axis():
    layer = deconv.ConvTranspose(WEIGHTS, layout="NHWC")
    with pytest.raises(deconv.InvalidArgument, match=r"has 7 channels \(axis 3\)"):
        layer(X)


def read_only():
    array = np.zeros((2, 4, 10, 14), np.float32)
    array.flags.writeable = False
    return array


@pytest.mark.parametrize("out, error, words", [
    (np.zeros((2, 4, 10, 15), np.float32), deconv.InvalidArgument, r"out has shape \(2, 4, 10, 15\): it must be \(2, 4, 10, 14\)"),
    (np.zeros((2, 4, 10, 14)), TypeError, "out has dtype float64"),
    (np.zeros((2, 4, 10, 28), np.float32)[..., ::2], deconv.InvalidArgument, "out of shape .* is not contiguous"),
    (read_only(), deconv.InvalidArgument, "out is read-only"),
])
def test_out(out, error, words):
    before = out.copy()
    with pytest.raises(error, match=words):
        LAYER(X, out=out)
    assert np.array_equal(out, before)


def test_tensors_that_share_memory():
    layer = deconv.ConvTranspose(np.ones((1, 1, 1), np.float32), residual=True)
    memory = np.arange(12, dtype=np.float32)
    x, out = memory[:8].reshape(1, 1, 8), memory[4:].reshape(1, 1, 8)
    with pytest.raises(deconv.InvalidArgument, match="out shares memory with x"):
        layer(x, out=out, residual=out)
    with pytest.raises(deconv.InvalidArgument, match="a part of residual's memory"):
        layer(x.copy(), out=out, residual=x)
    assert np.array_equal(memory, np.arange(12))


def test_residual():
    with pytest.raises(deconv.InvalidArgument, match="residual"):
        LAYER(X, residual=np.zeros((2, 4, 10, 14), np.float32))
    layer = deconv.ConvTranspose(WEIGHTS, stride=2, padding=1, residual=True)
    with pytest.raises(deconv.InvalidArgument, match="residual"):
        layer(X)
    with pytest.raises(deconv.InvalidArgument, match=r"residual has shape \(1,\)"):
        layer(X, residual=np.zeros(1, np.float32))


@pytest.mark.parametrize("arguments, words", [
    ({"stride": (1, 2, 3)}, r"stride = \(1, 2, 3\) has 3 entries, but the kernel has 2 axes"),
    ({"stride": 0}, r"stride\[0\] = 0"),
    ({"stride": 2.0}, "stride = 2.0 must be a whole number of 64 bits, or one for each axis"),
    ({"stride": None}, "stride = None must be a whole number"),
    ({"stride": 2**70}, "stride = 1180591620717411303424 must be a whole number of 64 bits"),
    ({"dilation": (1, 1.5)}, r"dilation = \(1, 1.5\): each entry must be a whole number of 64 bits"),
    ({"padding": ((1, 2, 3), 0)}, "padding = .*: each entry is a number or a pair"),
    ({"padding": 0.5}, "padding = 0.5 must be a whole number"),
    ({"dilation": (1,)}, "dilation"),
    ({"output_padding": 2, "stride": 2}, "padding.output"),
    ({"groups": 5}, "groups = 5"),
    ({"layout": "NCHX"}, "layout = 'NCHX' is none of channels_first"),
    ({"weights_layout": "HIWO"}, "weights_layout = 'HIWO' is none of IOHW"),
    ({"weights_form": "flipped"}, "weights_form = 'flipped' is none of transposed, correlation"),
    ({"activation": "rulu"}, "activation = 'rulu' is none of none, relu"),
    ({"activation": ("relu", 1.0)}, "relu takes 0 parameters"),
    ({"activation": "clamp"}, "clamp takes 2 parameters"),
    ({"activation": ("clamp", 2.0, 1.0)}, "clamp_min = 2 is greater than clamp_max = 1"),
    ({"activation": ("prelu", np.ones(3, np.float32))}, r"prelu_slopes has shape \(3,\): it must be \(out_channels,\) = \(4,\)"),
    ({"bias": np.ones((4, 1), np.float32)}, r"bias has shape \(4, 1\)"),
    ({"scale": np.ones(5, np.float32)}, r"scale has shape \(5,\)"),
    ({"accuracy": "exact"}, "accuracy = 'exact' is neither"),
    ({"threads": -1}, "threads = -1 must not be negative"),
    ({"expected_shape": (1, 2)}, "expected_shape"),
])
def test_layer(arguments, words):
    with pytest.raises(deconv.InvalidArgument, match=words):
        deconv.ConvTranspose(WEIGHTS, **arguments)


def test_numbers_of_numpy_are_numbers():
    x = np.ones((1, 6, 3, 3), np.float32)
    one, two = np.int64(1), np.int32(2)
    wanted = deconv.ConvTranspose(WEIGHTS, stride=2, padding=((1, 0), (1, 1)))(x)
    assert np.array_equal(deconv.ConvTranspose(WEIGHTS, stride=two, padding=((one, 0), [one, one]))(x), wanted)
    assert np.array_equal(deconv.ConvTranspose(WEIGHTS, stride=np.array([2, 2]), padding=[(one, np.int8(0)), one])(x), wanted)


def test_a_choice_that_cannot_run_is_an_error():
    with pytest.raises(deconv.Unsupported, match="depthwise"):
        deconv.ConvTranspose(WEIGHTS, algorithm="depthwise")
    with pytest.raises(deconv.Error, match="nobackend"):
        deconv.ConvTranspose(WEIGHTS, backend="nobackend")


def test_classes():
    assert issubclass(deconv.InvalidArgument, (deconv.Error, ValueError))
    assert issubclass(deconv.OutOfMemory, MemoryError)


def test_sizes_that_no_machine_has():
    layer = deconv.ConvTranspose(np.ones((1, 1, 1), np.float32), stride=2**40, padding=0)
    with pytest.raises(deconv.InvalidArgument, match="2\\^63|overflow|size_t|64"):
        layer(np.ones((1, 1, 2**24), np.float32))
    with pytest.raises((deconv.OutOfMemory, MemoryError)):
        layer(np.ones((1, 1, 2**10), np.float32))
