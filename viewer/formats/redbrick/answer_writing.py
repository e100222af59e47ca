"""Answers as RedBrick AI's attributes, and what of them differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from viewer.formats.style import JsonValue
from viewer.model.placement import Attribute


def answer_of(attribute: Attribute) -> JsonValue:
    """Return the JSON value of an answer, None for none."""
    value = attribute.value
    if isinstance(value, tuple):
        return list(value)
    return value


def answers(attributes: Sequence[Attribute]) -> Iterator[tuple[str, JsonValue]]:
    """Yield (key, value) of the answers that are given."""
    for attribute in attributes:
        if attribute.key and attribute.value is not None:
            yield attribute.key, answer_of(attribute)


def is_other(before: Attribute | None, after: Attribute) -> bool:
    """Whether an answer is new or another one."""
    return before is None or before.value != after.value


def shown_only(before: Sequence[Attribute], after: Sequence[Attribute]) -> list[Attribute]:
    """Return answers that are shown only, where another version of the label lacks them."""
    old, new = ([one for one in some if not one.key] for some in (before, after))
    return [] if old == new else [*old, *new][:1]
