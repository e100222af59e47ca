"""Answers as DATAGYM's classifications; what a list holds besides them stays in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import unquote

from viewer.formats.datagym.answers import values_of
from viewer.formats.json_tools import is_list, is_object
from viewer.formats.style import JsonValue
from viewer.model.answers import Attribute, below_ends


@dataclass(frozen=True)
class Node:
    """An answer with those that are nested in it."""

    attribute: Attribute
    below: tuple[Node, ...] = ()

    @property
    def key(self) -> str:
        """What the file calls it."""
        return unquote(self.attribute.key.rpartition("/")[2])


def tree_of(attributes: Sequence[Attribute]) -> list[Node]:
    """Return answers that can be edited as trees, in their order."""
    found: list[Node] = []
    at = 0
    every = tuple(attributes)
    while at < len(every):
        end = below_ends(every, at)
        if every[at].key:
            found.append(Node(every[at], tuple(tree_of(every[at + 1 : end]))))
        at = end
    return found


def same_answers(before: Sequence[Attribute], after: Sequence[Attribute]) -> bool:
    """Whether two lists of attributes hold the same answers."""
    held, now = ([(one.key, one.value) for one in some if one.key] for some in (before, after))
    return held == now


def list_of(old: object, before: Node | None, after: Node) -> JsonValue:
    """Return the list of one classification.

    Args:
        old: as the file has it; None for a new one.
        before: its answers there.
    """
    held = [one for one in old if not isinstance(one, str) and one is not None] if is_list(
        old) else []  # fmt: skip
    now = {node.key: node for node in after.below}
    had = {node.key: node for node in before.below} if before else {}
    found: list[JsonValue] = [*values_of(after.attribute)]
    met: set[str] = set()
    for one in held:
        key = next(iter(one)) if is_object(one) and len(one) == 1 else None
        if key is None or (key not in had and key not in now) or not is_object(one):
            found.append(cast("JsonValue", one))
        elif key in now:
            met.add(key)
            found.append({key: list_of(one[key], had.get(key), now[key])})
    found += [{key: list_of(None, None, node)} for key, node in now.items() if key not in met]
    return found


def object_of(attributes: Sequence[Attribute]) -> dict[str, JsonValue]:
    """Return the classifications of a new record."""
    return {node.key: list_of(None, None, node) for node in tree_of(attributes)}
