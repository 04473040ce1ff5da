# SPDX-License-Identifier: Apache-2.0
"""A peer in a process of its own: its threads, its crashes and its endless calls do not reach the others."""
import multiprocessing

from worker import serve

LIMIT = 100  # seconds for an answer: a first one imports the package, XLA and OpenVINO compile, and the machine may be busy


class PeerProcess:
    def __init__(self, name, threads):
        self.name, self._threads, self._process = name, threads, None

    def ask(self, method, *arguments):
        """The worker's answer, or {"error"} where it died or gave none in time; the next call then starts a new process."""
        if self._process is None:
            context = multiprocessing.get_context("spawn")
            self._connection, theirs = context.Pipe()
            self._process = context.Process(target=serve, args=(theirs, self.name, self._threads), daemon=True)
            self._process.start()
            theirs.close()
        try:
            self._connection.send((method, arguments))
            if self._connection.poll(LIMIT):
                return self._connection.recv()
            return self._end(f"no answer within {LIMIT} s")
        except (EOFError, OSError):
            self._process.join()
            return self._end(f"the process died with exit code {self._process.exitcode}")

    def close(self):
        if self._process is not None:
            self._end("")

    def _end(self, error):
        self._process.kill()
        self._process.join()
        self._connection.close()
        self._process = None
        return {"error": error}
