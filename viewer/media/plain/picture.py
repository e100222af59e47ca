"""One picture of an image file: its size and kind as shown, and how its samples become pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeAlias

import numpy as np
from numpy.typing import NDArray

from viewer.errors import CannotDecode
from viewer.media.instance import FileRef
from viewer.media.plain.found import is_bomb

Samples: TypeAlias = NDArray[Any]  # (rows, columns) grey, or (rows, columns, 3) RGB uint8
Decode: TypeAlias = Callable[[BinaryIO], Samples]

TURNS = range(1, 9)  # EXIF's and TIFF's Orientation


@dataclass(frozen=True)
class Picture:
    """A picture by its header.

    Args:
        number: which of the file's pictures, from 0.
        rows, columns: as shown, turned.
        dtype: of grey values; uint8 where it is colour.
        notes: code and words of what is to be said once per media: "... is not applied".
        decode: reads the pixels, as shown, from the whole file's stream; raises anything.
        is_inverted: 0 is white.
        lossy: the file's compression may have changed values.
        top: of the grey values where they fill a known range; None chooses a window by them.
    """

    file: FileRef
    number: int
    rows: int
    columns: int
    dtype: np.dtype[Any]
    is_colour: bool
    decode: Decode
    notes: tuple[tuple[str, str], ...] = ()
    is_inverted: bool = False
    lossy: bool = False
    top: int | None = None

    @property
    def nbytes(self) -> int:
        """Size when decoded."""
        return self.rows * self.columns * (3 if self.is_colour else self.dtype.itemsize)


def check_size(picture: Picture, file_bytes: int) -> None:
    """Refuse what no real file of this size holds, before anything is decoded.

    Raises:
        CannotDecode: no pixels, or as many as a decompression bomb claims.
    """
    words = f"{picture.columns} x {picture.rows} pixels"
    if picture.rows < 1 or picture.columns < 1:
        raise CannotDecode(f"{picture.file.name}: {words} make no picture; export it again.")
    if is_bomb(picture.nbytes, file_bytes):
        raise CannotDecode(
            f"{picture.file.name}: {file_bytes} bytes claim to hold {words}, as a decompression"
            " bomb does; not opened."
        )


def turned(samples: Samples, turn: int) -> Samples:
    """Return samples as they are to be shown by EXIF's Orientation (1: as stored).

    Source: EXIF 2.32 4.6.4 and TIFF 6.0, tag 274: where row 0 and column 0 are seen.
    """
    if turn in (5, 6, 7, 8):
        samples = samples.swapaxes(0, 1)
    if turn in (3, 4, 7, 8):
        samples = samples[::-1]
    if turn in (2, 3, 6, 7):
        samples = samples[:, ::-1]
    return samples


def turned_size(rows: int, columns: int, turn: int) -> tuple[int, int]:
    """Return (rows, columns) as shown."""
    return (columns, rows) if turn in (5, 6, 7, 8) else (rows, columns)


def eight_bits(samples: Samples) -> NDArray[np.uint8]:
    """Return colours of 16 bits, or of floats from 0 to 1, as 8 bits, rounded."""
    if samples.dtype == np.uint8:
        return samples
    if samples.dtype.kind == "f":
        return np.rint(np.clip(np.nan_to_num(samples), 0.0, 1.0) * 255).astype(np.uint8)
    top = np.iinfo(samples.dtype).max
    return np.rint(samples * (255 / top)).clip(0, 255).astype(np.uint8)


def on_black(samples: Samples) -> Samples:
    """Compose samples, whose last one is the opacity, on black.

    Args:
        samples: (rows, columns, 2) or (rows, columns, 4) of unsigned integers.
    """
    top = float(np.iinfo(samples.dtype).max)
    values, opacity = samples[..., :-1], samples[..., -1:]
    if bool((opacity == top).all()):
        shown = values
    else:
        shown = np.rint(values * (opacity / top)).astype(samples.dtype)
    return shown[..., 0] if shown.shape[2] == 1 else shown


ICC_NOTE = ("colour-profile", "its colour profile is not sRGB and not applied")
ALPHA_NOTE = ("alpha-composed", "its transparent parts are shown on black")
DEPTH_NOTE = ("colour-depth", "its colours of 16 bits are shown with 8")
CMYK_NOTE = ("colour-cmyk", "its printing colours (CMYK) are shown by the plain formula")
TURN_NOTE = ("turned", "it is shown turned as its orientation tag says")


def profile_notes(profile: bytes | None) -> tuple[tuple[str, str], ...]:
    """What is to be said of an embedded ICC profile: nothing where it names sRGB."""
    if not profile:
        return ()
    wide = "sRGB".encode("utf-16-be")
    return () if b"sRGB" in profile or wide in profile else (ICC_NOTE,)
