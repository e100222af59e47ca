"""Labels that belong together: of one group, related, or parent and child."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator

import numpy as np

from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.project import Export, Project
from viewer.model.relations import copies_of, relations_of
from viewer.model.table import Base, Columns, Ints

MOST_HITS = 100_000  # places of a file where a group's name stands
CHECK_EVERY = 64  # records, a few milliseconds


def linked_with(
    project: Project, ids: Iterable[AnnotationId], check: Callable[[], None] = lambda: None
) -> frozenset[AnnotationId]:
    """Return these labels with all that are linked with one of them.

    A group is not in the columns: its name is looked for in the files, and only records that hold
    it are decoded.

    Args:
        project: that holds them.
        ids: labels, such as the selected ones.
        check: called again and again; raises where the answer is no longer wanted.
    """
    chosen = [project.annotations[id] for id in ids if id in project.annotations]
    found = {annotation.id for annotation in chosen}
    for annotation in chosen:
        found.update(_named_by(project, annotation))
    for export, group in dict.fromkeys((each.id.export, each.group) for each in chosen):
        if group:
            found.update(_of_group(project, export, group, check))
    return frozenset(id for id in found if id in project.annotations)


def _named_by(project: Project, annotation: Annotation) -> Iterator[AnnotationId]:
    if annotation.parent is not None:
        yield annotation.parent
    for relation in relations_of(project, annotation):
        yield from (relation.source, relation.target)
    yield from copies_of(project, annotation)


def _of_group(
    project: Project, export: str, group: str, check: Callable[[], None]
) -> Iterator[AnnotationId]:
    base = project.annotations.bases.get(export)
    edits = project.annotations.edits
    if base is not None:
        ordinals = _holding(project.exports[export], base, group)
        for number, ordinal in enumerate(ordinals):
            if number % CHECK_EVERY == 0:
                check()
            id = AnnotationId(export, ordinal)
            if id not in edits and base.decode(ordinal).group == group:
                yield id
    for id, annotation in project.annotations.edits_of(export).items():
        if annotation is not None and annotation.group == group:
            yield id


def _holding(export: Export, base: Base, group: str) -> list[int]:
    """Return the ordinals of the records in which a group's name stands, however spelled."""
    columns = base.columns
    spelled = {json.dumps(group), json.dumps(group, ensure_ascii=False)}
    tokens = [re.escape(text.encode("utf-8", "surrogatepass")) for text in sorted(spelled)]
    pattern = re.compile(b"|".join(tokens))
    found: set[int] = set()
    for source in export.sources:
        hits: list[int] = []
        for hit in pattern.finditer(source.base):
            hits.append(hit.start())
            if len(hits) == MOST_HITS:
                break
        found.update(_owners(columns, source.id, np.array(hits, dtype=np.int64)))
    return sorted(found)


def _owners(columns: Columns, source: int, hits: Ints) -> list[int]:
    """Return the annotations inside whose records these bytes stand."""
    placed = columns.origin_sources == source
    own = columns.sources == source
    spans = (
        (columns.starts[own], columns.ends[own], np.flatnonzero(own)),
        (columns.origin_starts[placed], columns.origin_ends[placed], columns.owners[placed]),
    )
    found: list[int] = []
    for starts, ends, owners in spans:
        order = np.argsort(starts, kind="stable")
        at = np.searchsorted(starts[order], hits, side="right") - 1
        inside = order[at[at >= 0]]
        held = hits[at >= 0] < ends[inside]
        found += np.unique(owners[inside[held]]).tolist()
    return found
