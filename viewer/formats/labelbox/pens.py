"""What writes the records of one label, whichever way its file nests them."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from viewer.formats.labelbox.agree import Frames
from viewer.formats.style import JsonValue
from viewer.model.source import Edit
from viewer.model.subject import Plane


class Spot(NamedTuple):
    """Where in a label a record stands.

    Args:
        frame: as the file counts; None for what is on no frame.
    """

    plane: Plane
    frame: int | None


class Pen(Protocol):
    """Collects the changes of one label; everything raises CannotWrite for what it cannot hold."""

    form: str  # "Image", "Video" or "DICOM"

    def put(self, spot: Spot, id: str, record: JsonValue, *, is_question: bool) -> None:
        """Put a record in."""
        ...

    def drop(self, spot: Spot, at: int, *, is_question: bool) -> None:
        """Take the record out that begins at byte `at`."""
        ...

    def agree(self, id: str, plane: Plane, frames: Frames) -> None:
        """Make all that speaks of an annotation's frames say what they are."""
        ...

    def forget(self, id: str) -> None:
        """Take out all that speaks of an annotation that was deleted."""
        ...

    def example(self, spot: Spot) -> dict[str, object]:
        """Return an object there whose keys a new one follows; empty without."""
        ...

    def edits(self) -> dict[int, list[Edit]]:
        """Return all edits, by the number of their source."""
        ...
