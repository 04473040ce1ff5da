#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How much deconv compare sees: two runs of one build are compared as they are, then with every tenth row of the second slowed.

    deconv bench --zoo zoo --turns turns --json a.json &
    deconv bench --zoo zoo --turns turns --json b.json; wait
    benchmarks/planted_slowdown.py a.json b.json --program build/bin/deconv

The slowdown is planted into the samples, from each of the first ten rows on, so that every row is slowed once. Rows that compare marks without one are false alarms.
"""
import argparse
import itertools
import json
import pathlib
import subprocess
import tempfile

EVERY = 10
MARKS = ("", "?", "slower", "faster")  # of compare's table


def marked(program: str, a: str, b: str) -> list[bool]:
    """Of each row, in the runs' order, whether compare calls it slower or faster."""
    done = subprocess.run([program, "compare", a, b], capture_output=True, text=True)
    if done.returncode == 2:
        raise SystemExit(done.stderr)
    rows = itertools.takewhile(lambda line: line[:7].strip() in MARKS, done.stdout.partition("95% interval\n")[2].splitlines())
    return [line[:7].strip() in ("slower", "faster") for line in rows]


def slowed(run: dict, first: int, factor: float) -> dict:
    rows = json.loads(json.dumps(run["rows"]))
    for row in [row for row in rows if "rounds" in row][first::EVERY]:  # the others failed and are not compared
        for visit in row["rounds"]:
            visit["samples_ms"] = [factor * sample for sample in visit["samples_ms"]]
    return {**run, "rows": rows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("a")
    parser.add_argument("b")
    parser.add_argument("--program", default="deconv")
    parser.add_argument("--factor", type=float, default=1.1)
    args = parser.parse_args()
    equal = marked(args.program, args.a, args.b)
    print(f"as they are: {sum(equal)} of {len(equal)} rows marked")
    run = json.loads(pathlib.Path(args.b).read_text())
    found = planted = alarms = 0
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "slowed.json"
        for first in range(EVERY):
            path.write_text(json.dumps(slowed(run, first, args.factor)))
            marks = marked(args.program, args.a, str(path))
            here = marks[first::EVERY]
            found, planted, alarms = found + sum(here), planted + len(here), alarms + sum(marks) - sum(here)
            print(f"times {args.factor:g} from row {first + 1} on: {sum(here)} of {len(here)} found, {sum(marks) - sum(here)} others marked")
    print(f"in all: {found} of {planted} found, {alarms} false alarms")


if __name__ == "__main__":
    main()
