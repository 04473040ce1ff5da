# SPDX-License-Identifier: Apache-2.0
"""The roofline plot: every layer's rate over its arithmetic intensity, under the roofs that were measured."""
import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.ticker import FuncFormatter  # noqa: E402

from zoo import FAMILIES  # noqa: E402

# Readable on white and on near-black pages, which the picture lets through: text and lines of middle grey, colours of middle lightness.
GREY = "#808080"
COLOURS = ("#d55e00", "#cc79a7", "#0a8fd0", "#9467bd", "#b58900", "#2aa876")
MARKERS = ("D", "o", "^", "s", "v", "h")
MIB = 1 << 20


def roofs(roof):
    """Bandwidths worth a line: of memory, and of the smallest sets."""
    sizes = sorted(roof.bandwidths)
    return [(sizes[-1], "-"), (24 * MIB if 24 * MIB in sizes else sizes[len(sizes) // 2], "--"), (sizes[0], ":")]


def size_text(size):
    return f"{size // MIB} MiB" if size >= MIB else f"{size // 1024} KiB"


def draw(comparisons, roof, title, path):
    plt.rcParams.update({"svg.hashsalt": "deconv", "svg.fonttype": "none", "font.family": "sans-serif", "text.color": GREY, "axes.edgecolor": GREY,
                         "axes.labelcolor": GREY, "xtick.color": GREY, "ytick.color": GREY, "font.size": 11})
    figure, axes = plt.subplots(figsize=(9, 5.6))
    points = [(c.layer.family, c.ours.flops / c.ours.bytes, c.ours.gflops) for c in comparisons]
    low, high = min(p[1] for p in points) / 1.6, max(p[1] for p in points) * 1.6
    bottom, peak = min(p[2] for p in points) / 1.8, roof.flops * 1e-9
    axes.plot([low, high], [peak, peak], color=GREY, linewidth=1.2)
    axes.annotate(f"{peak:.0f} GFLOP/s", (high, peak), xytext=(-4, 5), textcoords="offset points", ha="right")
    for size, style in roofs(roof):
        rate = roof.bandwidths[size] * 1e-9
        start = max(low, bottom / rate)
        axes.plot([start, peak / rate], [start * rate, peak], color=GREY, linewidth=1.2, linestyle=style,
                  label=f"{rate:.0f} GB/s ({size_text(size)})")
    for family, colour, marker in zip(FAMILIES, COLOURS, MARKERS):
        mine = [p for p in points if p[0] == family]
        if mine:
            axes.scatter([p[1] for p in mine], [p[2] for p in mine], s=38, color=colour, marker=marker, alpha=0.85, linewidths=0, label=family,
                         zorder=3)
    axes.set(xscale="log", yscale="log", xlim=(low, high), ylim=(bottom, max(peak, max(p[2] for p in points)) * 1.6), title=title,
             xlabel="FLOP per byte of compulsory traffic", ylabel="GFLOP/s")
    plain = FuncFormatter(lambda value, _: f"{value:g}")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(plain)
    axes.grid(True, which="major", color=GREY, alpha=0.25, linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="lower right", frameon=False, labelcolor=GREY, ncols=2, fontsize=10)
    figure.tight_layout()
    # Without a date, so that equal figures make an equal file.
    figure.savefig(path, transparent=True, metadata={"Date": None} if str(path).endswith("svg") else None)
