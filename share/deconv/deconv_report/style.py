# SPDX-License-Identifier: Apache-2.0
"""How pictures look: readable on white and on near-black pages, which they let through."""
import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.ticker import FuncFormatter, LogLocator  # noqa: E402

GREY = "#808080"  # text and lines; a page may put its own colour in its place
BETTER, WORSE = "#0a8fd0", "#d55e00"
COLOURS = ("#d55e00", "#cc79a7", "#0a8fd0", "#9467bd", "#b58900", "#2aa876")
MARKERS = ("D", "o", "^", "s", "v", "h")

plt.rcParams.update({"svg.fonttype": "none", "font.family": "sans-serif", "text.parse_math": False, "text.color": GREY, "axes.edgecolor": GREY,
                     "axes.labelcolor": GREY, "xtick.color": GREY, "ytick.color": GREY, "font.size": 11, "figure.max_open_warning": 0})
PLAIN_NUMBERS = FuncFormatter(lambda value, _: f"{value:g}")


def figure(width, height):
    """A figure and its axes, in inches, without the upper and right frame."""
    made, axes = plt.subplots(figsize=(width, height), layout="constrained")
    axes.spines[["top", "right"]].set_visible(False)
    return made, axes


def log_axis(axis):
    """Plain numbers at 1, 2, 5, 10, ...; at powers of ten alone where there are many. Limits must stand."""
    low, high = axis.get_view_interval()
    axis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < 300 * low else (1,)))
    axis.set_major_formatter(PLAIN_NUMBERS)
    axis.set_minor_formatter(lambda value, _: "")


def save(made, path):
    """As .svg and as .png of the same name. Equal figures make equal files: no date, no random identifiers."""
    with plt.rc_context({"svg.hashsalt": path.stem}):  # of its own: several pictures share a page and its identifiers
        made.savefig(path.with_suffix(".svg"), transparent=True, metadata={"Date": None})
    made.savefig(path.with_suffix(".png"), dpi=150, facecolor="white")
    plt.close(made)
