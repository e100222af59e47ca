"""The header of NIfTI-1 and NIfTI-2, read by nibabel; nothing of it is trusted.

Source: nifti.nimh.nih.gov, nifti1.h and nifti2.h.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from viewer.geometry.space import Floats
from viewer.media.plain.damage import Damaged
from viewer.media.plain.found import Said

SIZES = (348, 540)  # of the headers of NIfTI-1 and NIfTI-2
HEAD_BYTES = 540
MM_OF_UNIT = {"meter": 1000.0, "mm": 1.0, "micron": 0.001, "unknown": 1.0}
_FLAGS = 4  # bytes behind the header that say whether extensions follow


def version_of(head: bytes) -> int:
    """Return 1 or 2 by the magic string, 0 for what is no NIfTI."""
    if head[344:348] in (b"n+1\0", b"ni1\0"):
        return 1
    return 2 if head[4:8] in (b"n+2\0", b"ni2\0") else 0


def is_pair(head: bytes) -> bool:
    """Whether the voxels stand in a file of their own, beside this header."""
    return head[344:347] == b"ni1" or head[4:7] == b"ni2"


def header_of(head: bytes, version: int) -> Any:  # noqa: ANN401 - nibabel has no types
    """Return nibabel's header of a file that begins with `head`; unchecked.

    Raises:
        Exception: nibabel's own, on damaged bytes.
    """
    import nibabel

    kind = nibabel.Nifti1Header if version == 1 else nibabel.Nifti2Header
    return kind(head[: SIZES[version - 1]], check=False)


def offset_of(header: Any, said: Said, *, is_pair: bool) -> int:  # noqa: ANN401
    """Return where the voxels begin; NIfTI-1 holds it as a float.

    In a single file never inside the header, which four bytes of extension flags end (nifti1.h,
    nifti2.h: vox_offset is at least 352 or 544).

    Raises:
        Damaged: it is no number.
    """
    offset = float(header["vox_offset"])
    if not math.isfinite(offset):
        raise Damaged("where its voxels begin (vox_offset) is no number")
    end, at = int(header.sizeof_hdr) + _FLAGS, int(offset)
    if is_pair or not 0 <= at < end:
        return at
    words = f"its voxels are said to begin inside its header (vox_offset {offset:g})"
    words += f"; they are read from behind it, byte {end}: check the picture or export it again"
    said.add("warning", "offset-in-header", words)
    return end


def dtype_of(header: Any) -> np.dtype[Any]:  # noqa: ANN401
    """Return the type of the voxels, in the file's byte order.

    Raises:
        Damaged: a type that nibabel does not know.
    """
    from nibabel.spatialimages import HeaderDataError

    try:
        return header.get_data_dtype()
    except (HeaderDataError, KeyError) as error:
        code = int(header["datatype"])
        raise Damaged(f"its voxels are of the unknown type {code}") from error


def units_of(header: Any) -> tuple[str, str]:  # noqa: ANN401
    """Return the names of the units of space and time; "unknown" for codes that have none."""
    try:
        return header.get_xyzt_units()
    except KeyError:
        return "unknown", "unknown"


def form_of(read: Callable[..., tuple[Floats | None, int]], said: Said) -> Floats | None:
    """Return the (4, 4) affine, RAS, that `read` gives, a header's `get_sform` or `get_qform`.

    None where its code says that there is none, or it is damaged.
    """
    from nibabel.spatialimages import HeaderDataError

    try:
        affine, code = read(coded=True)
    except (HeaderDataError, ValueError, FloatingPointError):
        words = "an orientation in it is damaged and not used; check the place with another image"
        said.add("warning", "orientation-damaged", words)
        return None
    return None if affine is None or code <= 0 else np.asarray(affine, dtype=np.float64)
