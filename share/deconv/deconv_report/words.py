# SPDX-License-Identifier: Apache-2.0
"""Figures as texts, the same in pages and in Markdown."""


def milliseconds(ms):
    return f"{ms:.3f}" if ms < 10 else f"{ms:.2f}" if ms < 100 else f"{ms:.1f}"


def spread(ms, interval):
    """Half the interval's width in per cent of the median; empty without an interval."""
    return f"{50 * (interval[1] - interval[0]) / ms:.1f}" if interval else ""


def small(value):
    return "" if value is None else f"{value:.1e}"


def thread_words(threads):
    return "one thread" if threads == 1 else f"{threads} threads"
