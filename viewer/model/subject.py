"""What an export says its labels were drawn on, kept verbatim."""

from __future__ import annotations

from typing import Literal

import msgspec

Plane = Literal["acquired", "axial", "sagittal", "coronal"]
Scope = Literal["instance", "series", "study"]


class MediaKey(msgspec.Struct, frozen=True):
    """The export's own words for a piece of media; which local pixels it means is a Binding."""

    study: str | None = None
    series: str | None = None
    instance: str | None = None
    file_name: str | None = None
    frame: int | None = None
    child: str | None = None

    @property
    def scope(self) -> Scope:
        """The narrowest level that the key names."""
        if self.instance is not None or self.frame is not None:
            return "instance"
        return "series" if self.series is not None else "study"
