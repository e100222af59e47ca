"""Commands: frozen, serialisable, complete in themselves; `apply` knows no clock and no chance."""

from __future__ import annotations

from typing import TypeAlias, cast

import msgspec
import numpy as np

from viewer.geometry.mask import Mask, Runs
from viewer.geometry.shapes import Shape
from viewer.geometry.solids import MaskVolume, SliceMasks, Solid, masks_of
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.answers import Attribute, AttributeValue
from viewer.model.project import Project
from viewer.model.subject import MediaKey
from viewer.model.task import TaskKey
from viewer.model.track import Track
from viewer.model.verdict import Target, Verdict


class Stamp(msgspec.Struct, frozen=True):
    """When and by whom, decided when the command is made.

    Args:
        time: UTC, ISO 8601 with milliseconds and Z.
        author: name from the preferences, "" without one.
    """

    time: str
    author: str = ""


class Reshape(msgspec.Struct, frozen=True, tag=True):
    """Give one placement of an annotation another shape.

    Args:
        verb: what was done, for the history list.
    """

    id: AnnotationId
    placement: int
    shape: Shape | Solid
    made: Stamp
    verb: str = "Reshape"

    def apply(self, project: Project) -> Project:
        """Return the project with the new shape."""
        annotation = project.annotations[self.id].with_shape(self.placement, self.shape)
        return project.with_annotation(_stamped(annotation, self.made))


class ReshapeSlice(msgspec.Struct, frozen=True, tag=True):
    """Give one slice of a mask volume another mask; None clears the slice."""

    id: AnnotationId
    placement: int
    slice: int
    mask: Mask | None
    made: Stamp
    verb: str = "Reshape"

    def apply(self, project: Project) -> Project:
        """Return the project with the changed volume, which shares all other slices.

        Raises:
            ValueError: the placement is no mask volume.
        """
        annotation = project.annotations[self.id]
        volume = annotation.placements[self.placement].shape
        if not isinstance(volume, MaskVolume):
            raise ValueError("only a mask volume has slices to change")
        changed = annotation.with_shape(self.placement, volume.with_slice(self.slice, self.mask))
        return project.with_annotation(_stamped(changed, self.made))


class AddAnnotation(msgspec.Struct, frozen=True, tag=True):
    """Add a new annotation, complete with its id."""

    annotation: Annotation
    made: Stamp
    verb: str = "Add"

    def apply(self, project: Project) -> Project:
        """Return the project with the annotation added."""
        return project.with_annotation(self.annotation)


class DeleteAnnotations(msgspec.Struct, frozen=True, tag=True):
    """Delete annotations; children that stay lose their parent."""

    ids: tuple[AnnotationId, ...]
    orphans: tuple[AnnotationId, ...]
    made: Stamp
    verb: str = "Delete"

    def apply(self, project: Project) -> Project:
        """Return the project without them."""
        for orphan in self.orphans:
            child = msgspec.structs.replace(project.annotations[orphan], parent=None)
            project = project.with_annotation(_stamped(child, self.made))
        return project.without_annotations(self.ids)


class ChangeClass(msgspec.Struct, frozen=True, tag=True):
    """Give an annotation another label class."""

    id: AnnotationId
    class_id: str
    made: Stamp
    verb: str = "Change label"

    def apply(self, project: Project) -> Project:
        """Return the project with the class changed."""
        annotation = project.annotations[self.id]
        changed = msgspec.structs.replace(annotation, class_id=self.class_id)
        return project.with_annotation(_stamped(changed, self.made))


class ChangeNote(msgspec.Struct, frozen=True, tag=True):
    """Give an annotation another note; None takes the note away."""

    id: AnnotationId
    note: str | None
    made: Stamp
    verb: str = "Change note"

    def apply(self, project: Project) -> Project:
        """Return the project with the note changed."""
        changed = msgspec.structs.replace(project.annotations[self.id], note=self.note)
        return project.with_annotation(_stamped(changed, self.made))


class ChangeAttribute(msgspec.Struct, frozen=True, tag=True):
    """Give an annotation, or one of its placements, another answer; None takes it away.

    Args:
        placement: whose answer it is; None for one of the whole annotation.
        key: of the attribute, as its format names it.
        asked: the questions that the answer brings, as the export asks them elsewhere.
    """

    id: AnnotationId
    placement: int | None
    key: str
    value: AttributeValue
    made: Stamp
    asked: tuple[Attribute, ...] = ()
    verb: str = "Change answer"

    def apply(self, project: Project) -> Project:
        """Return the project with the answer changed.

        Raises:
            KeyError: there is no such annotation or attribute.
            ValueError: the attribute cannot be edited, or the value is not of its kind.
        """
        annotation = project.annotations[self.id]
        changed = annotation.with_attribute(self.placement, self.key, self.value, self.asked)
        return project.with_annotation(_stamped(changed, self.made))


