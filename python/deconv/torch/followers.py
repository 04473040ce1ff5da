# SPDX-License-Identifier: Apache-2.0
"""Which modules take nothing but another module's result, found by tracing with torch.fx."""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from torch import fx, nn

# The next module of each module whose result goes there and nowhere else.
Followers = dict[nn.Module, nn.Module]


class _Tracer(fx.Tracer):
    """Goes no deeper than it must: fewer modules that cannot be traced."""

    def __init__(self, leaf: Callable[[nn.Module], bool]) -> None:
        super().__init__()
        self._leaf = leaf

    def is_leaf_module(self, module: nn.Module, qualified_name: str) -> bool:
        return self._leaf(module) or super().is_leaf_module(module, qualified_name)


def find_followers(model: nn.Module, wanted: Callable[[nn.Module], bool]) -> Followers:
    """The followers of wanted modules and of their followers, wherever a trace shows every use of the result.

    What cannot be traced as a whole is looked at part by part. Modules that are used more than once, or known under several names, have
    and are no followers.
    """
    names = Counter(module for _, module in model.named_modules(remove_duplicate=False))
    found: Followers = {}
    _collect(model, lambda module: any(map(wanted, module.modules())), found)
    return {module: after for module, after in found.items() if names[module] == 1 and names[after] == 1}


def _collect(module: nn.Module, holds_wanted: Callable[[nn.Module], bool], found: Followers) -> None:
    if not holds_wanted(module) or not list(module.children()):
        return
    if _trace(module, lambda inner: not holds_wanted(inner), found):
        return
    children = set(module.children())
    _trace(module, lambda inner: inner in children, found)
    for child in children:
        _collect(child, holds_wanted, found)


def _trace(root: nn.Module, leaf: Callable[[nn.Module], bool], found: Followers) -> bool:
    try:
        graph = _Tracer(leaf).trace(root)
    except Exception:  # whatever a model's own code raises when it meets a symbol instead of a tensor
        return False
    calls = [(node, root.get_submodule(node.target)) for node in graph.nodes if node.op == "call_module"]
    times = Counter(module for _, module in calls)
    modules = dict(calls)
    for node, module in calls:
        if len(node.users) != 1 or times[module] != 1:
            continue
        (after,) = node.users
        if after in modules and after.args == (node,) and not after.kwargs and times[modules[after]] == 1:
            found[module] = modules[after]
    return True
