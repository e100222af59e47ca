"""Commands: frozen, serialisable, complete in themselves; `apply` knows no clock and no chance."""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np

from viewer.geometry.shapes import Shape
from viewer.model.annotation import Annotation, AnnotationId
from viewer.model.project import Project


class Stamp(msgspec.Struct, frozen=True):
    """When and by whom, decided when the command is made.

    Args:
        time: UTC, ISO 8601 with milliseconds and Z.
        author: name from the preferences, "" without one.
    """

    time: str
    author: str = ""


class Reshape(msgspec.Struct, frozen=True, tag=True):
    """Give one placement of an annotation another shape."""

    id: AnnotationId
    placement: int
    shape: Shape
    made: Stamp
    verb: str = "Reshape"

    def apply(self, project: Project) -> Project:
        """Return the project with the new shape."""
        annotation = project.annotations[self.id]
        return project.with_annotation(annotation.with_shape(self.placement, self.shape))


class AddAnnotation(msgspec.Struct, frozen=True, tag=True):
    """Add a new annotation, complete with its id."""

    annotation: Annotation
    made: Stamp

    def apply(self, project: Project) -> Project:
        """Return the project with the annotation added."""
        return project.with_annotation(self.annotation)


class DeleteAnnotations(msgspec.Struct, frozen=True, tag=True):
    """Delete annotations; children that stay lose their parent."""

    ids: tuple[AnnotationId, ...]
    orphans: tuple[AnnotationId, ...]
    made: Stamp

    def apply(self, project: Project) -> Project:
        """Return the project without them."""
        for orphan in self.orphans:
            child = msgspec.structs.replace(project.annotations[orphan], parent=None)
            project = project.with_annotation(child)
        for id in self.ids:
            project = project.without_annotation(id)
        return project


class ChangeClass(msgspec.Struct, frozen=True, tag=True):
    """Give an annotation another label class."""

    id: AnnotationId
    class_id: str
    made: Stamp

    def apply(self, project: Project) -> Project:
        """Return the project with the class changed."""
        annotation = project.annotations[self.id]
        return project.with_annotation(
            msgspec.structs.replace(annotation, class_id=self.class_id)
        )


class ChangeNote(msgspec.Struct, frozen=True, tag=True):
    """Give an annotation another note; None takes the note away."""

    id: AnnotationId
    note: str | None
    made: Stamp

    def apply(self, project: Project) -> Project:
        """Return the project with the note changed."""
        annotation = project.annotations[self.id]
        return project.with_annotation(msgspec.structs.replace(annotation, note=self.note))


Command: TypeAlias = Reshape | AddAnnotation | DeleteAnnotations | ChangeClass | ChangeNote


def encoded(command: Command) -> bytes:
    """Return the command as one line of JSON."""
    return msgspec.json.encode(command, enc_hook=_plain)


def decoded(line: bytes) -> Command:
    """Return the command of one line of JSON.

    Raises:
        msgspec.ValidationError: it is no command.
    """
    return msgspec.json.decode(line, type=Command, dec_hook=_array)  # pyright: ignore[reportReturnType]


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray):
        return value.tolist()  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    raise TypeError(type(value).__name__)


def _array(_type: object, value: object) -> object:
    return np.array(value)
