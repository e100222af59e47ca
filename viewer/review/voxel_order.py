"""Whether what an entry is shown on shows its voxels as the export counts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from viewer.media.volume import Media, Volume
from viewer.model.subject import PLANES
from viewer.model.table import Grid
from viewer.review.binding import Binding
from viewer.review.local_files import Spots
from viewer.review.turns import chosen_turn


@dataclass(frozen=True)
class VoxelOrder:
    """What a binding makes of shapes in voxel space, which go by no frame.

    Args:
        points_differ: slices or sides are counted otherwise than voxels of the media are, so that
            places in voxels would lie elsewhere than shapes on frames.
        masks_differ: the same of masks in files, which are turned with a file of voxels.
        masks_refused: a person said so; what is only found leaves masks where they are.
    """

    points_differ: bool = False
    masks_differ: bool = False
    masks_refused: bool = False


AS_SHOWN = VoxelOrder()


def voxel_order(
    binding: Binding, spots: Spots, media: Media | None, axes: Sequence[int], first: int = 0
) -> VoxelOrder:
    """Compare what a binding shows, frame by frame, with the voxels of its media.

    Args:
        binding: of an entry.
        spots: (frames, 2) media and slice of each frame of the entry.
        media: None where there is none.
        axes: voxel axis that each of PLANES cuts.
        first: added to frame numbers for the chosen first frame; files of voxels have no numbers.
    """
    if media is None:
        return AS_SHOWN
    turn = chosen_turn(binding.planes, PLANES.index("acquired"), axes)
    is_turned = not turn.is_plain and not binding.is_mirrored  # which is of flat shapes alone
    numbers = np.arange(media.count)
    is_moved = is_turned or binding.offset != 0
    points = is_moved or first != 0 or not _shows(spots, binding.index, numbers)
    in_file = numbers[::-1] if is_turned_in_file(media) else numbers
    masks = is_moved or not _shows(spots, binding.index, in_file)
    return VoxelOrder(points, masks, is_turned or (masks and binding.is_order_chosen))


def _shows(spots: Spots, media: int, slices: np.ndarray[tuple[int], np.dtype[np.int64]]) -> bool:
    return bool((spots[:, 0] == media).all()) and np.array_equal(spots[:, 1], slices)


def is_turned_in_file(media: Media) -> bool:
    """Return whether a media shows the voxels of its file from the last slice.

    DICOM objects are in order of their position, in which files of voxels count them.
    """
    if not isinstance(media, Volume) or media.instances or len(media.slice_of) < 2:
        return False
    numbers = iter(sorted(media.slice_of.items(), key=lambda item: item[1])[:2])
    (_, first), (_, second) = (name_and_number for name_and_number, _ in numbers)
    return first > second


def grid_shown(media: Media) -> Grid:
    """Return the voxels of a media, and how they lie in the patient."""
    shape = (media.count, media.rows, media.columns)
    stack = media.stack if isinstance(media, Volume) else None
    return Grid(shape, is_turned_in_file(media), stack)
