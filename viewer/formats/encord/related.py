"""Labels that name each other among their answers.

Encord's documents say that relations stand among the answers of an object, and not how: whatever
text there is the id of another object of the row is taken as one.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

import msgspec

from viewer.formats.encord.shapes import Json
from viewer.formats.json_tools import is_list, is_object

_TEXTS = re.compile(rb'"([^"]*)"')
UNNAMED = "relation"
_WORDS = frozenset(("name", "value", "answers", "featureHash", "color"))  # texts that are no ids


def may_name(entry: msgspec.Raw, own: str, ids: set[bytes]) -> bool:
    """Whether a text of an entry of answers is an id besides its own, quickly; True when unsure.

    Args:
        ids: of the labels that may be named.
    """
    text = bytes(entry)
    return b"\\" in text or bool(ids.intersection(_TEXTS.findall(text)) - {own.encode()})


def named_in(entry: Json, ids: Container[str]) -> Iterator[tuple[str, str]]:
    """Yield (what relates them, id) of each label that an entry of answers names.

    Args:
        entry: of `object_answers` or `object_actions`.
        ids: of the labels that may be named.
    """
    waiting: list[tuple[str, str, object]]
    waiting = [("", *member) for member in reversed([*entry.items()])]
    while waiting:
        name, key, value = waiting.pop()
        if is_object(value):
            own = value.get("name")
            name = name or (own if isinstance(own, str) else "")
            waiting += [(name, key, held) for key, held in reversed(list(value.items()))]
        elif is_list(value):
            waiting += [(name, "", held) for held in reversed(value)]
        elif isinstance(value, str) and key not in _WORDS and value in ids:
            yield name or UNNAMED, value
