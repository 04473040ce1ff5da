# SPDX-License-Identifier: Apache-2.0
"""The parts of docs/performance.md and README.md that are made from measurements, as Markdown."""
import re
import textwrap

from deconv_report import summaries
from deconv_report.comparison import LAYOUTS, compare, geometric_mean
from deconv_report.words import milliseconds, thread_words

POOR = 60  # per cent of the bound


def table(header, rows):
    """`header` names columns; those that end in `:` are aligned to the right."""
    rule = "|".join("---:" if name.endswith(":") else "---" for name in header)
    lines = ["| " + " | ".join(_cell(name.rstrip(":")) for name in header) + " |", f"|{rule}|"]
    return "\n".join(lines + ["| " + " | ".join(map(_cell, row)) + " |" for row in rows])


def _cell(text):
    return text.replace("|", "\\|").replace("<", "&lt;")


def machine(report):
    return table(("", ""), [["variant", f"`{report.variant}`"], *report.facts])


def summary(report):
    return table(*summaries.summary(report.bench, report.variant, report.peer_rows))


def layers(report, threads):
    rows = []
    for c in report.comparisons[threads]:
        peer = (report.titles[c.best.peer], milliseconds(c.best.ms), f"{c.ratio:.2f}") if c.peers else ("", "", "")
        rows.append((c.ours.layer, c.ours.shape, c.ours.layout, milliseconds(c.ours.ms), f"{c.ours.gflops:.1f}", f"{c.ours.percent_of_bound:.0f}", *peer))
    return table(("layer", "shape", "layout", "ms:", "GFLOP/s:", "% of bound:", "best peer", "its ms:", "ratio:"), rows)


def poor_layers(report, threads):
    found = [c for c in report.comparisons[threads] if c.ours.percent_of_bound < POOR]
    return sorted(found, key=lambda c: c.ours.percent_of_bound)


def below_bound(report, reasons, threads):
    poor = poor_layers(report, threads)
    if not poor:
        return f"Every layer reaches {POOR} % of its bound."
    rows = [(c.ours.layer, c.ours.shape, f"{c.ours.percent_of_bound:.0f}", reasons[c.ours.layer]) for c in poor]
    return table(("layer", "shape", "% of bound:", "reason"), rows)


def peer_wins(report):
    rows = []
    for threads in report.bench.threads:
        for words, layouts in LAYOUTS.items():
            comparisons = compare(report.bench, report.variant, report.peer_rows, threads, layouts)
            header, lost = summaries.losses(comparisons, report.titles, threads)
            on = header.index("on")
            rows += [[f"{row[on]}, {words}", *row[:on], *row[on + 1:]] for row in lost]
    return table(["", *(name for name in header if name != "on")], rows) if rows else "None."


def headline(report, names, threads):
    """README's table: the layers of headline.txt, in its order, and the machine that they ran on."""
    by_name = {c.ours.layer: c for c in report.comparisons[threads]}
    rows = []
    for name in names:
        if name in by_name:
            c = by_name[name]
            peer = (f"{c.ratio:.2f}", report.titles[c.best.peer]) if c.peers else ("", "")
            rows.append((name, c.ours.shape, milliseconds(c.ours.ms), f"{c.ours.gflops:.1f}", f"{c.ours.percent_of_bound:.0f}%", *peer))
    facts = dict(report.facts)
    words = (f"{facts.get('cpu', 'An unknown CPU')} ({facts.get('isa', '')}), {thread_words(threads)}, {facts.get('compiler', '')}, {facts['date']}, "
             f"`{report.variant}`, from `benchmarks/performance/run`. In the faster of both layouts: ms, GFLOP/s, share of the measured roofline; the fastest "
             "other library on the layer, and its time over ours.")
    doubts = "".join(f" The machine was {text}." for text in dict.fromkeys(text.partition(". ")[0] for text in summaries.doubts(report.bench)))
    return f"{_wrapped(words + doubts)}\n\n{table(('layer', 'shape', 'ms:', 'GFLOP/s:', 'of bound:', 'ratio:', 'over'), rows)}"


def verdict(report):
    """A sentence for each thread count, over all layers."""
    sentences = []
    for threads, comparisons in report.comparisons.items():
        ratios = {c.ours.layer: c.ratio for c in comparisons if c.peers}
        if not ratios:
            continue
        lost = sorted((ratio, layer) for layer, ratio in ratios.items() if ratio < 1)
        worst = f" ({', '.join(f'{layer} {ratio:.2f}' for ratio, layer in lost[:3])}{', ...' if len(lost) > 3 else ''})" if lost else ""
        sentences.append(f"On {thread_words(threads)} `{report.variant}` is {geometric_mean(ratios.values()):.2f} times as fast as the fastest of "
                         f"them *on each layer*, in the geometric mean of [{len(ratios)} layers](benchmarks/zoo.csv); {len(lost) or 'none'} of them below 1{worst}.")
    return _wrapped(f"Other libraries: {', '.join(report.titles.values())}. " + " ".join(sentences))


def _wrapped(text):
    return textwrap.fill(text, 150, break_long_words=False, break_on_hyphens=False)


def replace_parts(text, parts):
    """Puts each part between its marks; the rest of the page is written by hand."""
    for name, part in parts.items():
        pattern = re.compile(rf"(<!-- generated: begin {name} -->\n).*?(<!-- generated: end {name} -->)", re.DOTALL)
        text, count = pattern.subn(lambda match: f"{match[1]}{part}\n{match[2]}", text)
        if count != 1:
            raise SystemExit(f"the page has {count} places for part {name} instead of one")
    return text
