#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a report of measurements: FOLDER/index.html, one page that needs no other file, and its pictures as .svg and .png.

    report.py BENCH.json... [--peers PEERS.json...] --out FOLDER [--variant highway]

BENCH.json is what `deconv bench --json` writes, PEERS.json what benchmarks/peers writes. Needs the Python package matplotlib 3.8 or newer.
Exit status 1: a file is wrong; nothing is written then.
"""
import argparse
import pathlib
import sys

sys.dont_write_bytecode = True  # an installation may be read-only
try:
    from deconv_report import BadFile, page
    from deconv_report.pictures import with_pictures
    from deconv_report.report import read
except ModuleNotFoundError as missing:
    sys.exit(f"report: needs the Python package {missing.name}: {sys.executable} -m pip install matplotlib")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", nargs="+", metavar="BENCH.json")
    parser.add_argument("--peers", nargs="+", action="extend", default=[], metavar="PEERS.json")
    parser.add_argument("--out", required=True, type=pathlib.Path, metavar="FOLDER", help="made where it does not exist")
    parser.add_argument("--variant", help="whose rows are ours; highway by default")
    options = parser.parse_args()
    try:
        report = read(options.bench, options.peers, options.variant)
        options.out.mkdir(parents=True, exist_ok=True)
        target = options.out / "index.html"
        target.write_text(page.make(with_pictures(report, options.out)), encoding="utf-8")
    except BadFile as error:
        sys.exit(f"report: {error}")
    except OSError as error:
        sys.exit(f"report: {error}")
    print(target)


if __name__ == "__main__":
    main()
