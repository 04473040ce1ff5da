# SPDX-License-Identifier: Apache-2.0
"""benchmarks/performance on a small made-up measurement: the generated parts, missing reasons, marks. No matplotlib needed."""
import csv
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / folder) for folder in ("benchmarks/performance", "share/deconv", "tests/share")]
import generate  # noqa: E402
import made_up  # noqa: E402
import parts  # noqa: E402
from deconv_report.report import read  # noqa: E402

STRICT = "highway:strict"


class PerformancePage(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        (layer,) = (row for row in made_up.zoo() if row["layer"] == "dcgan_g1")
        rows = [made_up.bench_row(layer, layout, 1, STRICT, percent) for layout, percent in (("nhwc", 90), ("nchw", 40))]
        rows.append(made_up.bench_row(layer, "nhwc", 1, "highway", 200))
        self.rows, self.ms = rows, rows[0]["median_ms"]
        peers = [made_up.peer_row("dcgan_g1", peer, share * self.ms) for peer, share in (("ort", 1.5), ("litert", 1.2))]
        files = made_up.write(folder.name, "bench.json", made_up.bench(rows)), made_up.write(folder.name, "peers.json", made_up.peers(peers))
        self.report = read([files[0]], [files[1]], STRICT)

    def test_the_faster_layout_and_the_fastest_peer(self):
        shape = self.report.comparisons[1][0].ours.shape
        (line,) = parts.layers(self.report, 1).splitlines()[2:]
        self.assertEqual(line, f"| dcgan_g1 | {shape} | nhwc | {self.ms:.2f} | 90.0 | 90 | LiteRT 2.3.0 | {1.2 * self.ms:.2f} | 1.20 |")
        both, first = parts.summary(self.report).splitlines()[2:]
        self.assertTrue(both.startswith("| one thread, both layouts | 1.20 | 1.20 | 0 | 0 | 1 | 1 of 1 |"), both)
        self.assertTrue(first.startswith("| one thread, channels first alone | 0.67 | 0.67 | 1 | 1 | 1 | 0 of 1 |"), first)

    def test_a_table_says_who_wins(self):
        (line,) = parts.peer_wins(self.report).splitlines()[2:]
        self.assertIn("one thread, channels first alone | dcgan_g1 | 0.67 | slower", line)
        self.assertIn("ONNX Runtime 1.32.0", line)

    def test_a_poor_layer_needs_a_reason(self):
        self.assertEqual(parts.poor_layers(self.report, 1), [])
        (good,) = self.report.comparisons[1]
        self.report.comparisons[1] = [good._replace(ours=good.ours._replace(percent_of_bound=45.0))]
        with self.assertRaisesRegex(SystemExit, "no reason for\n  dcgan_g1: 45 %"):
            generate.require_reasons(parts.poor_layers(self.report, 1), {}, "reasons.csv")
        self.assertIn("| 45 | waits |", parts.below_bound(self.report, {"dcgan_g1": "waits"}, 1))

    def test_readme_names_machine_date_and_versions(self):
        names = generate.read_names(ROOT / "benchmarks/headline.txt")
        self.assertEqual(len(names), 12)
        text = parts.headline(self.report, names, 1)
        for word in ("Made-up CPU", "2026-01-02 and 2026-01-03", "g++ 12.2.0", f"`{STRICT}`", "| 1.20 | LiteRT 2.3.0 |"):
            self.assertIn(word, text)
        self.assertNotIn("The machine was", text)
        verdict = " ".join(parts.verdict(self.report).split())
        self.assertIn("Other libraries: ONNX Runtime 1.32.0, LiteRT 2.3.0.", verdict)
        self.assertIn("1.20 times as fast as the fastest of them *on each layer*, in the geometric mean of [1 layers](benchmarks/zoo.csv); none of them below 1.", verdict)

    def test_readme_says_that_the_machine_was_noisy(self):
        noisy = made_up.bench(self.rows, noise={"verdict": "noisy", "text": "noisy: a loop drifted by 7 %"})
        with tempfile.TemporaryDirectory() as folder:
            report = self.report._replace(bench=read([made_up.write(folder, "bench.json", noisy)], [], STRICT).bench)
        self.assertIn("The machine was noisy: a loop drifted by 7 %.", " ".join(parts.headline(report, [], 1).split()))

    def test_names_do_not_break_tables(self):
        self.assertEqual(parts.table(("a:",), [["x|<b>"]]).splitlines()[2], "| x\\|&lt;b> |")

    def test_only_what_lies_between_marks_is_replaced(self):
        page = "a\n<!-- generated: begin x -->\nold\n<!-- generated: end x -->\nb\n"
        self.assertEqual(parts.replace_parts(page, {"x": r"new \1"}), page.replace("old", r"new \1"))
        with self.assertRaises(SystemExit):
            parts.replace_parts(page, {"y": ""})

    def test_the_pages_have_a_place_for_every_part(self):
        parts.replace_parts((ROOT / "docs/performance.md").read_text(), dict.fromkeys(("machine", "summary", "roofline", "below", "wins", "layers"), ""))
        parts.replace_parts((ROOT / "README.md").read_text(), dict.fromkeys(("headline", "peers", "verdict"), ""))

    def test_every_reason_is_of_a_layer(self):
        with open(ROOT / "benchmarks/performance/reasons.csv", newline="") as file:
            self.assertLessEqual({row["layer"] for row in csv.DictReader(file)}, {row["layer"] for row in made_up.zoo()})


if __name__ == "__main__":
    unittest.main()
