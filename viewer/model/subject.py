"""What an export says its labels were drawn on, kept verbatim."""

from __future__ import annotations

from typing import Literal

import msgspec

Plane = Literal["acquired", "axial", "sagittal", "coronal"]
PLANES: tuple[Plane, ...] = ("acquired", "axial", "sagittal", "coronal")  # codes of Columns.planes
Scope = Literal["instance", "series", "study"]


class MediaKey(msgspec.Struct, frozen=True):
    """The export's own words for a piece of media; which local pixels it means is a Binding.

    Args:
        study, series, instance: UIDs; `instance` is a file's name where there is no DICOM.
        entry: id of the export's entry (data row, series of a task) that lists the media.
        item: number, from 0, of the file within the entry.
        frame: number, from 0, within the object, file or entry that is named.
    """

    study: str | None = None
    series: str | None = None
    instance: str | None = None
    entry: str | None = None
    item: int | None = None
    frame: int | None = None

    @property
    def scope(self) -> Scope:
        """The narrowest level that the key names."""
        if self.instance is not None or self.frame is not None or self.item is not None:
            return "instance"
        return "study" if self.series is None and self.entry is None else "series"
