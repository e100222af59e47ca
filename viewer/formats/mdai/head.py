"""The head of an MD.ai export: labels, exams, authors and what its first lines say."""

from __future__ import annotations

import re
from collections.abc import Sequence

from viewer.errors import Issue
from viewer.formats.mdai.records import Document, Group, Label
from viewer.formats.mdai.shapes import KIND_OF_MODE
from viewer.formats.table_bytes import Head
from viewer.model.ontology import LabelClass, Ontology
from viewer.model.project import Exam
from viewer.model.subject import Scope

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
# "EXAM" is the word of MD.ai's window and of its SR export for what files call "STUDY".
_SCOPES: dict[str, Scope] = {
    "INSTANCE": "instance",
    "IMAGE": "instance",
    "SERIES": "series",
    "STUDY": "study",
    "EXAM": "study",
}


def head_of(document: Document, issues: Sequence[Issue] = ()) -> Head:
    """Return the head of a document; oddities of it are added to `issues`."""
    classes = tuple(
        _class(label, group) for group in document.label_groups for label in group.labels
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
        issues=(*issues, *_label_issues(classes)),
    )


def _class(label: Label, group: Group) -> LabelClass:
    color = label.color or ""
    return LabelClass(
        id=label.id or "",
        name=label.name or "",
        group=group.name or "",
        color=color if _COLOR.fullmatch(color) else None,
        kind=KIND_OF_MODE.get(label.annotation_mode or ""),
        mode=label.annotation_mode,
        scope=_SCOPES.get((label.scope or "").upper()),
        parent=label.parent_id,
        short_name=label.short_name or "",
        description=label.description or "",
    )


def _exams(document: Document) -> tuple[Exam, ...]:
    return tuple(
        Exam(
            study=study.study_uid,
            dataset=dataset.name or dataset.id or "",
            number=_whole(study.number),
            note=study.findings or "",
        )
        for dataset in document.datasets
        for study in dataset.studies
        if study.study_uid
    )


def _whole(number: float | str | None) -> int | None:
    try:
        return None if number is None else int(number)
    except (ValueError, OverflowError):
        return None


def _label_issues(classes: Sequence[LabelClass]) -> list[Issue]:
    issues: list[Issue] = []
    seen: set[str] = set()
    for label in classes:
        if label.id in seen:
            issues.append(
                Issue(
                    "warning",
                    "duplicate-label-id",
                    f"The label id {label.id!r} stands twice in labelGroups; the first one counts.",
                    label.id,
                )
            )
        seen.add(label.id)
        if label.mode is not None and label.kind is None:
            issues.append(
                Issue(
                    "warning",
                    "unknown-mode",
                    f"The label {label.title!r} has the mode {label.mode!r}, which is not known; "
                    "its annotations are listed but cannot be shown or edited.",
                    label.id,
                )
            )
    return issues
