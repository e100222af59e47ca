"""What a label's annotations hold, found down paths of keys."""

from __future__ import annotations

from dataclasses import dataclass, field

from viewer.errors import CannotWrite
from viewer.formats.containers import Container
from viewer.formats.json_tools import BadJson, Bytes, Span, is_object, value_of
from viewer.formats.labelbox.layout import inside


@dataclass(eq=False)
class LabelText:
    """The value of a label's `annotations`.

    Args:
        span: of the label.

    Raises:
        CannotWrite: it holds no annotations.
    """

    base: Bytes
    span: Span
    _known: dict[tuple[str, ...], Container | None] = field(
        default_factory=dict[tuple[str, ...], "Container | None"]
    )

    def __post_init__(self) -> None:
        found = inside(self.base, self.span, "annotations")
        if found is None or found.keys is None:
            raise CannotWrite("its label holds no annotations that could be changed")
        self.held: Container = found
        keys = found.keys
        self.form = "DICOM" if "groups" in keys else "Video" if "frames" in keys else "Image"

    def inside(self, *path: str) -> Container | None:
        """Return the list or object down a path; None where it is missing or is neither."""
        if not path:
            return self.held
        if path not in self._known:
            above = self.inside(*path[:-1]) if path[1:] else self.held
            at = above.find(path[-1]) if above is not None and above.keys is not None else None
            span = above.value(at) if above is not None and at is not None else None
            self._known[path] = inside(self.base, span) if span is not None else None
        return self._known[path]

    def value(self, *path: str) -> object:
        """Return the value down a path; None where there is none."""
        found = self.inside(*path[:-1])
        at = found.find(path[-1]) if found is not None and found.keys is not None else None
        return None if found is None or at is None else self.read(found.value(at))

    def read(self, span: Span) -> object:
        """Return a value; None where it is damaged."""
        try:
            return value_of(self.base[span.start : span.end])
        except BadJson:
            return None

    def record(self, span: Span) -> dict[str, object]:
        """Return the value of a record; nothing where it is damaged."""
        value = self.read(span)
        return value if is_object(value) else {}
