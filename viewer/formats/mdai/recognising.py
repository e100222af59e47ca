"""Tells MD.ai's files from their first bytes: annotations, models' outputs, models, metadata."""

from __future__ import annotations

from viewer.formats.format import HEAD_BYTES, top_keys
from viewer.model.source import Role

LOOKED_FOR = (
    'the keys "labelGroups" and "datasets" of an export of annotations or model outputs, or the'
    ' keys "model" and "labels" of a model.json'
)
_STUDY = b'"StudyInstanceUID"'
_LABELS = (b'"annotations"', b'"modelOutputs"')
_TAGS = (b'"dicomMetadata"', b'"videoMetadata"')


def recognise(head: bytes) -> bool | None:
    """Whether these are the first bytes of an export with labels; None where a list hides it."""
    keys = top_keys(head)
    if "labelGroups" in keys:
        return True
    if {"model", "labels"} <= set(keys):
        return b'"labelClasses"' in head or b'"annotationMode"' in head
    if "datasets" not in keys or _STUDY not in head:
        return False
    if any(key in head for key in _LABELS):
        return True
    is_open = len(head) == HEAD_BYTES and not any(key in head for key in _TAGS)
    return None if is_open else False


def role_of(head: bytes) -> Role | None:
    """Return what a file that is no export is to exports beside it: metadata, or nothing."""
    keys = top_keys(head)
    if "datasets" not in keys or "labelGroups" in keys or _STUDY not in head:
        return None
    is_listed = any(key in head for key in _TAGS)
    is_long = len(head) == HEAD_BYTES and b'"studies"' in head
    has_labels = any(key in head for key in _LABELS)
    return "metadata" if not has_labels and (is_listed or is_long) else None
