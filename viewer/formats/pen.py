"""Changes of one file, collected by the byte that an object or list starts at."""

from __future__ import annotations

from dataclasses import dataclass, field

from viewer.errors import CannotWrite
from viewer.formats.json_tools import BadJson, Bytes, Span, Walker
from viewer.formats.patches import GONE, Gone, ListPatch, ObjectPatch, Put, edits_of, number_edit
from viewer.formats.style import JsonValue, Style, line_indent
from viewer.model.source import Edit, Replace


@dataclass(eq=False)
class Pen:
    """Collects what is to be done to one file, and turns it into edits that fit together.

    Args:
        patches: of objects and lists, by the byte each starts at.
        edits: of single values.
    """

    base: Bytes
    style: Style
    patches: dict[int, ObjectPatch | ListPatch] = field(
        default_factory=dict[int, "ObjectPatch | ListPatch"]
    )
    edits: list[Edit] = field(default_factory=list[Edit])

    def set(self, start: int, key: str, value: JsonValue | Gone) -> None:
        """Give the object at byte `start` a member, or take one away."""
        self.object(start).members[key] = value if isinstance(value, Gone) else Put(value)

    def number(self, span: Span, value: float) -> None:
        """Replace a number, spelled like the one there, unless it is the same."""
        self.edits += number_edit(self.base, span, value)

    def put(self, span: Span, value: JsonValue) -> None:
        """Replace a value by another, unless it is spelled the same."""
        text = self.style.dumped(value, line_indent(self.base, span.start))
        if text != bytes(self.base[span.start : span.end]):
            self.edits.append(Replace(span.start, span.end, text))

    def delete(self, start: int, number: int) -> None:
        """Take an element out of the list at byte `start`."""
        self.list(start).at[number] = GONE

    def add(self, start: int, row: JsonValue) -> None:
        """Put an element in at the end of the list at byte `start`."""
        self.list(start).added.append(row)

    def object(self, start: int) -> ObjectPatch:
        """Return the patch of the object at byte `start`."""
        patch = self.patches.setdefault(start, ObjectPatch())
        if not isinstance(patch, ObjectPatch):
            raise TypeError(f"a list is patched at byte {start}, not an object")
        return patch

    def list(self, start: int) -> ListPatch:
        """Return the patch of the list at byte `start`."""
        patch = self.patches.setdefault(start, ListPatch())
        if not isinstance(patch, ListPatch):
            raise TypeError(f"an object is patched at byte {start}, not a list")
        return patch

    def all(self) -> list[Edit]:
        """Return every edit.

        Raises:
            CannotWrite: the file breaks off inside an object or list that is to change.
        """
        found = list(self.edits)
        for start, patch in self.patches.items():
            found += edits_of(self.base, self._whole(start), patch, self.style)
        return found

    def _whole(self, start: int) -> Span:
        try:
            return Walker(self.base, start).skip()
        except BadJson as error:
            raise CannotWrite(
                f"The file breaks off inside what is to change ({error}): nothing can change there."
            ) from error
