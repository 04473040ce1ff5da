#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the generated parts of docs/accuracy.md: builds accuracy_measure, runs it on the zoo and writes what it measured.

  tests/accuracy/generate.py [--build DIR] [--cmake=ARGUMENT ...] [--measurements FILE]
Minutes on two cores; memory for the largest layer's tensors. Exit status 1: an error above its bound, or a layer that toom_cook runs
without being asked whose error reaches a 100000th of its outputs on normal data. The page is written all the same.
"""
import argparse
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "benchmarks/performance"), str(ROOT / "share/deconv")]

from parts import replace_parts, table  # noqa: E402

MOST_ERROR = 1e-5  # of the outputs' root mean square, where nobody asked for toom_cook


class Measurement:
    """One line of accuracy_measure."""

    def __init__(self, line):
        (self.layer, self.layout, self.isa, self.chosen, self.transforms, self.channels, self.factor, self.data, self.outputs, error,
         strict, of_bound) = line.split(";")
        self.error, self.strict, self.of_bound = float(error), float(strict), float(of_bound)


class Row:
    """A layer with one F(m, r): all its measurements, of one layout or of both."""

    def __init__(self, measurements):
        self.measurements, self.first = measurements, measurements[0]

    def worst(self, data, value):
        return max(getattr(m, value) for m in self.measurements if m.data == data)

    @property
    def of_bound(self):
        return max(m.of_bound for m in self.measurements)

    @property
    def layouts(self):
        return sorted({m.layout for m in self.measurements})

    @property
    def chosen(self):
        return sorted({m.layout for m in self.measurements if m.chosen == "yes"})

    def cells(self):
        chosen = "yes" if self.chosen == ["nchw", "nhwc"] else ", ".join(self.chosen)
        name = self.first.layer + ("" if len(self.layouts) == 2 else f" ({self.layouts[0]})")
        errors = [f"{self.worst(data, value):.1e}" for data in ("normal", "adverse") for value in ("error", "strict")]
        return (name, self.first.transforms, self.first.channels, self.first.factor, chosen, *errors, f"{self.of_bound:.1e}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "accuracy")
    parser.add_argument("--cmake", action="append", default=["-DCMAKE_BUILD_TYPE=Release", "-DDECONV_BUILD_BENCHMARKS=OFF"],
                        help="further arguments of its configuration")
    parser.add_argument("--measurements", type=pathlib.Path, help="what accuracy_measure printed before: nothing is built")
    parser.add_argument("--page", type=pathlib.Path, default=ROOT / "docs" / "accuracy.md")
    return parser.parse_args()


def measured(options):
    if options.measurements:
        return options.measurements.read_text()
    subprocess.run(["cmake", "-S", ROOT, "-B", options.build, *options.cmake], check=True)
    subprocess.run(["cmake", "--build", options.build, "--parallel", "2", "--target", "accuracy_measure"], check=True)
    return subprocess.run([options.build / "tests" / "accuracy_measure"], check=True, stdout=subprocess.PIPE, text=True).stdout


def rows_of(text):
    groups = {}
    for line in text.splitlines()[1:]:
        measurement = Measurement(line)
        groups.setdefault((measurement.layer, measurement.transforms), []).append(measurement)
    return [Row(measurements) for measurements in groups.values()]


def summary(rows):
    chosen = [row for row in rows if row.chosen]
    worst, nearest = max(chosen, key=lambda row: row.worst("normal", "error")), max(rows, key=lambda row: row.of_bound)
    layers = {row.first.layer for row in rows}
    return table(("", ""), [
        ("instruction set", rows[0].first.isa),
        ("layers that toom_cook accepts", str(len(layers))),
        ("runs without being asked", str(len({row.first.layer for row in chosen}))),
        ("their largest error / rms, normal data", f"{worst.worst('normal', 'error'):.1e} ({worst.first.layer}, {worst.first.transforms})"),
        ("largest error / bound of all", f"{nearest.of_bound:.1e} ({nearest.first.layer})"),
    ])


def layers(rows):
    return table(("layer", "F(m, r)", "channels:", "c:", "chosen", "normal:", "strict:", "adverse:", "strict:", "error / bound:"),
                 [row.cells() for row in rows])


def complaints(rows):
    for row in rows:
        if row.of_bound > 1:
            yield f"{row.first.layer} {row.first.transforms}: {row.of_bound:.2f} times its bound"
        if row.chosen and row.worst("normal", "error") >= MOST_ERROR:
            yield f"{row.first.layer} {row.first.transforms}: error / rms {row.worst('normal', 'error'):.2e} in default accuracy"


def main():
    options = arguments()
    rows = rows_of(measured(options))
    options.page.write_text(replace_parts(options.page.read_text(), {"summary": summary(rows), "layers": layers(rows)}))
    wrong = list(complaints(rows))
    print("\n".join(wrong) or f"{len(rows)} rows, all within their limits")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
