# SPDX-License-Identifier: Apache-2.0
"""The inverse STFT as a ConvTranspose1d (1026 -> 1, kernel 1024, stride 256) in PyTorch, with a new length at every call.

    benchmarks/pytorch/run istft [--threads 2] [--calls 16]

Lengths of 500 to 5000 frames; a length never comes twice. `transposed` is the same spectrum as (batch, frames, channels) in memory, as a
linear layer leaves it, seen through .mT: PyTorch copies it, deconv reads it as it lies. Bar: 5 times PyTorch's speed in total.
"""
import argparse
import copy
import random
import sys

import deconv.torch
import torch
from side_by_side import seconds

BAR = 5.0
TOLERANCE = 1e-4  # of the largest output; both sum 4104 products in float32


def measure(theirs, ours, x):
    """Seconds of both, and whether they give the same."""
    results = []
    times = [seconds(lambda: results.append(module(x))) for module in (theirs, ours)]
    return times, bool((results[1] - results[0]).abs().max() <= TOLERANCE * results[0].abs().max())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--calls", type=int, default=16)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    theirs = torch.nn.ConvTranspose1d(1026, 1, 1024, 256, bias=False).eval()
    ours = deconv.torch.replace(copy.deepcopy(theirs))
    spectra = {"contiguous": lambda frames: torch.randn(1, 1026, frames), "transposed": lambda frames: torch.randn(1, frames, 1026).mT}
    totals, different = {memory: [0.0, 0.0] for memory in spectra}, 0

    with torch.inference_mode():
        for spectrum in spectra.values():
            measure(theirs, ours, spectrum(300))
        print(f"{'frames':>6} {'memory':>10} {'PyTorch ms':>10} {'deconv ms':>10} {'ratio':>6}   torch {torch.__version__}, {options.threads} threads")
        for frames in random.Random(0).sample(range(500, 5001), options.calls):
            for memory, spectrum in spectra.items():
                times, same = measure(theirs, ours, spectrum(frames))
                different += not same
                totals[memory] = [total + time for total, time in zip(totals[memory], times)]
                print(f"{frames:6} {memory:>10} {times[0] * 1e3:10.1f} {times[1] * 1e3:10.1f} {times[0] / times[1]:6.2f}", flush=True)
    for memory, (torch_total, our_total) in totals.items():
        print(f"{memory}: {torch_total * 1e3:.0f} ms against {our_total * 1e3:.0f} ms, {torch_total / our_total:.2f} times as fast (bar {BAR})")
    print(f"different results: {different}")
    return 1 if different or any(torch_total < BAR * our_total for torch_total, our_total in totals.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
