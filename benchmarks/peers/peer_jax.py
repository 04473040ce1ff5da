# SPDX-License-Identifier: Apache-2.0
"""JAX's convolution with a dilated left side, compiled by XLA for the CPU. Its threads are those that the process may use."""
import numpy
from interface import Peer, Prepared


def prepare(layer, x, weights, bias, threads):
    import jax
    spatial = "DHW"[3 - layer.rank:]
    pads = [(d * (k - 1) - b, d * (k - 1) - e + o)
            for d, k, b, e, o in zip(layer.dilation, layer.kernel, layer.pad_begin, layer.pad_end, layer.output_padding)]
    x, weights = jax.numpy.asarray(numpy.moveaxis(x, 1, -1)), jax.numpy.asarray(_rotated(layer, weights))

    @jax.jit
    def call(x, weights, bias):
        y = jax.lax.conv_general_dilated(x, weights, (1,) * layer.rank, pads, layer.stride, layer.dilation,
                                         (f"N{spatial}C", f"{spatial}IO", f"N{spatial}C"), layer.groups)
        return y if bias is None else y + bias
    return Prepared(lambda: call(x, weights, bias).block_until_ready(), lambda: numpy.moveaxis(numpy.asarray(call(x, weights, bias)), -1, 1))


def _rotated(layer, weights):
    """What one correlates the input with: spatial axes rotated, then inputs of a group, then outputs."""
    grouped = weights.reshape(layer.groups, layer.in_channels // layer.groups, layer.out_channels // layer.groups, *layer.kernel)
    by_output = numpy.moveaxis(numpy.flip(grouped, range(3, 3 + layer.rank)), 1, -1).reshape(layer.out_channels, *layer.kernel, -1)
    return numpy.ascontiguousarray(numpy.moveaxis(by_output, 0, -1))


PEERS = [Peer("jax", "JAX", "jax", "nhwc", prepare)]
