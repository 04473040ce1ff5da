#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""command_test.py PROGRAM: what the deconv command prints, writes and answers with."""
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from command import PROGRAM, SMALL, Command, deconv


class Help(Command):
    def test_program_and_commands(self):
        text = deconv("--help").stdout
        for command in ("info", "explain", "bench", "compare", "tune", "report"):
            self.assertIn(command, text)
        for command in ("explain", "bench", "compare", "tune"):
            done = deconv(command, "--help")
            self.assertEqual(done.returncode, 0)
            self.assertIn("Example", done.stdout)
            self.assertIn(f"  deconv {command}", done.stdout)

    def test_version(self):
        self.assertRegex(self.run_ok("--version"), r"^\d+\.\d+\.\d+\n$")

    def test_no_command(self):
        self.assertEqual(deconv().returncode, 2)
        self.assertEqual(deconv("wobble").returncode, 2)


class BadInput(Command):
    def test_problems_name_the_bad_field(self):
        self.assert_refused("problem word 'wobble': unknown", "explain", SMALL + " wobble")
        self.assert_refused("missing word 'ih'", "explain", "d2", "ic1", "oc1", "k1x1")
        self.assert_refused("groups = 3", "bench", SMALL + " g3")
        self.assert_refused("n = 0 must be at least 1", "bench", SMALL + " n0")
        self.assert_refused("threads = 0", "bench", SMALL + " t0")
        huge = deconv("bench", "d2 ic1000000 oc1 ih100000x100000 k1x1")
        self.assertEqual(huge.returncode, 2)
        self.assertRegex(huge.stderr, r"src has more than 2\^40 elements|the size of src in bytes = 4\d+ does not fit")  # 64 or 32 bits
        self.assert_refused("'dcgan_g9' is neither a layer of the zoo nor a problem", "bench", "dcgan_g9")
        self.assert_refused("no layers", "bench")

    def test_flags_name_themselves(self):
        self.assert_refused('--layouts: "nwhc"', "explain", SMALL, "--layouts", "nwhc")
        self.assert_refused('--threads: "two"', "explain", SMALL, "--threads", "two")
        self.assert_refused('--backends: no backend "cuda"', "bench", SMALL, "--backends", "cuda")
        self.assert_refused("--budget", "bench", SMALL, "--budget", "-1")
        self.assert_refused("--rounds", "bench", SMALL, "--rounds", "0")
        self.assert_refused("--input-shape needs --onnx", "bench", SMALL, "--input-shape", "x:1,3,4,4")
        self.assert_refused("cannot read", "bench", "--zoo", "/nowhere/zoo.csv")
        self.assert_refused("--json: cannot write", "bench", SMALL, "--budget", "0.1", "--rounds", "1", "--json", "/nowhere/run.json")


class Info(Command):
    def test_tells_machine_and_backends(self):
        text = self.run_ok("info")
        for word in ("cpu ", "cores", "caches", "isa targets", "highway", "naive", "GFLOP/s", "read GB/s", "none (DECONV_TUNING_FILE"):
            self.assertIn(word, text)
        rates = [float(word) for line in text.splitlines() if line.startswith("read") for word in line.split()[2:]]
        self.assertGreaterEqual(len(rates), 7)
        self.assertGreater(min(rates), 0.05)

    def test_names_what_is_set(self):
        text = self.run_ok("info", DECONV_TUNING_FILE="/etc/tuned", DECONV_BACKEND="naive")
        self.assertIn("/etc/tuned", text)
        self.assertIn("DECONV_BACKEND=naive", text)


class Explain(Command):
    def test_every_candidate_with_verdict_and_time(self):
        lines = self.run_ok("explain", *SMALL.split()).splitlines()
        rows = {line.split()[0]: line.split() for line in lines if line.startswith(("highway/", "naive"))}
        self.assertEqual(sum(row[1] == "chosen" for row in rows.values()), 1)
        self.assertEqual(rows["naive"][1:3], ["possible", "-"])
        self.assertGreater(float(rows["highway/phase_gemm"][2]), 0)
        self.assertEqual(rows["highway/depthwise"][1:3], ["declined", "-"])

    def test_zoo_names_layouts_threads(self):
        text = self.run_ok("explain", "pix2pix_inner", "--layouts", "nchw,nhwc", "--threads", "1,2")
        self.assertEqual(text.count("pix2pix_inner\n"), 4)
        self.assertEqual(text.count("layout:nhwc"), 2)
        self.assertEqual(text.count("on 2 threads"), 2)

    def test_environment_is_told(self):
        text = self.run_ok("explain", SMALL + " prelu", DECONV_BACKEND="naive")
        self.assertRegex(text, r"naive +chosen")


