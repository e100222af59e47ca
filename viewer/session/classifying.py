"""New classifications: of the image, the series or the exam that is shown."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from viewer.model.annotation import Annotation
from viewer.model.answers import Attribute
from viewer.model.ontology import LabelClass
from viewer.model.project import Project
from viewer.model.subject import MediaKey, Scope
from viewer.session.commands import AddAnnotation
from viewer.session.editing import ClassKey
from viewer.session.making import (
    EntryPlace,
    Target,
    annotation_made,
    entry_place,
    media_key_of,
)
from viewer.session.said_once import ONCE, is_said
from viewer.session.session import Session

NOTHING_SHOWN = "Nothing is shown that could be classified."
NO_CLASS = "The export has no such class for a new classification."
NOT_NAMED = "The export does not say how this is named there; nothing was added."


def addable(session: Session) -> tuple[tuple[ClassKey, LabelClass], ...]:
    """Return the classes without a shape that the open exports know, in their order."""
    return tuple(
        ((export.id, label.id), label)
        for export in session.project.exports.values()
        for label in export.ontology.by_id.values()
        if export.planes and label.kind is None and label.scope is not None
    )


def classification_made(session: Session, key: ClassKey) -> AddAnnotation | str:
    """Return the command that says this class of what is shown; its questions are unanswered.

    Where the export cannot hold it, the reason in words.
    """
    media = session.current
    if media is None or key[0] not in session.project.exports:
        return NOTHING_SHOWN
    label = session.project.exports[key[0]].ontology.by_id.get(key[1])
    export = session.project.exports[key[0]]
    if label is None or label.kind is not None or label.scope is None or not export.planes:
        return NO_CLASS
    size = (media.columns, media.rows)
    place, named = None, None
    if key[0] in session.matches.lookup.bindings:
        place = _place_of_level(session, key[0], label.scope)
        named = None if place is None else place.media
    if named is None and (export.has_uids or key[0] not in session.matches.lookup.bindings):
        named = _of_level(media_key_of(media, session.slice), label.scope)
    if named is None:
        return NOT_NAMED
    if refused := _refused(session, key, named):
        return refused
    target = Target(*key, None, named, size)
    if place is not None:
        target = Target(*key, None, named, size, place.plane, place.index)
    command = annotation_made(session.project, target, None, session.stamp())
    asked = _asked(session.project, command.annotation, label)
    return msgspec.structs.replace(command, annotation=asked)


def _refused(session: Session, key: ClassKey, named: MediaKey) -> str:
    """Return why the export cannot hold a class said of this, "" when it can."""
    export = session.project.exports[key[0]]
    said = (entry.kind for entry in export.entries if entry.id == named.entry)
    if any(kind in export.says_nothing_of for kind in said if kind):
        return "The export holds nothing that is said of a whole video; nothing was added."
    at = (named.entry, session.slice)
    return ONCE if is_said(session, key, session.author, at) else ""


def _asked(project: Project, made: Annotation, label: LabelClass) -> Annotation:
    """Return a new classification with its questions: the class's, else those of another one."""
    base = project.annotations.bases.get(made.id.export)
    if label.questions or base is None or made.class_id not in base.columns.classes:
        return msgspec.structs.replace(made, attributes=label.questions)
    code = base.columns.classes.index(made.class_id)
    like = base.decode(int(np.flatnonzero(base.columns.class_codes == code)[0]))
    there = like.placements[0].attributes if like.placements else ()
    here = msgspec.structs.replace(made.placements[0], attributes=_unanswered(there))
    return msgspec.structs.replace(
        made, attributes=_unanswered(like.attributes), placements=(here,)
    )


def _unanswered(attributes: Sequence[Attribute]) -> tuple[Attribute, ...]:
    """Return the questions that are not asked below another one, without their answers."""
    return tuple(
        msgspec.structs.replace(each, value=None)
        for each in attributes
        if each.key and each.depth == 0 and each.kind != "shown"
    )


def _place_of_level(session: Session, export: str, scope: Scope) -> EntryPlace | None:
    """Return what an export calls the shown slice, or the entry that it belongs to."""
    number, project = session.viewing.media_index, session.project
    if number is None:
        return None
    lookup = session.matches.lookup
    place = entry_place(project.exports[export], lookup, number, 2, session.slice)
    if place is None or scope == "instance":
        return place
    return EntryPlace(MediaKey(entry=place.media.entry), "acquired", None)


def _of_level(key: MediaKey, scope: Scope) -> MediaKey | None:
    """Return the key of a slice's image, series or exam; None where it is not named."""
    match scope:
        case "instance":
            return key if key.scope == "instance" else None
        case "series":
            is_named = key.series is not None or key.entry is not None
            return MediaKey(key.study, key.series, entry=key.entry) if is_named else None
        case "study":
            return MediaKey(key.study) if key.study is not None else None
