"""What was edited, as a value that the next version shares all but a few nodes with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from immutables import Map

from viewer.model.annotation import Annotation, AnnotationId

_NOTHING = Map[AnnotationId, "Annotation | None"]()


class Edits(Mapping[AnnotationId, "Annotation | None"]):
    """Edited annotations by id, None for a deleted one; iterates in id order.

    A hash trie: a version costs time and memory in the logarithm of the number of edits.
    """

    __slots__ = ("_map",)

    def __init__(self, edits: Mapping[AnnotationId, Annotation | None] = _NOTHING) -> None:
        self._map = Map[AnnotationId, "Annotation | None"](edits)  # shares the nodes of a Map

    def __getitem__(self, id: AnnotationId) -> Annotation | None:
        return self._map[id]

    def __contains__(self, id: object) -> bool:
        return id in self._map

    def __len__(self) -> int:
        return len(self._map)

    def __iter__(self) -> Iterator[AnnotationId]:
        return iter(sorted(self._map))

    def with_(self, id: AnnotationId, annotation: Annotation | None) -> Edits:
        """Return edits in which `id` is `annotation`, or deleted for None."""
        return Edits(self._map.set(id, annotation))

    def with_deleted(self, ids: Iterable[AnnotationId]) -> Edits:
        """Return edits in which these are deleted; of new ones nothing is left."""
        edits = self._map.mutate()
        for id in ids:
            if not id.new:
                edits[id] = None
            elif id in edits:
                del edits[id]
        return Edits(edits.finish())

    def without(self, id: AnnotationId) -> Edits:
        """Return edits that do not speak of `id`."""
        return Edits(self._map.delete(id)) if id in self._map else self


NO_EDITS = Edits()
