# SPDX-License-Identifier: Apache-2.0
"""Times of single nodes, from ONNX Runtime's profiler."""
import collections
import json
import os
import tempfile

from sessions import runner, session


def node_times(model, threads, library, feed, runs):
    """Milliseconds of each node by name, each the median over the runs after the first three; and each node's operator."""
    with tempfile.TemporaryDirectory() as folder:
        profiled = session(model, threads, library, os.path.join(folder, "profile"))
        call = runner(profiled, feed)
        for _ in range(runs + 3):
            call()
        with open(profiled.end_profiling()) as file:
            events = json.load(file)
    durations = collections.defaultdict(list)
    operators = {}
    for event in events:
        name = event["name"]
        if event.get("cat") == "Node" and name.endswith("_kernel_time"):
            durations[name[:-len("_kernel_time")]].append(event["dur"] / 1e3)
            operators[name[:-len("_kernel_time")]] = event["args"]["op_name"]
    return {name: sorted(times[3:])[len(times[3:]) // 2] for name, times in durations.items()}, operators
