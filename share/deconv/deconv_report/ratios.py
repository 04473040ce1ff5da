# SPDX-License-Identifier: Apache-2.0
"""Pictures of ratios: every peer's layers as dots on one line, and one peer's layers as bars."""
from . import plain
from .comparison import geometric_mean
from .style import BETTER, GREY, WORSE, figure, log_axis, save

BAR, FRAME = 0.15, 0.75  # inches: of a layer; above and below all
NAME = 32  # characters of a layer's name beside its bar


def draw_overview(comparisons, titles, title, path):
    """One line for each peer, from the one that comes nearest: a dot for each layer, a stroke at the geometric mean."""
    ratios = {peer: [c.ratio_to(peer) for c in comparisons if peer in c.peers] for peer in titles}
    ordered = sorted((peer for peer in titles if ratios[peer]), key=lambda peer: -geometric_mean(ratios[peer]))
    made, axes = figure(7, 1.1 + 0.42 * len(ordered))
    for line, peer in enumerate(ordered):
        values = ratios[peer]
        axes.scatter(values, [line] * len(values), s=26, marker="|", linewidths=1.1, color=[BETTER if v >= 1 else WORSE for v in values], alpha=0.8)
        mean = geometric_mean(values)
        axes.plot([mean, mean], [line - 0.33, line + 0.33], color=GREY, linewidth=2.2)
        axes.annotate(f"{mean:.2f}", (mean, line + 0.33), xytext=(0, 1), textcoords="offset points", ha="center", fontsize=9)
    axes.axvline(1, color=GREY, linewidth=1)
    axes.set(xscale="log", yticks=range(len(ordered)), yticklabels=[f"{titles[peer]} ({len(ratios[peer])})" for peer in ordered],
             ylim=(-0.6, len(ordered) - 0.2), xlabel="time over deconv's")
    made.suptitle(title, fontsize=12)
    log_axis(axes.xaxis)
    axes.grid(True, axis="x", which="major", color=GREY, alpha=0.25, linewidth=0.6)
    save(made, path)


def draw_bars(comparisons, peer, title, path):
    """A bar for each layer that the peer has run, from the lowest ratio."""
    layers = sorted((c for c in comparisons if peer in c.peers), key=lambda c: c.ratio_to(peer), reverse=True)
    values = [c.ratio_to(peer) for c in layers]
    made, axes = figure(5.2, FRAME + BAR * len(layers))
    axes.barh(range(len(layers)), [v - 1 for v in values], left=1, height=0.75, color=[BETTER if v >= 1 else WORSE for v in values])
    for line, value in enumerate(values):
        axes.annotate(f"{value:.2f}", (value, line), xytext=(3 if value >= 1 else -3, 0), textcoords="offset points", va="center",
                      ha="left" if value >= 1 else "right", fontsize=7)
    low, high = min(0.9, min(values)), max(1.1, max(values))
    axes.axvline(1, color=GREY, linewidth=1)
    axes.set(xscale="log", xlim=(low / (high / low)**0.08, high * (high / low)**0.12), ylim=(-0.8, len(layers) - 0.2), xlabel="time over deconv's")
    made.suptitle(title, fontsize=12)
    axes.set_yticks(range(len(layers)), [plain(c.ours.layer, NAME) for c in layers], fontsize=7)
    axes.tick_params(axis="y", length=0)
    log_axis(axes.xaxis)
    save(made, path)
