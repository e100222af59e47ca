"""Why a placement is not shown: the reasons of matching and their codes."""

from __future__ import annotations

# Reason codes; 0 is matched.
REASONS = (
    "",
    "series not loaded",
    "instance missing",
    "size differs",
    "exam not in list",
    "no media key",
    "unknown class",
    "damaged record",
    "frame out of range",
    "no image named",
    "several images",
    "media not found",
    "no such plane",
    "voxels turned",
    "turned twice",
)
NOT_LOADED, MISSING, SIZE, UNLISTED, NO_KEY, NO_CLASS, DAMAGED, NO_FRAME = range(1, 9)
NO_IMAGE, AMBIGUOUS, NOT_FOUND, NO_PLANE, TURNED, TURNED_TWICE = range(9, 15)
