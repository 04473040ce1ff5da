# SPDX-License-Identifier: Apache-2.0
"""The report as one HTML page that needs no other file and no network."""
import pathlib
from html import escape

from . import html, summaries
from .comparison import geometric_mean
from .style import GREY
from .words import thread_words

HERE = pathlib.Path(__file__).resolve().parent
RATIO, VERDICT = "ratio:", 2


def make(report):
    """`report`: see report.py's Report."""
    parts = [("summary", "Summary", _summary(report)), ("peers", "Against each library", _overviews(report)), ("roofline", "Roofline", _rooflines(report)),
             ("losses", "Where we lose", _losses(report)), ("accuracy", "Accuracy beside speed", _accuracy(report)),
             ("bars", "Each layer against each library", _bars(report)), ("layers", "Every layer", _layers(report)),
             ("missing", "What has no time", _missing(report)), ("machine", "Machine and versions", _machine(report))]
    body = "".join(f'<section id="{key}"><h2>{title}</h2>{content}</section>' for key, title, content in parts)
    links = "".join(f'<a href="#{key}">{title}</a>' for key, title, _ in parts)
    facts = dict(report.facts)
    head = f"{facts['date']}, {facts.get('cpu', 'unknown CPU')}, deconv {facts.get('deconv', '')}, {report.variant}"
    return (f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<title>deconv: benchmark report</title><style>{(HERE / "page.css").read_text()}</style></head>'
            f'<body><h1>Transposed convolution: deconv and other libraries</h1><p class="quiet">{escape(head)}</p>{_noise(report)}<nav>{links}</nav>'
            f'{body}<script>{(HERE / "page.js").read_text()}</script></body></html>\n')


def _noise(report):
    return "".join(f'<p class="warning">Doubtful figures: {escape(text)}</p>' for text in summaries.doubts(report.bench))


def _figure(path, caption, words):
    return f'<figure>{html.picture(path.read_text(), words, GREY)}<figcaption>{escape(caption)}</figcaption></figure>'


def _summary(report):
    words = ("The fastest of the other libraries on each layer, its time over ours: above 1 deconv is faster. Both sides have the faster of their layouts, "
             "or channels first alone. The bound is the roofline's time on the peaks measured here.")
    return f'<p>{words}</p>{html.table(*summaries.summary(report.bench, report.variant, report.peer_rows))}'


def _overviews(report):
    caption = "A stroke for each layer, right of 1 where deconv is faster; the tall ones are geometric means. In brackets: layers that the library has run."
    pictures = [_figure(drawn["overview"], caption, f"Ratios of every library, {thread_words(threads)}")
                for threads, drawn in report.drawn.items() if drawn["overview"]]
    return _side_by_side(pictures) or "<p>No other library was measured.</p>"


def _rooflines(report):
    caption = ("A marker under the sloping lines is limited by bytes, under the flat line by multiplications; above it only an algorithm with fewer "
               "products can be.")
    pictures = [_figure(drawn["roofline"], caption, f"Roofline, {thread_words(threads)}") for threads, drawn in report.drawn.items() if drawn["roofline"]]
    return _side_by_side(pictures) or "<p>The file holds no peaks.</p>"


def _side_by_side(pictures):
    return f'<div class="pictures">{"".join(pictures)}</div>' if pictures else ""


def _losses(report):
    tables, classes = [], {}
    for threads, comparisons in report.comparisons.items():
        header, rows = summaries.losses(comparisons, report.titles, threads)
        tables += rows
    if not tables:
        return "<p>Nowhere.</p>" if report.peer_rows else "<p>No other library was measured.</p>"
    for r, row in enumerate(tables):
        if row[VERDICT] == "slower":
            classes[r, header.index(RATIO)] = "loss"
    words = "Layers on which the fastest other library is faster. A tie: the intervals of the medians meet, or less than 5 % part them."
    return f"<p>{words}</p>{html.table(header, tables, classes)}"


def _accuracy(report):
    rows = []
    for threads, comparisons in report.comparisons.items():
        header, more = summaries.libraries(report.variant, comparisons, report.titles, threads)
        rows += more
    words = ("Time over deconv's: geometric mean over the layers that the library has run. Error: the largest difference from the definition in float64, over "
             "the largest output, of each layer; deconv's on 256 outputs of each, the others' on all.")
    return f"<p>{words}</p>{html.table(header, rows)}"


def _bars(report):
    pieces, first = [], True
    for threads, drawn in report.drawn.items():
        for peer, path in drawn["bars"].items():
            ratios = [c.ratio_to(peer) for c in report.comparisons[threads] if peer in c.peers]
            words = (f"{report.titles[peer]}, {thread_words(threads)}: {geometric_mean(ratios):.2f} over {len(ratios)} layers, "
                     f"{sum(r < 1 for r in ratios)} below 1")
            svg = html.picture(path.read_text(), words, GREY)
            pieces.append(f'<details{" open" if first else ""}><summary>{escape(words)}</summary>{svg}</details>')
            first = False
    return f'<div class="bars">{"".join(pieces)}</div>' if pieces else "<p>No other library was measured.</p>"


def _layers(report):
    rows, classes = [], {}
    for threads, comparisons in report.comparisons.items():
        header, more = summaries.layers(comparisons, report.titles, threads)
        rows += more
    column = header.index(RATIO)
    for r, row in enumerate(rows):
        if row[column]:
            classes[r, column] = "win" if float(row[column]) >= 1 else "loss"
    return html.sortable_table(header, rows, classes)


def _missing(report):
    header, rows = summaries.missing(report.bench, report.peers, report.titles)
    if not rows:
        return "<p>Everything ran.</p>"
    content = html.table(header, rows, {(r, len(header) - 1): "long" for r in range(len(rows))})
    return f"<details><summary>{len(rows)} rows, with their reasons</summary>{content}</details>"


def _machine(report):
    return html.table(["", ""], report.facts, {(r, 1): "long" for r in range(len(report.facts))})
