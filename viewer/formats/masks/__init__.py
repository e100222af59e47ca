"""Masks in files: label volumes and pictures, read within bounds, painted, and written as found.

What formats have in common; it knows none of them.
"""

from viewer.formats.masks.alignment import Alignment, aligned, aligned_with_frames, ras_of
from viewer.formats.masks.metaimage import empty_like, read_metaimage, write_metaimage
from viewer.formats.masks.nifti import new_nifti, read_nifti, write_nifti
from viewer.formats.masks.numbering import Numbering, alone, runs_of
from viewer.formats.masks.painting import Overlapping, Painting, painted
from viewer.formats.masks.picture_writing import (
    composite_colors,
    write_composite,
    write_png_mask,
    write_recolored,
)
from viewer.formats.masks.pictures import Composite, PngMask, read_composite, read_png_mask
from viewer.formats.masks.tally import Tally, tally_of
from viewer.formats.masks.volume import LabelVolume

__all__ = [
    "Alignment",
    "Composite",
    "LabelVolume",
    "Numbering",
    "Overlapping",
    "Painting",
    "PngMask",
    "Tally",
    "aligned",
    "aligned_with_frames",
    "alone",
    "composite_colors",
    "empty_like",
    "new_nifti",
    "painted",
    "ras_of",
    "read_composite",
    "read_metaimage",
    "read_nifti",
    "read_png_mask",
    "runs_of",
    "tally_of",
    "write_composite",
    "write_metaimage",
    "write_nifti",
    "write_png_mask",
    "write_recolored",
]
