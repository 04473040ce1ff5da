#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hostile_test.py PROGRAM: layers, files and numbers of strangers, and a system that has no more to give."""
import json
import pathlib
import subprocess
import tempfile
import unittest

from command import PROGRAM, SMALL, Command, deconv


class Hostile(Command):
    def test_extents_that_only_memory_limits(self):
        if "does not fit this machine's size_t" in deconv("explain", "d1 ic1 oc1 ih1000000000000 k1").stderr:
            self.skipTest("addresses of 32 bits")
        explained = self.run_ok("explain", "d1 ic1 oc1 ih1000000000000 k1")
        self.assertIn("7.3 TiB in and out", explained)
        self.run_ok("explain", "d1 ic1 oc1099511627776 ih1 k1")
        self.run_ok("explain", "d1 ic1 oc1 ih16777216 k1048576 s9")

    def test_threads_that_the_system_refuses(self):
        def run(words):
            return subprocess.run(["sh", "-c", f"ulimit -v 3500000; exec '{PROGRAM}' {words}"], capture_output=True, text=True)
        if run("--version").returncode != 0:
            self.skipTest("the program needs more address space for itself: a sanitizer's")
        limited = run("explain 'd1 ic1 oc1 ih1 k1 t1024'")
        self.assertIn(limited.returncode, (0, 2), limited.stderr)
        if limited.returncode == 2:
            self.assertRegex(limited.stderr, "threads = 1024: the system does not make so many|out of memory")

    def test_numbers_that_are_none(self):
        for value in ("nan", "inf"):
            self.assert_refused("must be a finite number", "bench", SMALL, "--budget", value)
            self.assert_refused("must be a finite number", "tune", SMALL, "--seconds", value)
            for option in ("--least", "--level"):
                self.assert_refused("must be a finite number", "compare", "a.json", "b.json", option, value)

    def test_output_that_nobody_takes(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([PROGRAM, "explain", SMALL], stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("standard output cannot be written", done.stderr)

    def test_names(self):
        zoo_lines = (pathlib.Path(__file__).resolve().parents[2] / "benchmarks/zoo.csv").read_bytes().splitlines()
        layer = next(line for line in zoo_lines if line.startswith(b"pix2pix_inner,"))
        with tempfile.TemporaryDirectory() as folder:
            zoo = pathlib.Path(folder) / "zoo.csv"
            zoo.write_bytes(zoo_lines[0] + b"\n" + layer.replace(b"pix2pix_inner", b"a\x1b]0;b\x07", 1))
            self.assert_refused("control characters", "explain", "--zoo", str(zoo))
            zoo.write_bytes(zoo_lines[0] + b"\n" + layer.replace(b"pix2pix_inner", b"a\xff", 1))
            path = pathlib.Path(folder) / "run.json"
            done = subprocess.run([PROGRAM, "bench", "--zoo", str(zoo), "--backends", "highway", "--budget", "0.3", "--json", str(path)],
                                  capture_output=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(json.loads(path.read_text())["rows"][0]["layer"], "a\ufffd")


if __name__ == "__main__":
    unittest.main(verbosity=2)
