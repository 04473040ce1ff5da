#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the generated parts of docs/performance.md, and docs/roofline.svg, from measurements. benchmarks/README.md says how to measure.

  benchmarks/performance/generate.py --ours FILE... [--peers FILE...] [--variant highway:strict] [--docs docs] [--reasons reasons.csv]
Needs matplotlib. Exit status 1: a layer below 60 % of its bound has no reason in reasons.csv. Nothing is written then.
"""
import argparse
import csv
import pathlib
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent

import report  # noqa: E402
import roofline  # noqa: E402
from measurements import Ours, Peers, Roof  # noqa: E402
from zoo import read_zoo  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", nargs="+", required=True, help="deconv_bench's JSON; several runs are one sample")
    parser.add_argument("--peers", nargs="*", default=[], help='lines {"peer", "layer", "threads", "s"}')
    parser.add_argument("--variant", default="highway:strict")
    parser.add_argument("--zoo", type=pathlib.Path, default=HERE.parent / "zoo.csv")
    parser.add_argument("--reasons", type=pathlib.Path, default=HERE / "reasons.csv")
    parser.add_argument("--peer-names", type=pathlib.Path, default=HERE / "peers.csv")
    parser.add_argument("--docs", type=pathlib.Path, default=HERE.parents[1] / "docs")
    return parser.parse_args()


def read_reasons(path):
    with open(path, newline="") as file:
        return {row["layer"]: row["reason"] for row in csv.DictReader(file) if row["reason"]}


def require_reasons(poor, reasons, path):
    missing = [f"  {c.layer.name}: {c.ours.percent_of_bound:.0f} % of its bound" for c in poor if c.layer.name not in reasons]
    if missing:
        sys.exit(f"{path} has no reason for\n" + "\n".join(missing))
    for layer in sorted(set(reasons) - {c.layer.name for c in poor}):
        print(f"{path}: {layer} needs no reason any more", file=sys.stderr)


def main():
    options = arguments()
    zoo, ours, peers = read_zoo(options.zoo), Ours(options.ours, options.variant), Peers(options.peers, options.peer_names)
    reasons = read_reasons(options.reasons)
    threads = ours.threads[0]
    require_reasons(report.poor_layers(zoo, ours, peers, threads), reasons, options.reasons)

    page = options.docs / "performance.md"
    text = report.replace_parts(page.read_text(), {
        "machine": report.machine(ours, peers, options.variant),
        "summary": report.summary(zoo, ours, peers),
        "roofline": "![Rate of each layer over its arithmetic intensity, under the measured roofs](roofline.svg)",
        "below": report.below_bound(zoo, ours, peers, reasons, threads),
        "wins": report.peer_wins(zoo, ours, peers),
        "layers": report.layers(zoo, ours, peers, threads),
    })
    roof = Roof(ours.contexts[0][f"roof_t{threads}"])
    title = f"{ours.contexts[0]['cpu']}, {report.plural(threads)}, {options.variant}"
    roofline.draw(report.compare(zoo, ours, peers, threads), roof, title, options.docs / "roofline.svg")
    page.write_text(text)


if __name__ == "__main__":
    main()
