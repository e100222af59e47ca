"""Classes that a person gives to labels whose class their export does not say.

They are edits as all others, in undo too; but as no file holds them, they are kept beside the
export, and leave nothing unsaved.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np

from viewer.errors import Issue
from viewer.formats.table import format_named
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.counted import counted
from viewer.model.project import Export, Project
from viewer.model.table import Columns
from viewer.model.track import Track
from viewer.review.binding import Choices

Given = Mapping[str, Mapping[str, str]]  # class ids by entry and native id
Names = Mapping[AnnotationId, str]  # native ids that new labels have in a file


def is_classless(project: Project, annotation: Annotation) -> bool:
    """Whether the export of an annotation does not say its class."""
    classless = project.exports[annotation.id.export].classless
    return bool(classless) and _entry_of(project, annotation) in classless


def with_given(
    project: Project, chosen: Mapping[str, Choices], opened: Collection[str] = ()
) -> Project:
    """Return a project whose labels have the classes that were given them before it was opened.

    Args:
        chosen: what is kept of exports, by export id.
        opened: ids of the exports that were open already, and have theirs.
    """
    for id, choices in chosen.items():
        if choices.classes and id in project.exports and id not in opened:
            project = _with(project, project.exports[id], choices.classes)
    return project


def given_of(project: Project, export: str, kept: Given, names: Names) -> dict[str, dict[str, str]]:
    """Return the classes that labels of an export were given, by entry and native id.

    Args:
        kept: those that it was opened with.
        names: of new labels that were written since; others are left out.
    """
    found = {entry: dict(classes) for entry, classes in kept.items()}
    if not project.exports[export].classless:
        return found
    for id, annotation in project.annotations.edits_of(export).items():
        if annotation is None or not is_classless(project, annotation):
            continue
        name = names.get(id) if id.new else annotation.native_id
        if name is not None and annotation.class_id != _opened_class(project, id):
            found.setdefault(_entry_of(project, annotation), {})[name] = annotation.class_id
    return found


def is_same_but_class(one: Project, other: Project, id: AnnotationId) -> bool:
    """Whether a label of a file differs between two projects by a class alone that is kept beside.

    A new one does not, as nothing is kept of it before it is in a file.
    """
    known = one.exports[id.export].classless and not id.new
    if not known or id not in one.annotations or id not in other.annotations:
        return False
    first, second = one.annotations[id], other.annotations[id]
    if first.class_id == second.class_id or not is_classless(one, first):
        return False
    before, after = first.placements, second.placements
    is_placed = isinstance(before, Track) and isinstance(after, Track) and before.is_as(after)
    return is_placed and _said(first) == _said(second)


def _said(annotation: Annotation) -> tuple[object, ...]:
    return annotation.note, annotation.attributes, annotation.parent, annotation.group


def _entry_of(project: Project, annotation: Annotation) -> str:
    """Return the entry of an annotation; of one that a file holds without decoding anything."""
    id, placements = annotation.id, annotation.placements
    if id.new:
        return (placements[0].media.entry or "") if placements else ""
    columns = project.annotations.bases[id.export].columns
    row = int(np.searchsorted(columns.owners, id.ordinal))
    code = int(columns.entries[row]) if row < len(columns.owners) else -1
    return columns.keys[code] if code >= 0 else ""


def _opened_class(project: Project, id: AnnotationId) -> str | None:
    """Return the class that an annotation was opened with; None of a new one."""
    if id.new:
        return None
    columns = project.annotations.bases[id.export].columns
    return columns.classes[int(columns.class_codes[id.ordinal])]


def _with(project: Project, export: Export, given: Given) -> Project:
    base = project.annotations.bases[export.id]
    with_classes = format_named(export.format).with_classes
    ordinals = _ordinals(base.columns, {id: given[id] for id in export.classless & given.keys()})
    if with_classes is None or not ordinals:
        return project
    shown, changed = with_classes(export, base, ordinals)
    classes, codes = changed.columns.classes, changed.columns.class_codes
    count = sum(classes[int(codes[at])] == id for at, id in ordinals.items())
    words = counted(count, "label has a class", "labels have a class")
    sentence = (
        f"{words} that a person gave here, since the export does not say it; what was given is "
        "kept on this computer, beside the export."
    )
    issue = Issue("note", "classes-given", sentence, export.title)
    return project.with_export(replace(shown, issues=(*shown.issues, issue)), changed)


def _ordinals(columns: Columns, given: Given) -> dict[int, str]:
    """Return the ordinals of labels that were given a class, each with it."""
    found: dict[int, str] = {}
    codes: list[int] = np.unique(columns.entries).tolist() if given else []
    for code in codes:
        classes = given.get(columns.keys[code]) if code >= 0 else None
        if classes:
            owners: list[int] = np.unique(columns.owners[columns.entries == code]).tolist()
            names = ((at, columns.native_ids[at]) for at in owners)
            found |= {at: classes[name] for at, name in names if name in classes}
    return found
