"""Tells RedBrick AI's files from their first bytes: tasks, items lists, and taxonomies."""

from __future__ import annotations

from collections.abc import Sequence

from viewer.formats.format import HEAD_BYTES, top_keys
from viewer.formats.json_tools import Walker, first_byte
from viewer.model.source import Role, Source

LOOKED_FOR = 'a list of tasks with "series" or "items"'
_OF_TASKS = frozenset(("series", "consensusTasks", "superTruth"))
_OF_UPLOADS = frozenset(
    ("name", "items", "priority", "metaData", "preAssign", "classification", "segmentations",
     "segmentMap", "binaryMask", "labels", "labelsMap", "labelsPath", "taskId")
)  # fmt: skip
_OWN_WORDS = frozenset(
    ("segmentations", "segmentMap", "binaryMask", "labelsMap", "labelsPath", "preAssign")
)  # beside items, without a name
_OF_TAXONOMIES = frozenset(("isNew", "taxId", "orgId", "studyClassify", "colorMap"))


def recognise(head: bytes) -> bool:
    """Whether these are the first bytes of a list of tasks or items."""
    keys = top_keys(head)
    wrapped = "tasks" in keys and b'"series"' in head and b'"taskId"' in head
    return _is_task(keys) or _is_list_of_tasks(head) or wrapped


def role_of(head: bytes) -> Role | None:
    """Return what a file is to exports beside it: a taxonomy is their ontology."""
    return "ontology" if is_taxonomy(head) else None


def is_taxonomy(head: bytes) -> bool:
    """Whether these are the first bytes of a taxonomy, of either version."""
    keys = frozenset(top_keys(head))
    return bool(keys & {"objectTypes", "categories"}) and bool(keys & _OF_TAXONOMIES)


def main_number(heads: Sequence[bytes]) -> int:
    """Return the number of the source that holds tasks: the first that is no taxonomy, else 0."""
    return next((at for at, head in enumerate(heads) if not is_taxonomy(head)), 0)


def main_source(sources: Sequence[Source]) -> Source:
    """Return the source that holds tasks."""
    return sources[main_number([bytes(source.base[:HEAD_BYTES]) for source in sources])]


def _is_list_of_tasks(head: bytes) -> bool:
    at = Walker(head, first_byte(head)).start()
    if head[at : at + 1] != b"[":
        return False
    keys = top_keys(head[at + 1 :])
    return _is_task(keys) or (b'"taskId"' in head and b'"series"' in head)


def _is_task(keys: tuple[str, ...]) -> bool:
    found = frozenset(keys)
    if found & _OF_TASKS:
        return bool(found & {"name", "taskId"}) or found <= {"series"}
    return (
        "items" in found
        and bool(found & {"name", "taskId"} or found & _OWN_WORDS or len(found) == 1)
        and (found <= _OF_UPLOADS or "taskId" in found)
    )