class Bench(Command):
    def test_table_json_and_csv(self):
        with tempfile.TemporaryDirectory() as folder:
            table = str(pathlib.Path(folder) / "run.csv")
            path = self.bench(folder, "run.json", SMALL, "pix2pix_inner", "--backends", "highway,naive", "--layouts", "nchw,nhwc",
                              "--budget", "2", "--csv", table)
            run = json.loads(pathlib.Path(path).read_text())
            self.assertEqual(run["schema"], "deconv-bench-1")
            self.assertEqual(len(run["rows"]), 8)
            context = run["context"]
            self.assertEqual(context["arguments"][:2], ["bench", SMALL])
            self.assertIn(context["noise"]["verdict"], ("quiet", "noisy", "too noisy"))
            self.assertGreater(context["peaks"][0]["gflops"], 0)
            for row in run["rows"]:
                self.check_row(row, context)
            with open(table, newline="") as file:
                lines = list(csv.DictReader(file))
            self.assertEqual([line["layer"] for line in lines], [row["layer"] for row in run["rows"]])
            for line, row in zip(lines, run["rows"]):
                self.assertAlmostEqual(float(line["median_ms"]) / row["median_ms"], 1, places=6)
                self.assertEqual(line["error"], "")

    def check_row(self, row, context):
        self.assertNotIn("error", row)
        self.assertEqual(len(row["rounds"]), context["rounds"])
        medians = sorted(sorted(r["samples_ms"])[len(r["samples_ms"]) // 2] for r in row["rounds"])
        self.assertTrue(medians[0] * 0.5 <= row["median_ms"] <= medians[-1] * 1.5)
        if len(medians) >= 6:
            low, high = row["interval_ms"]
            self.assertTrue(low <= row["median_ms"] <= high)
            self.assertGreaterEqual(row["interval_coverage"], 0.95)
        self.assertAlmostEqual(row["gflops"], row["flops"] / row["median_ms"] * 1e-6)
        self.assertAlmostEqual(row["percent_of_bound"], 100 * row["bound_ms"] / row["median_ms"])
        self.assertLessEqual(row["max_error"], row["max_error_bound"])
        self.assertLessEqual(row["error_of_bound"], 1)
        self.assertGreater(row["max_value"], 0)
        self.assertIn(row["bound_by"], ("arithmetic", "memory"))
        self.assertEqual(len(row["shape"]["out"]), row["shape"]["rank"])

    # Every kind of epilogue, layout and weights is verified by the run itself.
    def test_every_word_of_a_problem(self):
        for words in ("scale bias residual relu", "inplace leaky:0.1", "prelu", "clamp:-1,1", "sigmoid", "tanh", "gelu", "gelu_tanh", "silu",
                      "hardswish", "elu:2", "w:oi", "w:hwoi g2", "w:ohwi form:correlation", "src:nhwc dst:nchw", "strict t2", "d2x2 op1x1"):
            text = self.run_ok("bench", f"{SMALL} {words}", "--budget", "0.05", "--rounds", "1")
            self.assertIn("8->4", text)
        self.assertIn("nhwc>nchw", self.run_ok("bench", SMALL + " src:nhwc dst:nchw", "--budget", "0.05", "--rounds", "1"))

    def test_cold_caches(self):
        with tempfile.TemporaryDirectory() as folder:
            path = self.bench(folder, "cold.json", SMALL, "--backends", "highway", "--cold", "--budget", "0.5", "--rounds", "2")
            context = json.loads(pathlib.Path(path).read_text())["context"]
            self.assertEqual(context["cache"], "cold")
            self.assertGreaterEqual(context["cold_bytes"], 64 << 20)

    def test_declined_rows_say_why(self):
        done = deconv("bench", SMALL, "--backends", "highway,highway:depthwise", "--budget", "0.1", "--rounds", "1")
        self.assertEqual(done.returncode, 0)
        self.assertIn("needs groups of one input channel", " ".join(done.stdout.split()))


class Tune(Command):
    def test_remembers_and_explains(self):
        with tempfile.TemporaryDirectory() as folder:
            path = str(pathlib.Path(folder) / "tuning.txt")
            text = self.run_ok("tune", SMALL, "--layouts", "nchw,nhwc", "--seconds", "0.05", "--file", path)
            self.assertEqual(text.count("own choice"), 2)
            self.assertEqual(text.count(", remembered"), 2)
            self.assertIn("2 problems remembered", " ".join(text.split()))
            explained = self.run_ok("explain", SMALL, DECONV_TUNING_FILE=path)
            self.assertRegex(explained, r"chosen.*tuned:")
            self.assertIn(f"tuning file {path}", " ".join(self.run_ok("info", DECONV_TUNING_FILE=path).split()))
            pathlib.Path(path).write_text("deconv-tuning 1 garbage\n")
            self.assertIn("tuning:", self.run_ok("explain", SMALL, DECONV_TUNING_FILE=path))
            self.assertIn("not in use", " ".join(self.run_ok("info", DECONV_TUNING_FILE=path).split()))

    def test_needs_a_place(self):
        done = subprocess.run([PROGRAM, "tune", SMALL], capture_output=True, text=True,
                              env={name: value for name, value in os.environ.items() if name != "DECONV_TUNING_FILE"})
        self.assertEqual(done.returncode, 2)
        self.assertIn("--file FILE", done.stderr)


class Onnx(Command):
    def test_reads_a_model(self):
        try:
            from onnx import parser, save
        except ImportError:
            self.skipTest("python3 has no onnx package")
        with tempfile.TemporaryDirectory() as folder:
            path = str(pathlib.Path(folder) / "model.onnx")
            save(parser.parse_model("""
              <ir_version: 8, opset_import: ["" : 17]>
              decoder (float[n, 8, h, w] x, float[8, 4, 4, 4] weights) => (float[n, 4, y_h, y_w] y) {
                y = ConvTranspose <strides = [2, 2], pads = [1, 1, 1, 1]> (x, weights)
              }"""), path)
            done = deconv("bench", "--onnx", path, "--input-shape", "x:1,8,6,5", "--backends", "highway", "--budget", "0.3")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("8->4 6x5 k4 s2", done.stdout)
            pathlib.Path(path).rename(pathlib.Path(folder) / "-model.onnx")
            dashed = subprocess.run([PROGRAM, "explain", "--onnx=-model.onnx", "--input-shape", "x:1,8,6,5"], cwd=folder, capture_output=True, text=True)
            self.assertEqual(dashed.returncode, 0, dashed.stderr)

    def test_errors(self):
        done = deconv("bench", "--onnx", "/nowhere/model.onnx")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--onnx /nowhere/model.onnx: the layers could not be read", done.stderr)
        self.assertIn("--onnx needs python3", deconv("bench", "--onnx", "model.onnx", PATH="/nowhere").stderr)
        self.assertIn("python3", deconv("report", "run.json", PATH="/nowhere").stderr)


class Compare(Command):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.a = self.bench(self.folder.name, "a.json", SMALL, "--backends", "highway", "--budget", "0.5")
        run = json.loads(pathlib.Path(self.a).read_text())
        # A run without noise: the machine's own would decide whether the tests below hold.
        run["context"]["noise"]["verdict"] = "quiet"
        for i, one in enumerate(run["rows"][0]["rounds"]):
            one["interrupted"], one["control_ms"] = False, 0.25
            one["samples_ms"] = [1 + 0.001 * ((7 * i) % 10)]
        run["rows"][0]["rounds"] = (run["rows"][0]["rounds"] * 10)[:10]
        self.a = self.written("a.json", run)

    def written(self, name, run):
        path = pathlib.Path(self.folder.name) / name
        path.write_text(json.dumps(run))
        return str(path)

    def changed(self, change):
        run = json.loads(pathlib.Path(self.a).read_text())
        change(run)
        return self.written("b.json", run)

    def slowed(self, factor):
        def change(run):
            for one in run["rows"][0]["rounds"]:
                one["samples_ms"] = [factor * sample for sample in one["samples_ms"]]
        return self.changed(change)

    def test_statuses(self):
        self.assertIn("0 slower, 0 faster, 0 undecided", " ".join(self.run_ok("compare", self.a, self.a).split()))
        slower = deconv("compare", self.a, self.slowed(1.1))
        self.assertEqual(slower.returncode, 1)
        self.assertRegex(slower.stdout, r"(?m)^slower ")
        self.assertIn("1.100", slower.stdout)
        self.assertIn("1 faster", " ".join(self.run_ok("compare", self.a, self.slowed(0.9)).split()))
        self.assertIn("0 slower", " ".join(self.run_ok("compare", self.a, self.slowed(1.1), "--least", "20").split()))

    def test_cannot_be_judged(self):
        def few(run):
            run["rows"][0]["rounds"] = run["rows"][0]["rounds"][:1]
        self.assertEqual(deconv("compare", self.a, self.changed(few)).returncode, 3)
        def noisy(run):
            run["context"]["noise"]["verdict"] = "too noisy"
        done = deconv("compare", self.a, self.changed(noisy))
        self.assertEqual(done.returncode, 3)
        self.assertIn("too noisy to believe", done.stdout)

    def test_by_turns(self):
        folder = pathlib.Path(self.folder.name)
        paths = [str(folder / name) for name in ("first.json", "second.json")]
        runs = [subprocess.Popen([PROGRAM, "bench", SMALL, "--backends", "highway", "--budget", "1", "--turns", str(folder / "turns"),
                                  "--json", path], stdout=subprocess.DEVNULL) for path in paths]
        self.assertEqual([run.wait() for run in runs], [0, 0])
        done = deconv("compare", *paths)
        self.assertIn("The runs took turns", done.stdout)
        self.assertNotIn("nothing is decided", done.stdout)
        self.assert_refused("--turns: cannot open /nowhere/turns", "bench", SMALL, "--turns", "/nowhere/turns")

    def test_what_the_planting_script_says(self):
        script = pathlib.Path(__file__).resolve().parents[2] / "benchmarks/planted_slowdown.py"
        def said(*arguments):
            return subprocess.run([sys.executable, str(script), self.a, self.a, "--program", PROGRAM, *arguments], capture_output=True,
                                  text=True, check=True).stdout
        self.assertIn("as they are: 0 of 1 rows marked", said())
        self.assertIn("in all: 1 of 1 found, 0 false alarms", said())
        self.assertIn("in all: 0 of 1 found, 0 false alarms", said("--factor", "1.01"))

    def test_errors_name_file_and_field(self):
        self.assert_refused("cannot read /nowhere.json", "compare", self.a, "/nowhere.json")
        path = pathlib.Path(self.folder.name) / "bad.json"
        path.write_text("{")
        self.assert_refused("bad.json: is not JSON", "compare", self.a, str(path))

        def lost(run):
            del run["rows"][0]["rounds"][3]["samples_ms"]
        self.assert_refused("b.json.rows[0].rounds[3]: has no field samples_ms", "compare", self.a, self.changed(lost))
        def negative(run):
            run["rows"][0]["rounds"][0]["samples_ms"] = [-1]
        self.assert_refused("b.json.rows[0].rounds[0].samples_ms[0]: must be above 0", "compare", self.a, self.changed(negative))
        def shorter(run):
            run["rows"][0]["rounds"][0]["began_s"] = []
        self.assert_refused("b.json.rows[0].rounds[0].began_s: is not as long as samples_ms", "compare", self.a, self.changed(shorter))
        def version(run):
            run["schema"] = "deconv-bench-9"
        self.assert_refused("b.json.schema: \"deconv-bench-9\"", "compare", self.a, self.changed(version))
        def many(run):
            run["rows"][0]["rounds"] *= 10
        self.assert_refused("rows[0].rounds: has more than 50 rounds", "compare", self.a, self.changed(many))
        def huge(run):
            run["rows"][0]["threads"] = 1e300
        self.assert_refused("rows[0].threads: must be 1 to 1024", "compare", self.a, self.changed(huge))
        def obeyed(run):
            run["rows"][0]["layer"] = "\033[2J"
        self.assert_refused("rows[0].layer: holds a control character", "compare", self.a, self.changed(obeyed))
        self.assert_refused("cannot read " + self.folder.name, "compare", self.a, self.folder.name)
        def renamed(run):
            run["rows"][0]["layer"] = "other"
        self.assert_refused("have no row in common", "compare", self.a, self.changed(renamed))


if __name__ == "__main__":
    unittest.main(verbosity=2)
