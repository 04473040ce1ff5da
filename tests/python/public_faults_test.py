# SPDX-License-Identifier: Apache-2.0
"""What PyTorch, TensorFlow and TFLite were reported to crash on or to compute wrongly, through this package. docs/testing.md lists the reports."""
import deconv
import numpy as np
import pytest
from reference import assert_close, expected, random_arrays

HUGE = 1250999896764


def layer(kernel=(2, 3, 2), inputs=2, outputs=3, **words):
    return deconv.ConvTranspose(np.full((inputs, outputs, *kernel), 0.5, np.float32), **words)


@pytest.mark.parametrize("x", [(1, 3, 4, 5, 4), (1, 2, 4, 5), (1, 2, 4, 5, 4, 1), (2,), ()])
def test_pytorch_142457_weights_of_another_shape_than_the_input(x):
    with pytest.raises(deconv.Error):
        layer()(np.ones(x, np.float32))


def test_pytorch_142457_huge_dilations():
    with pytest.raises(deconv.InvalidArgument, match="overflows|bytes"):
        layer(dilation=1879048192)(np.ones((1, 2, 4, 5, 4), np.float32))
    x, weights, bias = random_arrays(0, 1, 2, 3, 1, (4, 5, 4), (1, 1, 1))
    got = deconv.ConvTranspose(weights, bias, dilation=1879048192, padding=2, output_padding=2)(x)
    assert_close(got, *expected(x, weights, bias, stride=(1,) * 3, begin=(2,) * 3, end=(2,) * 3, output=(2,) * 3, dilation=(1,) * 3, groups=1))


@pytest.mark.parametrize("words", [dict(output_padding=-HUGE), dict(output_padding=HUGE), dict(padding=-1), dict(stride=0), dict(stride=-HUGE),
                                   dict(dilation=0), dict(groups=0), dict(groups=3), dict(stride=(1, 2)), dict(dilation=(1, 1, 1, 1))])
def test_pytorch_77901_arguments_without_sense(words):
    with pytest.raises((deconv.InvalidArgument, ValueError, TypeError)):
        layer(**words)(np.ones((1, 2, 3, 3, 3), np.float32))


@pytest.mark.parametrize("words", [dict(stride=2**63), dict(padding=2**64), dict(dilation=-2**63 - 1), dict(groups=2**70)])
def test_numbers_beyond_64_bits(words):
    with pytest.raises((deconv.Error, OverflowError, ValueError, TypeError)):
        layer(**words)


@pytest.mark.parametrize("shape", [(0, 3, 2, 2), (2, 0, 2, 2), (2, 3, 0, 2), (2, 3), (2,), (), (2, 3, 1, 1, 1, 1)])
def test_cve_2021_41209_an_empty_filter(shape):
    with pytest.raises((deconv.Error, ValueError)):
        deconv.ConvTranspose(np.ones(shape, np.float32))


def test_cve_2021_29588_a_stride_of_0():
    for stride in (0, (0, 1), (1, 0)):
        with pytest.raises(deconv.InvalidArgument, match="stride"):
            layer((3, 3), stride=stride)


def test_tensorflow_45216_and_69103_groups_and_dilation():
    for groups, dilation, kernel in ((8, 1, 4), (1, 2, 3), (4, 3, 2)):
        x, weights, bias = random_arrays(groups, 2, 16, 8, groups, (5, 6), (kernel, kernel))
        geometry = dict(stride=(2, 1), begin=(1, 1), end=(1, 1), output=(0, 0), dilation=(dilation,) * 2, groups=groups)
        got = deconv.ConvTranspose(weights, bias, stride=(2, 1), padding=1, dilation=dilation, groups=groups)(x)
        assert_close(got, *expected(x, weights, bias, **geometry))


def test_pytorch_5112_output_padding_of_the_stride_with_dilation():
    x, weights, bias = random_arrays(1, 1, 3, 4, 1, (5, 5), (3, 3))
    got = deconv.ConvTranspose(weights, bias, stride=2, padding=1, output_padding=2, dilation=3)(x)
    assert_close(got, *expected(x, weights, bias, stride=(2, 2), begin=(1, 1), end=(1, 1), output=(2, 2), dilation=(3, 3), groups=1))


class TestTorch:
    """Through torch.ops.deconv.conv_transpose."""
    torch = pytest.importorskip("torch")

    def call(self, x, weight, bias=None, stride=(1, 1), padding=(0, 0), output_padding=(0, 0), dilation=(1, 1), groups=1):
        import deconv.torch  # noqa: F401: registers the operator
        with self.torch.no_grad():
            return self.torch.ops.deconv.conv_transpose(x, weight, bias, None, None, stride, padding, output_padding, dilation, groups, "none", [])

    @pytest.mark.parametrize("last", [True, False])
    def test_pytorch_99519_channels_last_weights(self, last):
        torch = self.torch
        x, weights, _ = random_arrays(2, 1, 3, 2, 1, (2, 2), (5, 5))
        formats = dict(memory_format=torch.channels_last)
        weight = torch.from_numpy(weights).contiguous(**formats)
        assert not weight.is_contiguous()
        got = self.call(torch.from_numpy(x).contiguous(**(formats if last else {})), weight)
        assert_close(got.numpy(), *expected(x, weights, stride=(1, 1), begin=(0, 0), end=(0, 0), output=(0, 0), dilation=(1, 1), groups=1))

    @pytest.mark.parametrize("weight", [(3, 2, 5), (4, 2, 5, 5), (3, 2, 5, 5, 5), (3, 2, 0, 5), (0, 2, 5, 5), (3, 0, 5, 5), (3, 2), (3,), ()])
    def test_pytorch_77901_weights_that_do_not_fit(self, weight):
        with pytest.raises((RuntimeError, ValueError, TypeError)):
            self.call(self.torch.ones(1, 3, 4, 4), self.torch.ones(weight))

    @pytest.mark.parametrize("words", [dict(stride=[1]), dict(stride=[]), dict(stride=[0, 1]), dict(padding=[-1, 0]), dict(padding=[1, 1, 1]),
                                       dict(output_padding=[-HUGE, 0]), dict(output_padding=[1]), dict(dilation=[HUGE, HUGE]), dict(groups=0),
                                       dict(groups=-1), dict(groups=2), dict(padding=[9, 9]), dict(dilation=[1, 1, 1])])
    def test_pytorch_142457_arguments_that_do_not_fit(self, words):
        with pytest.raises((RuntimeError, ValueError, TypeError, MemoryError)):
            self.call(self.torch.ones(1, 3, 4, 4), self.torch.ones(3, 2, 3, 3), **words)

    @pytest.mark.parametrize("bias", [(1,), (3,), (2, 1), (0,)])
    def test_pytorch_77901_a_bias_of_another_length(self, bias):
        with pytest.raises((RuntimeError, ValueError, TypeError)):
            self.call(self.torch.ones(1, 3, 4, 4), self.torch.ones(3, 2, 3, 3), self.torch.ones(bias))

    @pytest.mark.parametrize("kind", ["float64", "int8", "bool", "float16"])
    def test_weights_of_another_type(self, kind):
        with pytest.raises((RuntimeError, ValueError, TypeError)):
            self.call(self.torch.ones(1, 3, 4, 4), self.torch.ones(3, 2, 3, 3).to(getattr(self.torch, kind)))
