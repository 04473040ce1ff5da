# SPDX-License-Identifier: Apache-2.0
"""What tables say, as lists of texts: a header, whose right-aligned names end in `:`, and rows."""
import statistics

from .comparison import LAYOUTS, TIE, compare, geometric_mean
from .words import milliseconds, small, spread, thread_words

GOOD = 85  # per cent of the bound


def summary(bench, variant, peer_rows):
    rows = []
    for threads in bench.threads:
        for words, layouts in LAYOUTS.items():
            comparisons = compare(bench, variant, peer_rows, threads, layouts)
            ratios = [c.ratio for c in comparisons if c.peers]
            good = sum(c.ours.percent_of_bound >= GOOD for c in comparisons)
            if comparisons:
                mean, worst = (f"{geometric_mean(ratios):.2f}", f"{min(ratios):.2f}") if ratios else ("", "")
                rows.append([f"{thread_words(threads)}, {words}", mean, worst, str(sum(r < 1 for r in ratios)), str(sum(r < TIE for r in ratios)),
                             str(len(ratios)), f"{good} of {len(comparisons)}"])
    return ["", "geometric mean:", "worst:", "below 1:", f"below {TIE}:", "layers:", f"at {GOOD} % of the bound:"], rows


def losses(comparisons, titles, threads):
    """Layers on which the fastest peer is faster, worst first."""
    lost = sorted((c for c in comparisons if c.peers and c.ratio < 1), key=lambda c: c.ratio)
    rows = [[c.ours.layer, f"{c.ratio:.2f}", c.verdict, milliseconds(c.ours.ms), spread(c.ours.ms, c.ours.interval), titles[c.best.peer],
             milliseconds(c.best.ms), spread(c.best.ms, c.best.interval), c.ours.shape, thread_words(threads), f"{c.ours.percent_of_bound:.0f}"] for c in lost]
    return ["layer", "ratio:", "", "our ms:", "± %:", "peer", "its ms:", "± %:", "shape", "on", "% of bound:"], rows


def libraries(variant, comparisons, titles, threads):
    """Speed and accuracy of each library: ours first."""
    rows = [[f"deconv, {variant}", "1.00", *_errors(c.ours.error for c in comparisons), str(len(comparisons)), thread_words(threads)]]
    for peer, title in titles.items():
        mine = [c for c in comparisons if peer in c.peers]
        if mine:
            mean = geometric_mean(c.ratio_to(peer) for c in mine)
            rows.append([title, f"{mean:.2f}", *_errors(c.peers[peer].error for c in mine), str(len(mine)), thread_words(threads)])
    return ["library", "time over deconv's:", "error, median:", "largest:", "layers:", "on"], rows


def _errors(values):
    values = [value for value in values if value is not None]
    return [small(statistics.median(values)), small(max(values))] if values else ["", ""]


def layers(comparisons, titles, threads):
    """Every layer with the fastest peer."""
    rows = []
    for c in comparisons:
        ratio, *peer = [f"{c.ratio:.2f}", titles[c.best.peer], milliseconds(c.best.ms), small(c.best.error)] if c.peers else [""] * 4
        rows.append([c.ours.layer, c.ours.shape, str(threads), milliseconds(c.ours.ms), spread(c.ours.ms, c.ours.interval), ratio, *peer[:2],
                     f"{c.ours.gflops:.1f}", f"{c.ours.percent_of_bound:.0f}", small(c.ours.error), peer[2], c.ours.layout, c.ours.family, c.ours.ran])
    return ["layer", "shape", "threads:", "ms:", "± %:", "ratio:", "best peer", "its ms:", "GFLOP/s:", "% of bound:", "error:", "its error:", "layout",
            "family", "ran"], rows


def missing(bench, peers, titles):
    """Why rows have no time: ours, then peers'."""
    rows = [[f"deconv, {variant}", layer, layout, str(threads), why] for layer, layout, threads, variant, why in bench.declined]
    rows += [[titles.get(peer, peer), layer, "", str(threads), why] for layer, peer, threads, why in peers.failed]
    return ["library", "layer", "layout", "threads:", "why"], rows


def doubts(bench):
    """What the runs say of a machine that was not quiet."""
    texts = [c.object("noise").text("text", most=400) for c in bench.contexts
             if c.has("noise") and c.object("noise").text("verdict", "quiet") != "quiet"]
    return list(dict.fromkeys(texts))


def machine(bench, peers, titles):
    """Facts in pairs; of several files the first tells of the machine."""
    context = bench.contexts[0]
    facts = [["date", " and ".join(sorted({c.text("date")[:10] for c in bench.contexts} | {date[:10] for date in peers.dates}))]]
    facts += [[key, context.text(key, most=120)] for key in ("cpu", "isa", "compiler", "deconv", "cache") if context.has(key)]
    backends = ", ".join(f"{b.text('name')} {b.text('version', '')}".strip() for b in context.objects("backends"))
    facts += [["backends", backends], ["peers", ", ".join(titles.values()) or "none"]]
    for threads, roof in sorted(bench.roofs.items()):
        bandwidths = "; ".join(f"{size >> 10} KiB {rate * 1e-9:.0f}" for size, rate in roof.bandwidths)
        facts.append([f"roof, {thread_words(threads)}", f"{roof.flops * 1e-9:.1f} GFLOP/s; GB/s at {bandwidths}"])
    facts += [["noise", context.object("noise").text("text", most=400)] for context in bench.contexts if context.has("noise")]
    return ["", ""], facts
