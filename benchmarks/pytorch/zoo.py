# SPDX-License-Identifier: Apache-2.0
"""Every layer of zoo.csv in PyTorch, eager: nn.ConvTranspose against deconv.torch.replace of it, whole calls, one table.

    benchmarks/pytorch/run zoo [--threads 2] [--channels-last] [--layers a,b] [--seconds 0.3]

Bars: no layer below 0.97 of PyTorch's speed, 2.0 in the geometric mean. Results are compared before anything is timed. Exit status 1 where
a result differs or a bar is missed.
"""
import argparse
import copy
import statistics
import sys

import deconv.torch
import torch
from layers import make, rows
from side_by_side import side_by_side

SLOWEST, MEAN = 0.97, 2.0
# Both sum in float32, in different orders: differences grow like the square root of the number of products, and no layer comes near this.
TOLERANCE = 1e-4


def compare(row, options):
    """Whether both give the same, and the times of both."""
    theirs, x = make(row, options.channels_last)
    ours = deconv.torch.replace(copy.deepcopy(theirs))
    expected, got = theirs(x), ours(x)
    same = bool((got - expected).abs().max() <= TOLERANCE * expected.abs().max())
    return same, side_by_side(lambda: theirs(x), lambda: ours(x), options.seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--channels-last", action="store_true", help="inputs and weights in PyTorch's channels_last format")
    parser.add_argument("--layers", default="", help="names, with commas between")
    parser.add_argument("--seconds", type=float, default=0.3, help="measured for each layer, both sides together; five calls at least")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)

    ratios, wrong = {}, []
    print(f"{'layer':34} {'PyTorch ms':>10} {'deconv ms':>10} {'ratio':>6}   torch {torch.__version__}, {options.threads} threads, "
          f"{'channels last' if options.channels_last else 'contiguous'}")
    for row in rows(tuple(filter(None, options.layers.split(",")))):
        with torch.inference_mode():
            same, pair = compare(row, options)
        ratios[row["layer"]] = pair.ratio
        wrong += [] if same else [row["layer"]]
        print(f"{row['layer']:34} {pair.theirs * 1e3:10.3f} {pair.ours * 1e3:10.3f} {pair.ratio:6.2f}", flush=True)

    mean = statistics.geometric_mean(ratios.values())
    slow = [name for name, ratio in ratios.items() if ratio < SLOWEST]
    print(f"geometric mean {mean:.2f} (bar {MEAN}), lowest {min(ratios.values()):.2f} (bar {SLOWEST}), below it: {', '.join(slow) or 'none'}; "
          f"different results: {', '.join(wrong) or 'none'}")
    return 1 if wrong or slow or mean < MEAN else 0


if __name__ == "__main__":
    sys.exit(main())
