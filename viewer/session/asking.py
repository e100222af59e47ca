"""The questions about labels as a panel shows them: whose answer, on which frames, changed how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from viewer.geometry.space import pixel_from_voxel
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.answers import Attribute, AttributeValue
from viewer.session.answers import NOTHING_KNOWN, Known
from viewer.session.commands import ChangeAttribute, ChangeAttributes, Command
from viewer.session.locking import why_locked
from viewer.session.modes import locked_sentence
from viewer.session.session import Session

Answerer: TypeAlias = tuple[AnnotationId, int | None]  # annotation, number of its placement
ClassKey: TypeAlias = tuple[str, str]  # export id, class id
MOST_LABELS = 500  # that are answered for together


@dataclass(frozen=True)
class Asked:
    """One question, with its answer, about the labels shown.

    Args:
        attribute: as the first of them has it.
        answerers: whose answer it is.
        is_same: all of them answered the same.
        is_here: it holds on the frame shown only.
        locked: why it cannot be edited, "" when it can.
        options: what can be chosen.
    """

    attribute: Attribute
    answerers: tuple[Answerer, ...]
    is_same: bool
    is_here: bool
    locked: str
    options: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The answer in words."""
        return self.attribute.text if self.is_same else "several answers"


def placement_shown(session: Session, id: AnnotationId) -> int | None:
    """Return the number of an annotation's placement that is shown now; None without one.

    A placement on a sagittal or coronal plane is shown where the crosshair is on that plane.
    """
    media = session.viewing.media_index
    if media is None:
        return None
    here = [int(pixel_from_voxel(at)) for at in session.viewing.crosshair]
    rows = session.matches.rows.get(id.export)
    if id.new or id in session.project.annotations.edits or rows is None:
        edited = session.matches.outcomes_of(id)
        if edited is None:
            return None
        numbers = np.flatnonzero((edited.media == media) & (edited.slices == here[2]))
        return int(numbers[0]) if len(numbers) else None
    span = rows.of(id.ordinal)
    part = np.s_[span.start : span.stop]
    outcomes = rows.outcomes
    wanted = np.array(here, dtype=np.int64)[outcomes.axes[part]]
    numbers = np.flatnonzero((outcomes.media[part] == media) & (outcomes.slices[part] == wanted))
    return int(numbers[0]) if len(numbers) else None


def asked_of(
    session: Session, ids: Sequence[AnnotationId], known: Mapping[ClassKey, Known]
) -> tuple[Asked, ...]:
    """Return the questions that all these labels have: of the whole label, then of its frame.

    Args:
        session: whose project, slice and mode count.
        ids: labels; more than MOST_LABELS are asked nothing.
        known: what is known of the questions, by class.
    """
    annotations = session.project.annotations
    found = [annotations[id] for id in ids[: MOST_LABELS + 1] if id in annotations]
    if not 0 < len(found) <= MOST_LABELS:
        return ()
    whole = [(each, None, each.attributes) for each in found]
    here: list[_Answers] = []
    for each in found:
        number = 0 if len(each.placements) == 1 else placement_shown(session, each.id)
        if number is not None and number < len(each.placements):
            here.append((each, number, each.placements[number].attributes))
    rows = _common(whole, session, known, is_here=False)
    if len(here) == len(found):
        rows += _common(here, session, known, is_here=True)
    return tuple(rows)


_Answers: TypeAlias = tuple[Annotation, int | None, tuple[Attribute, ...]]


def _common(
    answers: Sequence[_Answers], session: Session, known: Mapping[ClassKey, Known], *, is_here: bool
) -> list[Asked]:
    """Return the questions that every one of these has."""
    tables = [{each.key or each.name: each for each in reversed(found)} for *_, found in answers]
    first = answers[0][0]
    options = known.get((first.id.export, first.class_id), NOTHING_KNOWN)
    rows: list[Asked] = []
    for each in answers[0][2]:
        same = [table.get(each.key or each.name) for table in tables]
        if any(other is None or other.kind != each.kind for other in same):
            continue
        rows.append(
            Asked(
                attribute=each,
                answerers=tuple((annotation.id, number) for annotation, number, _ in answers),
                is_same=all(other is not None and other.value == each.value for other in same),
                is_here=is_here and len(first.placements) > 1,
                locked=_locked(session, each, [annotation for annotation, *_ in answers]),
                options=options.options_of(each),
            )
        )
    return rows


def _locked(session: Session, attribute: Attribute, labels: Sequence[Annotation]) -> str:
    reasons = (why_locked(session, label.id) for label in labels)
    reason = next((reason for reason in reasons if reason), "")
    if reason:
        return reason
    if attribute.kind == "shown" or not attribute.key:
        return "This answer can be read only."
    return "" if session.mode == "edit" else locked_sentence(session.mode)


def change_of(
    session: Session, asked: Asked, value: AttributeValue, known: Mapping[ClassKey, Known]
) -> Command | None:
    """Return the command that gives another answer; None where nothing would change.

    What the answer brings to be asked is put in with it.
    """
    annotations = session.project.annotations
    made = session.stamp()
    changes: list[ChangeAttribute] = []
    for id, placement in asked.answerers:
        if id not in annotations:
            continue
        found = _attribute_of(annotations[id], placement, asked.attribute.key)
        if found is None or found.value == value:
            continue
        facts = known.get((id.export, annotations[id].class_id), NOTHING_KNOWN)
        brought = facts.asked_by(found, value)
        changes.append(ChangeAttribute(id, placement, found.key, value, made, brought))
    if len(changes) > 1:
        return ChangeAttributes(tuple(changes), made)
    return changes[0] if changes else None


def _attribute_of(annotation: Annotation, placement: int | None, key: str) -> Attribute | None:
    """Return an attribute by key; None where it went meanwhile."""
    if placement is None:
        attributes = annotation.attributes
    elif placement < len(annotation.placements):
        attributes = annotation.placements[placement].attributes
    else:
        return None
    return next((each for each in attributes if each.key == key), None)
