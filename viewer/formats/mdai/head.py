"""The head of an MD.ai export: labels, exams, authors and what its first lines say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from viewer.errors import Issue
from viewer.formats.mdai.head_problems import color_of, exam_number, head_issues, scope_of
from viewer.formats.mdai.records import Document, Group, Label, Model
from viewer.formats.mdai.shapes import KIND_OF_MODE
from viewer.formats.table_bytes import Head
from viewer.model.ontology import LabelClass, Ontology
from viewer.model.project import Exam

OF_OUTPUTS = "outputs of models, no annotations"
OF_MODEL = "a model and its labels, no annotations"


def head_of(document: Document, issues: Sequence[Issue] = ()) -> Head:
    """Return the head of a document; oddities of it are added to `issues`."""
    groups = (*document.label_groups, Group(None, document.labels))
    classes = tuple(_class(label, group) for group in groups for label in group.labels if label.id)
    facts = (
        ("holds", _held(document)),
        ("project", document.name),
        ("project id", document.id),
        ("description", document.description),
        ("created", document.created_at),
        ("updated", document.updated_at),
        *(("dataset", dataset.name or dataset.id) for dataset in document.datasets),
        *(("model", model.name or model.id) for model in _models(document)),
    )
    return Head(
        ontology=Ontology(classes),
        exams=_exams(document),
        authors={user.id: user.name or user.id for user in document.users if user.id},
        facts=tuple((name, value) for name, value in facts if value),
        issues=(*issues, *head_issues(document)),
    )


def is_read_only(facts: Iterable[tuple[str, str]]) -> bool:
    """Whether an export's facts say that it holds no annotations."""
    return any(("holds", what) in facts for what in (OF_OUTPUTS, OF_MODEL))


def _held(document: Document) -> str | None:
    """Return what a file holds instead of annotations; None for annotations."""
    if document.model is not None:
        return OF_MODEL
    datasets = document.datasets
    has_annotations = any(dataset.annotations for dataset in datasets)
    has_outputs = bool(document.models) or any(
        dataset.model_outputs is not None for dataset in datasets
    )
    return OF_OUTPUTS if has_outputs and not has_annotations else None


def _models(document: Document) -> tuple[Model, ...]:
    return (*document.models, *(() if document.model is None else (document.model,)))


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
