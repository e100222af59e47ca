"""New classifications: of the image, the series or the exam that is shown."""

from __future__ import annotations

import msgspec

from viewer.model.ontology import LabelClass
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
from viewer.session.session import Session


def addable(session: Session) -> tuple[tuple[ClassKey, LabelClass], ...]:
    """Return the classes without a shape that the open exports know, in their order."""
    return tuple(
        ((export.id, label.id), label)
        for export in session.project.exports.values()
        for label in export.ontology.by_id.values()
        if label.kind is None and label.scope is not None
    )


def classification_made(session: Session, key: ClassKey) -> AddAnnotation | None:
    """Return the command that says this class of what is shown; its questions are unanswered.

    None where nothing is shown, or what is shown has no name that the level of the class needs.
    """
    media = session.current
    if media is None or key[0] not in session.project.exports:
        return None
    label = session.project.exports[key[0]].ontology.by_id.get(key[1])
    if label is None or label.kind is not None or label.scope is None:
        return None
    size = (media.columns, media.rows)
    if key[0] in session.matches.lookup.bindings:
        place = _place_of_level(session, key[0], label.scope)
        named = None if place is None else place.media
    else:
        place, named = None, _of_level(media_key_of(media, session.slice), label.scope)
    if named is None:
        return None
    target = Target(*key, None, named, size)
    if place is not None:
        target = Target(*key, None, named, size, place.plane, place.index)
    command = annotation_made(session.project, target, None, session.stamp())
    asked = msgspec.structs.replace(command.annotation, attributes=label.questions)
    return msgspec.structs.replace(command, annotation=asked)


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
