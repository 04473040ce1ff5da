# SPDX-License-Identifier: Apache-2.0
"""The roofline plot: every layer's rate over its arithmetic intensity, under the roofs that were measured."""
from .family import FAMILIES
from .style import COLOURS, GREY, MARKERS, figure, log_axis, save

MIB = 1 << 20


def draw(comparisons, roof, title, path):
    made, axes = figure(7, 5.4)
    points = [(c.ours.family, c.ours.flops / c.ours.bytes, c.ours.gflops) for c in comparisons]
    low, high = min(p[1] for p in points) / 1.6, max(p[1] for p in points) * 1.6
    bottom, peak = min(p[2] for p in points) / 1.8, roof.flops * 1e-9
    axes.plot([low, high], [peak, peak], color=GREY, linewidth=1.2)
    axes.annotate(f"{peak:.0f} GFLOP/s", (high, peak), xytext=(-4, 5), textcoords="offset points", ha="right")
    for (size, bandwidth), style in zip(_roofs(roof), ("-", "--", ":")):
        rate = bandwidth * 1e-9
        start = max(low, bottom / rate)
        axes.plot([start, peak / rate], [start * rate, peak], color=GREY, linewidth=1.2, linestyle=style, label=f"{rate:.0f} GB/s ({_size(size)})")
    for family, colour, marker in zip(FAMILIES, COLOURS, MARKERS):
        mine = [p for p in points if p[0] == family]
        if mine:
            axes.scatter([p[1] for p in mine], [p[2] for p in mine], s=38, color=colour, marker=marker, alpha=0.85, linewidths=0, label=family, zorder=3)
    axes.set(xscale="log", yscale="log", xlim=(low, high), ylim=(bottom, max(peak, max(p[2] for p in points)) * 1.6),
             xlabel="FLOP per byte of compulsory traffic", ylabel="GFLOP/s")
    made.suptitle(title, fontsize=12)
    log_axis(axes.xaxis)
    log_axis(axes.yaxis)
    axes.grid(True, which="major", color=GREY, alpha=0.25, linewidth=0.6)
    made.legend(loc="outside lower center", frameon=False, labelcolor=GREY, ncols=3, fontsize=9.5)
    save(made, path)


def _roofs(roof):
    """Bandwidths worth a line: of the largest working set, one between, and the smallest."""
    sizes = roof.bandwidths
    return list(dict.fromkeys((sizes[-1], sizes[len(sizes) // 2], sizes[0]))) if sizes else []


def _size(size):
    return f"{size // MIB} MiB" if size >= MIB else f"{size // 1024} KiB"
