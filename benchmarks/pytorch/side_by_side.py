# SPDX-License-Identifier: Apache-2.0
"""Times of two callables that should do the same work, taken in turns so that a slow moment of the machine meets both."""
import statistics
import time


class Pair:
    """Medians in seconds of their calls and of ours."""

    def __init__(self, theirs, ours):
        self.theirs, self.ours = statistics.median(theirs), statistics.median(ours)

    @property
    def ratio(self):
        return self.theirs / self.ours


def seconds(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def side_by_side(theirs, ours, budget, least=5, most=400):
    """Both are called once to warm up, then in turns for `budget` seconds altogether, `least` to `most` times each."""
    theirs(), ours()
    times = [], []
    start = time.perf_counter()
    while len(times[0]) < least or (time.perf_counter() - start < budget and len(times[0]) < most):
        for function, taken in zip((theirs, ours), times):
            taken.append(seconds(function))
    return Pair(*times)
