"""Tells DATAGYM's files from their first bytes: exports, video tasks, classes, configurations."""

from __future__ import annotations

import re
from typing import Literal

from viewer.formats.format import top_keys
from viewer.formats.json_tools import Walker, first_byte
from viewer.model.source import Role

LOOKED_FOR = (
    'a list with "label_classes", tasks with "internal_media_ID" or "internal_image_ID", or the'
    ' "frames" and "object" of a video'
)
Kind = Literal["tasks", "video", "classes", "configuration"]
_OF_TASKS = frozenset(("label_classes", "internal_media_ID", "internal_image_ID"))
_OF_VIDEOS = frozenset(("frames", "object"))
# An org.json object has no order, so that either of the two may fill the first bytes alone.
_BLANK = rb"[ \t\r\n]*+"
_VISIBLE = re.compile(rb'"visibleObjectId"' + _BLANK + b":")
_KEY_FRAMES = re.compile(
    rb'"object"' + _BLANK + b":" + _BLANK + rb"\{" + _BLANK + rb'"[^"]*+"' + _BLANK + b":" + _BLANK
    + rb"\{" + _BLANK + rb'"[0-9]+"' + _BLANK + b":" + _BLANK + rb"\{"
)  # fmt: skip


def recognise(head: bytes) -> bool:
    """Whether these are the first bytes of an export: of a project, or of a video task."""
    return kind_of(head) in ("tasks", "video")


def role_of(head: bytes) -> Role | None:
    """Return what a file that is no export itself is to exports beside it."""
    found = kind_of(head)
    if found == "configuration":
        return "label configuration"
    return "ontology" if found == "classes" else None


def kind_of(head: bytes) -> Kind | None:
    """Return which of DATAGYM's files begins with these bytes; None for a stranger."""
    at = Walker(head, first_byte(head)).start()
    if head[at : at + 1] == b"[":
        keys = frozenset(top_keys(head[at + 1 :]))
        if keys & _OF_TASKS:
            return "tasks"
        return "configuration" if {"entryKey", "type"} <= keys else None
    keys = frozenset(top_keys(head))
    if "label_classes" in keys:
        return "classes" if len(keys) == 1 else "tasks"
    if keys & _OF_TASKS:
        return "tasks"
    return "video" if keys and keys <= _OF_VIDEOS and _is_video(keys, head) else None


def _is_video(keys: frozenset[str], head: bytes) -> bool:
    is_telling = bool(_VISIBLE.search(head) or _KEY_FRAMES.search(head))
    return keys == _OF_VIDEOS or is_telling
