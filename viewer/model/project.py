"""The immutable value that is edited: exports and their annotations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from viewer.errors import Issue
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.ontology import Ontology
from viewer.model.source import Source
from viewer.model.table import AnnotationTable, Base


@dataclass(frozen=True, eq=False)
class Exam:
    """A study as the export lists it.

    Args:
        study: StudyInstanceUID.
        dataset: name of the vendor's data set.
        number: the vendor's exam number.
        note: findings or other text of the exam, "" without.
    """

    study: str
    dataset: str = ""
    number: int | None = None
    note: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class Export:
    """One export as opened.

    Args:
        id: unique among the exports open together, such as "1".
        format: name of its Format.
        title: file name for people.
        facts: named values of its head (project name, ids, dates), in file order.
        issues: what reading found.
    """

    id: str
    format: str
    title: str
    sources: tuple[Source, ...]
    ontology: Ontology
    exams: tuple[Exam, ...] = ()
    authors: Mapping[str, str] = field(default_factory=dict[str, str])
    facts: tuple[tuple[str, str], ...] = ()
    issues: tuple[Issue, ...] = ()


NO_EXPORTS: Mapping[str, Export] = MappingProxyType({})


@dataclass(frozen=True, eq=False, repr=False)
class Project:
    """Exports and annotations; an edit makes the next Project and shares the rest."""

    exports: Mapping[str, Export] = field(default_factory=lambda: NO_EXPORTS)
    annotations: AnnotationTable = field(default_factory=AnnotationTable)

    def with_export(self, export: Export, base: Base) -> Project:
        """Return a project that holds one more export, or a newer reading of the same id."""
        table = self.annotations
        bases = MappingProxyType({**table.bases, export.id: base})
        exports = MappingProxyType({**self.exports, export.id: export})
        return Project(exports, AnnotationTable(bases, table.edits))

    def with_annotation(self, annotation: Annotation) -> Project:
        """Return a project in which this annotation is new or replaced."""
        return replace(self, annotations=self.annotations.with_edit(annotation.id, annotation))

    def without_annotation(self, id: AnnotationId) -> Project:
        """Return a project in which the annotation is deleted.

        Raises:
            KeyError: it is not there.
        """
        if id not in self.annotations:
            raise KeyError(id)
        return replace(self, annotations=self.annotations.with_edit(id, None))
