"""Ids of labels made here: they follow from a seed alone, so that saving twice gives one file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from itertools import count

from viewer.formats.format import WriteJob
from viewer.model.annotation import Annotation, AnnotationId


def new_ids(
    job: WriteJob, ids_for: Callable[[Annotation], Iterator[str]]
) -> dict[AnnotationId, str]:
    """Return an id for each new annotation that no label of the export has.

    Args:
        ids_for: yields ids of the vendor's form without end; the first one that is free is taken.
    """
    text = job.base.columns.native_ids.text
    found: dict[AnnotationId, str] = {}
    taken: set[str] = set()
    for id, annotation in job.edits.items():
        if id.new and annotation is not None:
            free = (one for one in ids_for(annotation) if one not in taken)
            found[id] = next(one for one in free if one.encode() not in text)
            taken.add(found[id])
    return found


def digests(seed: str) -> Iterator[bytes]:
    """Yield SHA-256 digests that follow from a seed, without end."""
    for attempt in count():
        yield hashlib.sha256(f"{seed}|{attempt}".encode("utf-8", "replace")).digest()


def uuids(seed: str) -> Iterator[str]:
    """Yield names spelled as UUIDs are that follow from a seed, without end."""
    for digest in digests(seed):
        found = digest.hex()
        yield "-".join((found[:8], found[8:12], found[12:16], found[16:20], found[20:32]))
