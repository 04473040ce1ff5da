# SPDX-License-Identifier: Apache-2.0
"""examples/ray_batch.py on this machine, and on a cluster by its address."""
import os
import pathlib
import subprocess
import sys

import pytest

pytest.importorskip("ray")
EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples" / "ray_batch.py"


def run(*arguments):
    result = subprocess.run([sys.executable, EXAMPLE, "--batches", "6", *arguments], capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "bit for bit: True" in result.stdout
    return result.stdout


def test_on_this_machine():
    cpus = len(os.sched_getaffinity(0))
    assert run("--cpus-per-actor", str(cpus)).startswith(f"1 actors of [{cpus}] threads")


def test_on_a_cluster():
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    try:
        cluster.add_node(num_cpus=2)
        assert run("--address", cluster.address).startswith("3 actors of [1] threads")
        assert run("--address", cluster.address, "--cpus-per-actor", "2").startswith("1 actors of [2] threads")
    finally:
        cluster.shutdown()
