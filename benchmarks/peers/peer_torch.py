# SPDX-License-Identifier: Apache-2.0
"""PyTorch, eager, with contiguous and with channels_last tensors."""
from interface import Peer, Prepared, Unsupported

CHANNELS_LAST = {2: "channels_last", 3: "channels_last_3d"}


def prepare(layer, x, weights, bias, threads):
    return _prepare(layer, x, weights, bias, threads, "contiguous_format")


def prepare_channels_last(layer, x, weights, bias, threads):
    if layer.rank not in CHANNELS_LAST:
        raise Unsupported("channels_last is for two and three dimensions")
    return _prepare(layer, x, weights, bias, threads, CHANNELS_LAST[layer.rank])


def _prepare(layer, x, weights, bias, threads, memory_format):
    import torch
    torch.set_num_threads(threads)
    function = (torch.nn.functional.conv_transpose1d, torch.nn.functional.conv_transpose2d, torch.nn.functional.conv_transpose3d)[layer.rank - 1]
    memory_format = getattr(torch, memory_format)
    x, weights = (torch.from_numpy(array).contiguous(memory_format=memory_format) for array in (x, weights))
    bias = None if bias is None else torch.from_numpy(bias)
    padding, output_padding, cut = _pads(layer)

    @torch.inference_mode()
    def run():
        y = function(x, weights, bias, layer.stride, padding, output_padding, layer.groups, layer.dilation)
        return y[cut] if cut else y
    return Prepared(run, lambda: run().contiguous().numpy())


def _pads(layer):
    """PyTorch pads both ends alike: the smaller pad on both, output_padding where that makes up for the rest, else a cut of the output."""
    padding, output_padding, cut, cuts = [], [], [slice(None), slice(None)], False
    for begin, end, added, stride, dilation, out in zip(layer.pad_begin, layer.pad_end, layer.output_padding, layer.stride, layer.dilation, layer.out):
        longer = begin - end + added  # at the end, were both ends padded like the begin
        fits = 0 <= longer < max(stride, dilation)
        padding.append(begin if fits else min(begin, end))
        output_padding.append(longer if fits else added)
        cut.append(slice(None) if fits else slice(begin - padding[-1], begin - padding[-1] + out))
        cuts |= not fits
    return padding, output_padding, tuple(cut) if cuts else None


PEERS = [Peer("torch", "PyTorch", "torch", "nchw", prepare), Peer("torch_cl", "PyTorch channels_last", "torch", "nhwc", prepare_channels_last)]
