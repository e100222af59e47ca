"""The pictures among what was opened: files that belong to an export are none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from viewer.formats.companions import companions_of
from viewer.media.opening import without_files
from viewer.media.stopping import Cancel
from viewer.media.volume import MediaSet
from viewer.model.project import Project


def own_pictures(
    found: MediaSet, project: Project, paths: Sequence[str | Path], cancelled: Cancel | None = None
) -> MediaSet:
    """Return the pictures that are no masks, nor other companions, of the exports of a project.

    Args:
        paths: what `found` was opened from.
        cancelled: as for `open_media`.

    Raises:
        Cancelled: `cancelled` answered yes.
    """
    if not project.exports or not found.plain:
        return found
    return without_files(found, companions_of(project, found.plain), paths, cancelled)
