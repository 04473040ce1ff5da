# SPDX-License-Identifier: Apache-2.0
"""The parts of docs/performance.md that are made from measurements, as Markdown."""
import re

from measurements import geometric_mean

LAYOUTS = {"both layouts": ("nchw", "nhwc"), "channels first alone": ("nchw",)}
GOOD, POOR = 85, 60  # per cent of the bound
PLAIN_KEYS = ("cpu", "compiler", "deconv", "onednn")


class Comparison:
    """One layer at one thread count: ours in the faster of `layouts`, against the fastest peer of those layouts."""

    def __init__(self, layer, ours, peer):
        self.layer, self.ours, self.peer = layer, ours, peer
        self.ratio = peer[1] / ours.seconds if peer else None


def compare(zoo, ours, peers, threads, layouts=LAYOUTS["both layouts"]):
    pairs = ((layer, ours.best(layer.name, threads, layouts), peers.best(layer.name, threads, layouts)) for layer in zoo)
    return [Comparison(layer, time, peer) for layer, time, peer in pairs if time]


def milliseconds(seconds):
    ms = seconds * 1e3
    return f"{ms:.3f}" if ms < 10 else f"{ms:.2f}" if ms < 100 else f"{ms:.1f}"


def plural(threads):
    return "one thread" if threads == 1 else f"{threads} threads"


def table(header, rows):
    """`header` names columns; those that end in `:` are aligned to the right."""
    rule = "|".join("---:" if name.endswith(":") else "---" for name in header)
    lines = ["| " + " | ".join(name.rstrip(":") for name in header) + " |", f"|{rule}|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def machine(ours, peers, variant):
    context = ours.contexts[0]
    rows = [("date", " and ".join(sorted({c["date"][:10] for c in ours.contexts}))), ("variant", f"`{variant}`")]
    rows += [(key, context[key]) for key in PLAIN_KEYS if key in context]
    rows += [("roof, " + plural(threads), roof) for threads in ours.threads
             for roof in [next(c[f"roof_t{threads}"] for c in ours.contexts if f"roof_t{threads}" in c)]]
    rows += [("peers", ", ".join(peers.name(peer) for peer in peers.present))]
    return table(("", ""), rows)


def summary(zoo, ours, peers):
    rows = []
    for threads in ours.threads:
        for words, layouts in LAYOUTS.items():
            all_of_them = compare(zoo, ours, peers, threads, layouts)
            ratios = [c.ratio for c in all_of_them if c.ratio]
            good = sum(c.ours.percent_of_bound >= GOOD for c in all_of_them)
            behind, far = sum(r < 1 for r in ratios), sum(r < 0.95 for r in ratios)
            mean, worst = (f"{geometric_mean(ratios):.2f}", f"{min(ratios):.2f}") if ratios else ("", "")
            rows.append((f"{plural(threads)}, {words}", str(len(ratios)), mean, worst, str(behind), str(far), f"{good} of {len(all_of_them)}"))
    return table(("", "layers:", "geometric mean:", "worst:", "below 1:", "below 0.95:", f"at {GOOD} % of the bound:"), rows)


def layers(zoo, ours, peers, threads):
    rows = []
    for c in compare(zoo, ours, peers, threads):
        peer = (peers.name(c.peer[0]), milliseconds(c.peer[1]), f"{c.ratio:.2f}") if c.peer else ("", "", "")
        rows.append((c.layer.name, c.layer.shape, c.ours.layout, milliseconds(c.ours.seconds), f"{c.ours.gflops:.1f}",
                     f"{c.ours.percent_of_bound:.0f}", *peer))
    return table(("layer", "shape", "layout", "ms:", "GFLOP/s:", "% of bound:", "best peer", "its ms:", "ratio:"), rows)


def poor_layers(zoo, ours, peers, threads):
    found = [c for c in compare(zoo, ours, peers, threads) if c.ours.percent_of_bound < POOR]
    return sorted(found, key=lambda c: c.ours.percent_of_bound)


def below_bound(zoo, ours, peers, reasons, threads):
    poor = poor_layers(zoo, ours, peers, threads)
    if not poor:
        return f"Every layer reaches {POOR} % of its bound."
    rows = [(c.layer.name, c.layer.shape, f"{c.ours.percent_of_bound:.0f}", reasons[c.layer.name]) for c in poor]
    return table(("layer", "shape", "% of bound:", "reason"), rows)


def peer_wins(zoo, ours, peers):
    rows = []
    for threads in ours.threads:
        for words, layouts in LAYOUTS.items():
            lost = [c for c in compare(zoo, ours, peers, threads, layouts) if c.ratio and c.ratio < 1]
            for c in sorted(lost, key=lambda c: c.ratio):
                rows.append((f"{plural(threads)}, {words}", c.layer.name, c.layer.shape, milliseconds(c.ours.seconds), peers.name(c.peer[0]),
                             milliseconds(c.peer[1]), f"{c.ratio:.2f}"))
    return table(("", "layer", "shape", "our ms:", "peer", "its ms:", "ratio:"), rows) if rows else "None."


def replace_parts(text, parts):
    """Puts each part between its marks; the rest of the page is written by hand."""
    for name, part in parts.items():
        pattern = re.compile(rf"(<!-- generated: begin {name} -->\n).*?(<!-- generated: end {name} -->)", re.DOTALL)
        text, count = pattern.subn(lambda match: f"{match[1]}{part}\n{match[2]}", text)
        if count != 1:
            raise SystemExit(f"the page has {count} places for part {name} instead of one")
    return text
