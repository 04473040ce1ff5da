# SPDX-License-Identifier: Apache-2.0
"""Padding words, and the output sizes that callers ask for."""
import deconv
import numpy as np
import pytest
from reference import assert_close, expected, random_arrays


def layer_and_reference(kernel, stride, extent, padding, **call):
    x, weights, _ = random_arrays(0, 1, 3, 2, 1, (extent,), (kernel,))
    layer = deconv.ConvTranspose(weights, stride=stride, padding=padding)
    return layer(x, **call), lambda begin, end, output=0: expected(x, weights, stride=(stride,), begin=(begin,), end=(end,),
                                                                   output=(output,), dilation=(1,), groups=1)


@pytest.mark.parametrize("kernel, stride", [(4, 2), (3, 2), (5, 2), (5, 1), (2, 2), (7, 3)])
def test_same_is_input_times_stride(kernel, stride):
    for word, odd_at_end in (("SAME", 1), ("same", 1), ("SAME_UPPER", 1), ("SAME_LOWER", 0)):
        got, reference = layer_and_reference(kernel, stride, 6, word)
        total = kernel - stride
        begin = total // 2 if odd_at_end else total - total // 2
        assert got.shape == (1, 2, 6 * stride)
        assert_close(got, *reference(begin, total - begin))


def test_same_with_a_kernel_shorter_than_the_stride():
    got, reference = layer_and_reference(2, 3, 4, "SAME")
    assert got.shape == (1, 2, 12)
    assert_close(got, *reference(0, 0, 1))


def test_valid_keeps_everything():
    got, reference = layer_and_reference(5, 2, 6, "VALID")
    assert_close(got, *reference(0, 0))


def test_output_size_is_pytorchs():
    for size, output in ((12, 0), (13, 1)):
        got, reference = layer_and_reference(4, 2, 6, 1, output_size=(size,))
        assert_close(got, *reference(1, 1, output))
    for size in (11, 14):
        with pytest.raises(deconv.InvalidArgument, match=r"output_size = \(%d,\) is out of reach: an input of \(6,\) makes \(12,\) to \(13,\)" % size):
            layer_and_reference(4, 2, 6, 1, output_size=(size,))


def test_output_size_with_same_is_tensorflows():
    # TensorFlow: pads in all are (6 - 1) * 2 + 5 - size, the smaller half first.
    for size, begin, end in ((11, 2, 2), (12, 1, 2)):
        got, reference = layer_and_reference(5, 2, 6, "SAME", output_size=(size,))
        assert_close(got, *reference(begin, end))


def test_output_size_keeps_the_plans_apart():
    x, weights, _ = random_arrays(0, 1, 3, 2, 1, (6,), (4,))
    layer = deconv.ConvTranspose(weights, stride=2, padding=1)
    assert [layer(x, output_size=size).shape[-1] for size in ((12,), (13,), (12,), (1, 2, 13))] == [12, 13, 12, 13]
    assert layer(x).shape[-1] == 12


@pytest.mark.parametrize("padding, words", [("SAMEISH", "neither numbers nor one of SAME"), ((1, 2, 3), "3 entries, but the kernel has 1"),
                                            ([(1, 2, 3)], "a number or a pair"), (-1, "padding")])
def test_wrong_padding(padding, words):
    with pytest.raises(deconv.InvalidArgument, match=words):
        deconv.ConvTranspose(np.ones((1, 1, 3), np.float32), padding=padding)