class ChangeAttributes(msgspec.Struct, frozen=True, tag=True):
    """Give several annotations another answer, in one step."""

    changes: tuple[ChangeAttribute, ...]
    made: Stamp
    verb: str = "Change answer"

    def apply(self, project: Project) -> Project:
        """Return the project with all answers changed, or raise as the first that cannot be."""
        for change in self.changes:
            project = change.apply(project)
        return project


class MovePlacement(msgspec.Struct, frozen=True, tag=True):
    """Put one placement of an annotation on another slice or frame of the same media.

    Args:
        shape: as it was there, which becomes a key frame of a track.
        media, index: what the export calls the slice or frame.
        frame: its number in a track; 0 without one.
    """

    id: AnnotationId
    placement: int
    shape: Shape | None
    media: MediaKey
    index: int | None
    frame: int
    made: Stamp
    verb: str = "Move to slice"

    def apply(self, project: Project) -> Project:
        """Return the project with the placement there."""
        annotation = project.annotations[self.id]
        moved = msgspec.structs.replace(
            annotation.placements[self.placement],
            shape=self.shape,
            media=self.media,
            index=self.index,
        )
        changed = annotation.with_moved(self.placement, moved, self.frame)
        return project.with_annotation(_stamped(changed, self.made))


class DeletePlacement(msgspec.Struct, frozen=True, tag=True):
    """Take an annotation off one slice or frame, and leave it on the others."""

    id: AnnotationId
    placement: int
    made: Stamp
    verb: str = "Delete on frame"

    def apply(self, project: Project) -> Project:
        """Return the project without that placement."""
        annotation = project.annotations[self.id].without_placement(self.placement)
        return project.with_annotation(_stamped(annotation, self.made))


class Judge(msgspec.Struct, frozen=True, tag=True):
    """Say something else of labels and tasks: a verdict each, an empty one to say nothing.

    Args:
        labels, tasks: each with its whole verdict, time and reviewer included.
    """

    labels: tuple[tuple[AnnotationId, Verdict], ...]
    tasks: tuple[tuple[TaskKey, Verdict], ...]
    made: Stamp
    verb: str = "Judge"

    @property
    def said(self) -> tuple[tuple[Target, Verdict], ...]:
        """The labels, and behind them the tasks, each with what is said of it."""
        return (*self.labels, *self.tasks)

    def apply(self, project: Project) -> Project:
        """Return the project with the verdicts; nothing of it is to be saved.

        Raises:
            KeyError: a label is not there, or an export of a task.
        """
        for id, _ in self.labels:
            if id not in project.annotations:
                raise KeyError(id)
        for key, _ in self.tasks:
            project.exports[key.export]
        return project.with_verdicts(self.said)


Command: TypeAlias = (
    Reshape
    | ReshapeSlice
    | AddAnnotation
    | DeleteAnnotations
    | ChangeClass
    | ChangeNote
    | ChangeAttribute
    | ChangeAttributes
    | MovePlacement
    | DeletePlacement
    | Judge
)


def placement_of(command: Command) -> tuple[AnnotationId, int] | None:
    """Return the one placement that a command changes, as numbered before; None without one."""
    match command:
        case Reshape() | MovePlacement() | DeletePlacement():
            return command.id, command.placement
        case ChangeAttribute() if command.placement is not None:
            return command.id, command.placement
        case _:
            return None


def encoded(command: Command) -> bytes:
    """Return the command as one line of JSON."""
    return msgspec.json.encode(command, enc_hook=_plain)


def decoded(line: bytes | memoryview) -> Command:
    """Return the command of one line of JSON.

    Raises:
        msgspec.ValidationError: it is no command, or its shape is no shape.
    """
    return cast(Command, _DECODER.decode(line))


def _stamped(annotation: Annotation, made: Stamp) -> Annotation:
    """Return the annotation as changed at that time; without a name the old one stays."""
    author = made.author or annotation.updated_by
    return msgspec.structs.replace(annotation, updated=made.time, updated_by=author)


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray):
        return cast(object, value.tolist())  # pyright: ignore[reportUnknownMemberType]
    if isinstance(value, Track):
        return tuple(value)
    if isinstance(value, SliceMasks):
        return [(k, value.mask(k)) for k in value.slices()]
    raise TypeError(type(value).__name__)


def _array(type: object, value: object) -> object:
    if type is SliceMasks:
        return masks_of(msgspec.convert(value, list[tuple[int, Mask]], dec_hook=_array))
    dtype = np.int32 if type == Runs else np.float64
    try:
        return np.array(value, dtype=dtype)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError("an array of numbers was expected") from error


_DECODER: msgspec.json.Decoder[object] = msgspec.json.Decoder(Command, dec_hook=_array)
