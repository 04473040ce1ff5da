# SPDX-License-Identifier: Apache-2.0
"""benchmarks/performance on a small made-up measurement: medians, choice of layout and peer, missing reasons, marks. No matplotlib needed."""
import csv
import json
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "benchmarks" / "performance"))
import report  # noqa: E402
from measurements import Ours, Peers, Roof, geometric_mean  # noqa: E402
from zoo import read_zoo  # noqa: E402


def entry(row, ms, **fields):
    """100 MFLOP in ms; the bound is 1 ms."""
    return {"run_name": row + "/real_time", "run_type": "iteration", "real_time": ms, "time_unit": "ms", "gflops": 100 / ms,
            "percent_of_bound": 100 / ms, "bytes": 1e6, **fields}


class PerformancePage(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        fast, slow = "highway:strict/nhwc/t1/dcgan_g1", "highway:strict/nchw/t1/dcgan_g1"
        rows = [entry(fast, ms) for ms in (1.1, 1.0, 9.0)] + [entry(slow, 2.5), entry("highway/nhwc/t1/dcgan_g1", 0.1)]
        rows += [entry(fast, 5.0, run_type="aggregate", aggregate_name="median"), entry(slow, 0.1, error_occurred=True)]
        self.ours = Ours([self.write("ours.json", json.dumps({"context": {"date": "2026-01-02T03:04:05"}, "benchmarks": rows}))], "highway:strict")
        times = [("ort", 1.5), ("torch_cl", 1.2), ("ort", 1.4), ("litert", 0.4)]
        lines = [json.dumps({"peer": p, "layer": "dcgan_g1", "threads": 2 if p == "litert" else 1, "s": ms * 1e-3}) for p, ms in times]
        self.peers = Peers([self.write("peers.jsonl", "\n".join(lines))], ROOT / "benchmarks/performance/peers.csv")
        self.zoo = read_zoo(ROOT / "benchmarks/zoo.csv")

    def write(self, name, text):
        path = pathlib.Path(self.directory.name) / name
        path.write_text(text)
        return path

    def test_the_faster_layout_and_the_fastest_peer(self):
        (both,) = report.compare(self.zoo, self.ours, self.peers, 1)
        self.assertEqual((both.ours.layout, both.peer[0]), ("nhwc", "torch_cl"))
        self.assertAlmostEqual(both.ours.seconds, 1.1e-3)
        self.assertAlmostEqual(both.ratio, 1.2 / 1.1)
        self.assertAlmostEqual(both.ours.percent_of_bound, 100 / 1.1)
        (first,) = report.compare(self.zoo, self.ours, self.peers, 1, ("nchw",))
        self.assertEqual((first.ours.layout, first.peer[0]), ("nchw", "ort"))
        self.assertAlmostEqual(first.ratio, 1.4 / 2.5)

    def test_a_table_says_who_wins(self):
        lines = report.peer_wins(self.zoo, self.ours, self.peers).splitlines()
        self.assertEqual(len(lines), 3)
        self.assertIn("channels first alone | dcgan_g1 | n64 512->256 4x4 k4 s2 | 2.500 | ONNX Runtime", lines[2])

    def test_a_poor_layer_needs_a_reason(self):
        self.assertEqual(report.poor_layers(self.zoo, self.ours, self.peers, 1), [])
        for time in self.ours.times.values():
            time.bound /= 2
        (poor,) = report.poor_layers(self.zoo, self.ours, self.peers, 1)
        with self.assertRaises(KeyError):
            report.below_bound(self.zoo, self.ours, self.peers, {}, 1)
        self.assertIn("| 45 | waits |", report.below_bound(self.zoo, self.ours, self.peers, {poor.layer.name: "waits"}, 1))

    def test_only_what_lies_between_marks_is_replaced(self):
        page = "a\n<!-- generated: begin x -->\nold\n<!-- generated: end x -->\nb\n"
        self.assertEqual(report.replace_parts(page, {"x": r"new \1"}), page.replace("old", r"new \1"))
        with self.assertRaises(SystemExit):
            report.replace_parts(page, {"y": ""})

    def test_the_page_has_a_place_for_every_part(self):
        page = (ROOT / "docs/performance.md").read_text()
        report.replace_parts(page, dict.fromkeys(("machine", "summary", "roofline", "below", "wins", "layers"), ""))

    def test_every_reason_is_of_a_layer(self):
        with open(ROOT / "benchmarks/performance/reasons.csv", newline="") as file:
            self.assertLessEqual({row["layer"] for row in csv.DictReader(file)}, {layer.name for layer in self.zoo})

    def test_the_roof_in_the_context(self):
        roof = Roof("118.2 GFLOP/s; GB/s at 64K 116 24M 49 256M 25")
        self.assertAlmostEqual(roof.flops, 118.2e9)
        self.assertEqual(roof.bandwidths, {64 << 10: 116e9, 24 << 20: 49e9, 256 << 20: 25e9})
        self.assertAlmostEqual(geometric_mean([1, 4]), 2)


if __name__ == "__main__":
    unittest.main()
