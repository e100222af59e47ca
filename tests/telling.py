"""What decoders are told of pictures, where no window shows any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from viewer.media.volume import Media
from viewer.model.project import Project
from viewer.model.told import Grid
from viewer.review.binding import NOT_CHOSEN, Choices
from viewer.review.matching import Matches, match


def tell(
    project: Project,
    entry: str,
    *,
    size: tuple[int, int] | None = None,
    grid: Grid | None = None,
    export: str = "1",
) -> None:
    """Have everybody go by it that an entry's pictures are of a size, or its voxels on a grid."""
    told = project.annotations.bases[export].told
    known = told.of(entry)
    changed = replace(known, size=size or known.size, grid=grid or known.grid)
    told.show(told.next({**told.telling.entries, entry: changed}, told.measure))


def matched(
    project: Project, media: Sequence[Media], chosen: Mapping[str, Choices] = NOT_CHOSEN
) -> Matches:
    """Return the matches of what everybody sees from now on."""
    matches = match(project, media, chosen)
    matches.tellings.show()
    return matches
