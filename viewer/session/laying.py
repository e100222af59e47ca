"""Which series is laid over which, and how they are brought together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from viewer.media.volume import Media, Volume

How = Literal["place", "voxel"]
USUAL_OPACITY = 0.5


@dataclass(frozen=True)
class Laid:
    """What is laid over a series.

    Args:
        media: its number.
        how: places in the patient come together, or voxels of the same numbers.
        opacity: 0 to 1.
    """

    media: int
    how: How
    opacity: float = USUAL_OPACITY


@dataclass(frozen=True)
class Way:
    """How two series can be brought together.

    Args:
        how: None where they cannot.
        words: what it rests on, or why not.
    """

    how: How | None
    words: str


def ways_to_lay(base: Media, over: Media) -> tuple[Way, ...]:
    """Return how a series can be laid over another one; one at least, if only the reason why not.

    Files that name no frame of reference, such as NIfTI, have places in the patient all the same;
    two that name different ones have none in common.
    """
    if not isinstance(base, Volume) or not isinstance(over, Volume):
        return (Way(None, "only volumes can be laid over each other"),)
    if base is over or over.is_colour:
        why = "it is the series shown" if base is over else "it is in colour"
        return (Way(None, why),)
    frames = {media.facts.frame_of_reference_uid for media in (base, over)}
    if len(frames) == 1 and "" not in frames:
        return (Way("place", "by patient position"),)
    if "" in frames:
        return (Way("place", "by patient position; no frame of reference says that it is one"),)
    why = "their frames of reference differ"
    if (base.columns, base.rows, base.count) == (over.columns, over.rows, over.count):
        return (Way("voxel", f"voxel by voxel, since {why}"),)
    return (Way(None, f"{why}, and their sizes too"),)
