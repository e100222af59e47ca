"""What the worklist says of its targets: name, colour, image, reader and what became of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from viewer.media.volume import Media
from viewer.model.annotation import AnnotationId
from viewer.model.counted import counted
from viewer.model.ontology import LabelClass
from viewer.model.task import TaskKey
from viewer.model.verdict import Target, Verdict
from viewer.review.matching import Matches
from viewer.review.task_codes import task_named
from viewer.review.worklist import State
from viewer.session.judging import verdict_of
from viewer.session.playable import series_title
from viewer.session.session import Session
from viewer.session.task_list import MOST_LABELS
from viewer.ui.widgets.chips import PART_GAP


@dataclass(frozen=True)
class Sign:
    """How a state is shown: icon, token, filled or not, and its word."""

    icon: str
    token: str
    is_filled: bool
    word: str


SIGNS: Mapping[State, Sign] = {
    State.OPEN: Sign("circle", "text-off", False, "open"),
    State.ACCEPTED: Sign("check-circle", "ok", True, "accepted"),
    State.CORRECTED: Sign("pencil-simple", "caution", True, "corrected"),
    State.REJECTED: Sign("x-circle", "bad", True, "rejected"),
    State.NEEDS_CHANGE: Sign("warning-circle", "caution", True, "needs change"),
    State.GONE: Sign("trash", "text-off", False, "deleted"),
}
NOT_PLACED = "not placed"
CURRENT = Sign("caret-right", "accent", True, "shown now")


@dataclass(frozen=True)
class TargetWords:
    """What is said of a target, whatever became of it.

    Args:
        tint: "#rrggbb" of its label, "" for a study as a whole.
        image: slice, or series and slice.
        by: who made it.
    """

    name: str
    tint: str = ""
    image: str = ""
    by: str = ""


@dataclass(frozen=True)
class TargetItem:
    """What a row of the worklist shows; `number` counts from 1."""

    number: int
    words: TargetWords
    state: State
    is_current: bool
    has_comment: bool

    @property
    def sign(self) -> Sign:
        """Its state; that it is shown now, while it is open."""
        return CURRENT if self.is_current and self.state == State.OPEN else SIGNS[self.state]


def words_of_target(session: Session, target: Target) -> TargetWords:
    """Return what is said of a target; nothing is decoded for it."""
    if not isinstance(target, AnnotationId):
        return TargetWords(title_of_task(session, target), image="study")
    if target not in session.project.annotations:
        return TargetWords("Deleted")
    label = label_of(session, target)
    tint = session.display.color_of_label(session.project, target, label.id)
    return TargetWords(label.name, tint, image_words(session, target), author_of(session, target))


def item_at(session: Session, position: int, words: TargetWords) -> TargetItem:
    """Return what the row of a position shows."""
    work = session.work
    has_comment = bool(verdict_of(session, work.worklist[position]).comment)
    state, is_current = State(int(work.states[position])), position == work.position
    return TargetItem(position + 1, words, state, is_current, has_comment)


def label_of(session: Session, id: AnnotationId) -> LabelClass:
    """Return the class of a label that is there, without decoding it."""
    project = session.project
    edit = project.annotations.edits.get(id)
    if edit is not None:
        class_id = edit.class_id
    else:
        class_id = project.annotations.bases[id.export].columns.class_of(id.ordinal)
    return project.exports[id.export].ontology.by_id.get(class_id) or LabelClass(class_id, class_id)


def title_of_task(session: Session, key: TaskKey) -> str:
    """Return what people call a study, task or row; its id where it is not there."""
    export = session.project.exports.get(key.export)
    task = None if export is None else task_named(export, key.task)
    return key.task if task is None else " ".join(task.title.split()) or task.id


def task_rows(session: Session, key: TaskKey) -> tuple[tuple[str, str], ...]:
    """Return what is known of a study: its labels and what was said of them, its vendor's words."""
    rows: list[tuple[str, str]] = []
    table, export = session.tasks.table, session.project.exports.get(key.export)
    number = None if table is None else table.numbers.get(key)
    if table is not None and number is not None:
        said = Counter(
            SIGNS[state_of_verdict(verdict_of(session, id))].word
            for id in table.labels_of(number, MOST_LABELS)
        )
        told = [f"{count:,} {word}" for word, count in said.items()]
        rows.append(("Labels", ", ".join(told) or "none"))
        if table.unplaced[number]:
            rows.append(("Not placed", counted(int(table.unplaced[number]), "label")))
    task = None if export is None else task_named(export, key.task)
    if task is not None:
        rows += [("Status", task.status)] if task.status else []
        rows += [(name[:1].upper() + name[1:], value) for name, value in task.facts]
    return tuple(rows)


def author_of(session: Session, id: AnnotationId) -> str:
    """Return who made a label that is there; who draws without a name is "you"."""
    return session.project.annotations.author_of(id) or ("you" if id.new else "")


def image_words(session: Session, id: AnnotationId) -> str:
    """Return where a label is: the series where several have labels, and slice or frame."""
    place = session.matches.first_of(id)
    if place is None or place.media is None:
        return NOT_PLACED
    media = session.media[place.media]
    title = series_title(media) if len(session.viewing.series) > 1 else ""
    number = slice_words(session, id, media)
    return PART_GAP.join(part for part in (title, number) if part) or series_title(media)


def slice_words(session: Session, id: AnnotationId, media: Media) -> str:
    """Return slices or frames, from 1; "" where the media is one picture."""
    span = span_of(session.matches, id)
    if media.count == 1:
        return ""
    if span is None:
        return "whole"
    first, last = span
    return f"{first + 1:,}" if first == last else f"{first + 1:,}–{last + 1:,}"


def span_of(matches: Matches, id: AnnotationId) -> tuple[int, int] | None:
    """Return first and last slice of a label, from 0, along the axis of its plane.

    None where it is about a media as a whole, or not placed.
    """
    found, rows = matches.outcomes_of(id), matches.rows.get(id.export)
    slices = None if found is None else found.slices
    if found is None and rows is not None and not id.new:
        own = rows.of(id.ordinal)
        slices = rows.outcomes.slices[own.start : own.stop]
    placed = () if slices is None else slices[slices >= 0].tolist()
    extents = matches.extents_of(id)
    if extents and not placed:
        return extents[0].reach[2]
    return (min(placed), max(placed)) if placed else None


def outcome_words(verdict: Verdict) -> str:
    """Return what was decided in words: "not there", "corrected", "needs change: edge off"."""
    match verdict.judgement:
        case "accepted":
            return "corrected" if verdict.is_corrected else ""
        case "rejected":
            return verdict.reason.lower() or "rejected"
        case "needs_change":
            return f"needs change: {verdict.reason.lower()}" if verdict.reason else "needs change"
        case None:
            return "comment"


def state_of_verdict(verdict: Verdict) -> State:
    """Return the state that a verdict makes."""
    match verdict.judgement:
        case "accepted":
            return State.CORRECTED if verdict.is_corrected else State.ACCEPTED
        case "rejected":
            return State.REJECTED
        case "needs_change":
            return State.NEEDS_CHANGE
        case None:
            return State.OPEN


def name_of_target(session: Session, target: Target) -> str:
    """Return a target's name with where it is: "Mass, R MLO"."""
    if not isinstance(target, AnnotationId):
        return title_of_task(session, target)
    if target not in session.project.annotations:
        return "Deleted label"
    return f"{label_of(session, target).name}, {image_words(session, target)}"
