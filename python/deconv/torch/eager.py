# SPDX-License-Identifier: Apache-2.0
"""Whether a call of the operator can go to its CPU kernel without PyTorch's dispatcher, which takes three times as long as the kernel's Python."""
from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

try:
    from torch._C import _len_torch_dispatch_stack, _len_torch_function_stack
    from torch._C._functorch import peek_interpreter_stack
    from torch.autograd import _profiler_enabled
except ImportError:  # not in this PyTorch: the dispatcher always knows
    _len_torch_dispatch_stack = None


def direct(x: Any, weight: Tensor) -> bool:
    """True where nothing but the kernel would see the call: ordinary tensors, and no tracer, mode, transform, autocast or profiler at work."""
    return (type(x) is Tensor and type(weight) is Tensor and not torch.compiler.is_compiling() and _len_torch_dispatch_stack is not None
            and x.is_cpu and weight.is_cpu and _len_torch_dispatch_stack() == 0 and _len_torch_function_stack() == 0
            and peek_interpreter_stack() is None and not torch.is_autocast_enabled("cpu") and not torch.jit.is_tracing()
            and not _profiler_enabled())
