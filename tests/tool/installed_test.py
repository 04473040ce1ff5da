#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""installed_test.py PREFIX/bin/deconv: a newcomer's commands, from an install prefix alone."""
import os
import subprocess
import sys

PROGRAM = sys.argv[1]


def run(*arguments):
    # Neither the build tree's libraries nor its folder may help.
    environment = {name: value for name, value in os.environ.items() if name != "LD_LIBRARY_PATH"}
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, cwd="/", env=environment)
    print(done.stdout, done.stderr)
    if done.returncode != 0:
        sys.exit(f"deconv {' '.join(arguments)}: exit status {done.returncode}")
    wide = [line for line in done.stdout.splitlines() if len(line) > 80]
    if wide:
        sys.exit(f"more than 80 columns: {wide[0]}")
    return done.stdout


assert "highway" in run("info")
assert "chosen" in run("explain", "dcgan_g4", "--threads", "1,2")
assert "GFLOP/s" in run("bench", "pix2pix_inner", "--backends", "highway", "--budget", "0.3")
