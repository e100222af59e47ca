"""The relations of an index, by the annotations that they are of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from viewer.formats.table_bytes import HeadRelation
from viewer.model.annotation import AnnotationId, Relation


def relations_by_end(
    export: str, relations: Iterable[HeadRelation]
) -> Mapping[int, tuple[Relation, ...]]:
    """Return the relations of each annotation, by its ordinal; at both ends of each.

    Args:
        export: its id.
    """
    found: defaultdict[int, list[Relation]] = defaultdict(list)
    for one in relations:
        ends = [AnnotationId(export, end) for end in (one.source, one.target)]
        relation = Relation(one.name, *ends, directed=one.directed)
        for end in dict.fromkeys((one.source, one.target)):
            found[end].append(relation)
    return {end: tuple(related) for end, related in found.items()}
