"""The head of an MD.ai export: labels, exams, authors and what its first lines say."""

from __future__ import annotations

from collections.abc import Sequence

from viewer.errors import Issue
from viewer.formats.mdai.head_problems import color_of, exam_number, head_issues, scope_of
from viewer.formats.mdai.records import Document, Group, Label
from viewer.formats.mdai.shapes import KIND_OF_MODE
from viewer.formats.table_bytes import Head
from viewer.model.ontology import LabelClass, Ontology
from viewer.model.project import Exam


def head_of(document: Document, issues: Sequence[Issue] = ()) -> Head:
    """Return the head of a document; oddities of it are added to `issues`."""
    classes = tuple(
        _class(label, group)
        for group in document.label_groups
        for label in group.labels
        if label.id
    )
    facts = (
        ("project", document.name),
        ("project id", document.id),
        ("description", document.description),
        ("created", document.created_at),
        ("updated", document.updated_at),
        *(("dataset", dataset.name or dataset.id) for dataset in document.datasets),
    )
    return Head(
        ontology=Ontology(classes),
        exams=_exams(document),
        authors={user.id: user.name or user.id for user in document.users if user.id},
        facts=tuple((name, value) for name, value in facts if value),
        issues=(*issues, *head_issues(document)),
    )


def _class(label: Label, group: Group) -> LabelClass:
    return LabelClass(
        id=label.id or "",
        name=label.name or label.id or "",
        group=group.name or "",
        color=color_of(label.color),
        kind=KIND_OF_MODE.get(label.annotation_mode or ""),
        mode=label.annotation_mode,
        scope=scope_of(label.scope),
        parent=label.parent_id,
        short_name=label.short_name or "",
        description=label.description or "",
    )


def _exams(document: Document) -> tuple[Exam, ...]:
    return tuple(
        Exam(
            study=study.study_uid,
            dataset=dataset.name or dataset.id or "",
            number=exam_number(study.number),
            note=study.findings or "",
        )
        for dataset in document.datasets
        for study in dataset.studies
        if study.study_uid
    )
