#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the generated parts of docs/performance.md and README.md, and docs' pictures, from measurements. benchmarks/README.md says how to measure.

  benchmarks/performance/generate.py {page,readme}... --bench FILE... [--peers FILE...] [--variant highway:strict]
--bench: JSON of `deconv bench`; --peers: of benchmarks/peers. Needs matplotlib. Exit status 1: a file is wrong, or a layer of the page that is
below 60 % of its bound has no reason in reasons.csv, which are those of one machine: on others README alone is made. Nothing is written then.
"""
import argparse
import csv
import pathlib
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "share/deconv"))

import parts  # noqa: E402
from deconv_report import BadFile  # noqa: E402
from deconv_report.report import read  # noqa: E402
from deconv_report.words import thread_words  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", nargs="+", choices=["page", "readme"])
    parser.add_argument("--bench", nargs="+", required=True)
    parser.add_argument("--peers", nargs="*", default=[])
    parser.add_argument("--variant", default="highway:strict")
    parser.add_argument("--reasons", type=pathlib.Path, default=HERE / "reasons.csv")
    parser.add_argument("--headline", type=pathlib.Path, default=HERE.parent / "headline.txt", help="names of README's layers")
    parser.add_argument("--docs", type=pathlib.Path, default=ROOT / "docs")
    parser.add_argument("--readme", type=pathlib.Path, default=ROOT / "README.md")
    return parser.parse_args()


def read_reasons(path):
    with open(path, newline="") as file:
        return {row["layer"]: row["reason"] for row in csv.DictReader(file) if row["reason"]}


def require_reasons(poor, reasons, path):
    missing = [f"  {c.ours.layer}: {c.ours.percent_of_bound:.0f} % of its bound" for c in poor if c.ours.layer not in reasons]
    if missing:
        sys.exit(f"{path} has no reason for\n" + "\n".join(missing))
    for layer in sorted(set(reasons) - {c.ours.layer for c in poor}):
        print(f"{path}: {layer} needs no reason any more", file=sys.stderr)


def read_names(path):
    lines = (line.partition("#")[0].strip() for line in path.read_text().splitlines())
    return [line for line in lines if line]


def picture(draw, path, alternative, link):
    """Draws into a file of its own first, so that a failure leaves the old one. Returns its Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        drawn = pathlib.Path(folder) / path.name
        draw(drawn)
        shutil.copy(drawn, path)
    return f"![{alternative}]({link})"


def title(report, threads):
    return f"{dict(report.facts).get('cpu', '')}, {thread_words(threads)}, {report.variant}"


def write_page(report, threads, options):
    """docs/performance.md and docs/roofline.svg."""
    from deconv_report import roofline  # matplotlib
    reasons = read_reasons(options.reasons)
    require_reasons(parts.poor_layers(report, threads), reasons, options.reasons)
    shown = "No peaks were measured."
    if threads in report.bench.roofs:
        shown = picture(lambda path: roofline.draw(report.comparisons[threads], report.bench.roofs[threads], title(report, threads), path),
                        options.docs / "roofline.svg", "Rate of each layer over its arithmetic intensity, under the measured roofs", "roofline.svg")
    page = options.docs / "performance.md"
    page.write_text(parts.replace_parts(page.read_text(), {
        "machine": parts.machine(report), "summary": parts.summary(report), "roofline": shown,
        "below": parts.below_bound(report, reasons, threads), "wins": parts.peer_wins(report), "layers": parts.layers(report, threads)}))


def write_readme(report, threads, options):
    """README.md's table and docs/peers.svg."""
    from deconv_report import ratios  # matplotlib
    shown = "No other library was measured."
    if report.titles:
        shown = picture(lambda path: ratios.draw_overview(report.comparisons[threads], report.titles, title(report, threads), path),
                        options.docs / "peers.svg", "Every library's time over deconv's, a stroke for each layer", "docs/peers.svg")
    options.readme.write_text(parts.replace_parts(options.readme.read_text(), {
        "headline": parts.headline(report, read_names(options.headline), threads), "peers": shown, "verdict": parts.verdict(report)}))


def main():
    options = arguments()
    try:
        report = read(options.bench, options.peers, options.variant)
    except BadFile as error:
        sys.exit(str(error))
    write = {"page": write_page, "readme": write_readme}
    for document in options.documents:
        write[document](report, report.bench.threads[0], options)


if __name__ == "__main__":
    main()
