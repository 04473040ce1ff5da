# SPDX-License-Identifier: Apache-2.0
"""The deconv command that the tests of this folder run: the first argument."""
import os
import pathlib
import subprocess
import sys
import unittest

PROGRAM = sys.argv.pop(1)
SMALL = "d2 ic8 oc4 ih6x5 k4x4 s2x2 pb1x1 pe1x1"


def deconv(*arguments, **environment):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, env={**os.environ, **environment})


class Command(unittest.TestCase):
    def run_ok(self, *arguments, **environment):
        done = deconv(*arguments, **environment)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        for line in done.stdout.splitlines():
            self.assertLessEqual(len(line), 80, line)
        return done.stdout

    def assert_refused(self, words, *arguments, status=2):
        done = deconv(*arguments)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertIn(words, done.stderr)

    def bench(self, folder, name, *arguments):
        path = str(pathlib.Path(folder) / name)
        self.run_ok("bench", *arguments, "--json", path)
        return path
