# SPDX-License-Identifier: Apache-2.0
"""A report of measurements: `deconv bench --json` beside benchmarks/peers. Both files are untrusted: whatever is wrong in one is a BadFile."""


class BadFile(Exception):
    """What is wrong with a file, in words."""


def plain(text, most=60):
    """A text from a file, safe to show: without control characters and not longer than a table can bear."""
    text = "".join(c if c.isprintable() else "?" for c in str(text))
    return text if len(text) <= most else text[:most - 3] + "..."
