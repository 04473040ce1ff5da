# SPDX-License-Identifier: Apache-2.0
"""Many inputs through one model on many cores or machines with Ray: every actor holds its own packed copy of the model.

    pip install . ray
    python examples/ray_batch.py                                  # this machine's cores
    python examples/ray_batch.py --address auto --cpus-per-actor 8   # a running cluster: nothing else changes

This is data-parallel replication: each batch is computed whole by one actor. No layer is split, so one input gets no faster by more
machines, and every actor needs the memory of the whole model. Exit status 1 where a result differs from that of this process alone.
"""
import argparse
import sys
import time

import deconv
import numpy as np
import ray
from ray.util import ActorPool

LATENT, SEED = 128, 0


class Generator:
    """DCGAN's generator: five transposed convolutions with what follows each of them fused, packed when the object is made."""

    def __init__(self, weights, threads):
        widths = len(weights)
        self.layers = [deconv.ConvTranspose(weight, bias, stride=1 if i == 0 else 2, padding=0 if i == 0 else 1, threads=threads,
                                            activation="tanh" if i == widths - 1 else "relu") for i, (weight, bias) in enumerate(weights)]

    def __call__(self, batch):
        for layer in self.layers:
            batch = layer(batch)
        return batch


def make_weights():
    rng = np.random.default_rng(SEED)
    widths = (LATENT, 256, 128, 64, 32, 3)
    return [(rng.normal(0, (2 / (4 * inputs)) ** 0.5, (inputs, outputs, 4, 4)).astype(np.float32), np.zeros(outputs, np.float32))
            for inputs, outputs in zip(widths, widths[1:])]


@ray.remote
class Actor:
    def __init__(self, weights):
        # As many threads as the scheduler has given CPUs to this actor: actors on one machine share it without crowding each other.
        self.threads = max(1, int(ray.get_runtime_context().get_assigned_resources().get("CPU", 1)))
        self.model = Generator(weights, self.threads)

    def run(self, batch):
        return self.model(batch)

    def facts(self):
        return self.threads, deconv.info()["isas"][0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--address", help="of a Ray cluster; by default Ray starts on this machine")
    parser.add_argument("--cpus-per-actor", type=int, default=1)
    parser.add_argument("--actors", type=int, help="by default as many as the CPUs allow")
    parser.add_argument("--batches", type=int, default=16)
    parser.add_argument("--batch", type=int, default=8)
    options = parser.parse_args()

    ray.init(address=options.address, log_to_driver=False, include_dashboard=False)
    weights = make_weights()
    shared = ray.put(weights)  # once for each machine, not once for each actor
    count = options.actors or max(1, int(ray.cluster_resources()["CPU"]) // options.cpus_per_actor)
    actors = [Actor.options(num_cpus=options.cpus_per_actor).remote(shared) for _ in range(count)]
    facts = ray.get([actor.facts.remote() for actor in actors])

    rng = np.random.default_rng(SEED)
    batches = [rng.standard_normal((options.batch, LATENT, 1, 1), dtype=np.float32) for _ in range(options.batches)]
    start = time.perf_counter()
    results = list(ActorPool(actors).map(lambda actor, batch: actor.run.remote(batch), batches))
    elapsed = time.perf_counter() - start
    print(f"{count} actors of {sorted({threads for threads, _ in facts})} threads: {options.batches * options.batch / elapsed:.0f} images/s")

    # Bits do not depend on threads, but on the instruction set: where machines differ, DECONV_MAX_ISA makes them agree bit for bit.
    isas = {isa for _, isa in facts} | {deconv.info()["isas"][0]}
    alone = Generator(weights, threads=1)
    agree = np.array_equal if len(isas) == 1 else lambda a, b: np.allclose(a, b, rtol=1e-4, atol=1e-5)
    equal = all(agree(result, alone(batch)) for result, batch in zip(results, batches))
    print(f"instruction sets: {sorted(isas)}; equal to this process alone{', bit for bit' if len(isas) == 1 else ''}: {equal}")
    ray.shutdown()
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
