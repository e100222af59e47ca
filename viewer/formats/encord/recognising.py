"""Encord's files, told by their first bytes: label rows, and ontologies."""

from __future__ import annotations

from viewer.formats.format import top_keys
from viewer.formats.json_tools import BadJson, Walker, first_byte, text_of
from viewer.model.source import Role

LOOKED_FOR = 'label rows with "label_hash" or "data_units"'
WRAPPERS = ("editor", "structure", "ontology")  # keys that hold an ontology in the API's answers
_OF_ONTOLOGIES = (b'"featureNodeHash"', b'"skeleton_templates"')


def recognise(head: bytes) -> bool:
    """Whether these are the first bytes of a label row or a list of them."""
    keys = _first_keys(head)
    return "label_hash" in keys or ("data_units" in keys and "data_type" in keys)


def role(head: bytes) -> Role | None:
    """Return what a file that is no export is to exports: the ontology that their labels follow."""
    keys = frozenset(top_keys(head))
    if not any(word in head for word in _OF_ONTOLOGIES):
        return None
    if {"objects", "classifications"} <= keys:
        return "ontology"
    return "ontology" if any({"objects"} <= _inside(head, key) for key in WRAPPERS) else None


def _first_keys(head: bytes) -> tuple[str, ...]:
    at = Walker(head, first_byte(head)).start()
    return top_keys(head[at + 1 :] if head[at : at + 1] == b"[" else head)


def _inside(head: bytes, wanted: str) -> frozenset[str]:
    """Return the keys of the object under a key of the first object, as far as `head` reaches."""
    walker = Walker(head, first_byte(head))
    try:
        for key, at in walker.members():
            if text_of(head[key.start : key.end]) == wanted:
                return frozenset(top_keys(head[at:]))
    except BadJson:
        pass  # the head ends somewhere: what stands before that is what is known
    return frozenset()
