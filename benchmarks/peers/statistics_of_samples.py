# SPDX-License-Identifier: Apache-2.0
"""A median with its interval."""
import math
import statistics

COVERAGE = 0.95


def summary(samples):
    """`interval_ms`: order statistics between which the true median lies with a probability of 0.95 or more, no distribution assumed; None
    where there are too few samples."""
    ordered, count = sorted(samples), len(samples)
    below, tail = 0.0, -1
    while below + math.comb(count, tail + 1) / 2**count <= (1 - COVERAGE) / 2:
        tail += 1
        below += math.comb(count, tail) / 2**count
    interval = [ordered[tail], ordered[count - 1 - tail]] if tail >= 0 else None
    return {"median_ms": statistics.median(samples), "interval_ms": interval, "samples": count}
