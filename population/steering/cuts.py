"""Where categories and parts are told apart: a fixed tree, opened from the top as far as every branch is large enough.

A branch that was not opened tells one thing alone: that one of the branches under it is too small, not which. The tree
never depends on the counts; so nothing is solved from where it was opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from population.steering.figures import Tree, leaves

Groups = tuple[tuple[str, ...], ...]
Opens = Callable[[tuple[Tree, ...]], bool]


def cut(tree: Tree, opens: Opens) -> Groups:
    """Return the leaves in the groups that a tree falls into, opened wherever `opens` says so of the branches."""
    if isinstance(tree, str) or not opens(tree):
        return (leaves(tree),)
    return tuple(group for branch in tree for group in cut(branch, opens))


def halved(parts: Sequence[str]) -> Tree:
    """Return parts as a tree: halves of halves, neighbours in their order the last to be told apart.

    The last is told apart from the one before it alone, since it is everybody else, and often nobody.
    """
    return _halves((*parts[:-2], tuple(parts[-2:]))) if len(parts) > 1 else parts[0]


def _halves(branches: Sequence[Tree]) -> Tree:
    if len(branches) == 1:
        return branches[0]
    middle = (len(branches) + 1) // 2
    return (_halves(branches[:middle]), _halves(branches[middle:]))


def coarse(tree: Tree) -> Groups:
    """Return the groups of a tree that is opened once."""
    return (leaves(tree),) if isinstance(tree, str) else tuple(leaves(branch) for branch in tree)


def keeps_whole(branches: Iterable[Tree], groups: Groups) -> bool:
    """Return whether each group falls within one branch, so that what is told is a sum of the groups."""
    within = [set(leaves(branch)) for branch in branches]
    return all(sum(not branch.isdisjoint(group) for branch in within) <= 1 for group in groups)
