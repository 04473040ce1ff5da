# SPDX-License-Identifier: Apache-2.0
"""What goes wrong, one class for each status of the C interface. The words name the argument, its value and the rule."""


class Error(RuntimeError):
    """Whatever the library refuses or fails to do."""


class InvalidArgument(Error, ValueError):
    """The request makes no sense: no backend could ever run it."""


class Unsupported(Error):
    """The request is legal, but the backend, algorithm or build asked for cannot run it."""


class OutOfMemory(Error, MemoryError):
    """An allocation failed; nothing is leaked."""


class BackendFailure(Error):
    """A library underneath (oneDNN) reported an error."""
