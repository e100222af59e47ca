"""What volumes and frame stacks have in common: stored values, and what they stand for."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from viewer.media.instance import Rescale
from viewer.media.paging import Pages
from viewer.media.presentation import Bitmap, Presentation, padding_in

Pixels: TypeAlias = NDArray[Any]  # any integer or float type, as decoded


def modality_values(stored: ArrayLike, rescale: Rescale) -> NDArray[np.float64]:
    """Return stored values in output units (PS3.3 C.11.1), of any shape."""
    return np.asarray(stored, dtype=np.float64) * rescale.slope + rescale.intercept


class StoredPictures:
    """Pictures whose stored values are held, or paged; the fields are those of its two kinds."""

    pixels: Pixels
    ready: NDArray[np.bool_]
    rescale: Rescale
    padding: float | None
    slice_errors: dict[int, str]
    presentation: Presentation
    pages: Pages | None
    was_let_go: bool

    @property
    def unit(self) -> str:
        """Unit of the modality values: "HU" for CT, "" when unknown."""
        return self.rescale.unit

    def rescale_at(self, k: int) -> Rescale:
        """Return the rescale of picture k."""
        rescales = self.presentation.rescales
        return rescales[k] if rescales else self.rescale

    def in_units(self, stored: ArrayLike, k: int | None = None) -> NDArray[np.float64]:
        """Return stored values of any shape, of picture k, as modality values: HU for CT.

        Without k the rescale of all pictures is meant; they must not differ.
        """
        assert k is not None or not self.presentation.rescales
        return modality_values(stored, self.rescale if k is None else self.rescale_at(k))

    def in_suv(self, stored: ArrayLike, k: int) -> NDArray[np.float64] | None:
        """Return stored values of picture k as SUV by body weight in g/ml, None without."""
        suv = self.presentation.suv
        return None if suv is None or suv.factor is None else self.in_units(stored, k) * suv.factor

    def padding_in(self, stored: Pixels) -> Bitmap | None:
        """Return where stored values stand for nothing, None where no value does."""
        return padding_in(stored, self.padding, self.presentation.padding_limit)

    def slot(self, k: int) -> Pixels:
        """Return where picture k is decoded to."""
        return self.pixels[k] if self.pages is None else self.pages.slot(k)

    def picture(self, k: int) -> Pixels | None:
        """Return the stored values of picture k, at once; None where they are not at hand.

        They are once it is decoded, unless they were let go for want of memory: then `fetcher`
        brings them.
        """
        if not self.ready[k]:
            return None
        return self.pixels[k] if self.pages is None else self.pages.kept(k)

    def some_values(self, k: int, apart: int) -> Pixels:
        """Return stored values of picture k that is decoded, about `apart` pixels from each other.

        At once, though the picture was let go: of its own pixels then, and of fewer.
        """
        picture = self.pixels[k] if self.pages is None else self.pages.values(k)
        return picture[::apart, ::apart] if self.pages is None else picture

    def let_go(self) -> None:
        """Give the memory of the pixels back; `media.load` reads them again.

        Pictures handed out before stay as they are. On the main thread, while no other thread may
        look at the pixels: whoever saw `ready[k]` goes on to read `pixels[k]`. Paged ones let go of
        pictures by themselves.
        """
        assert self.pages is None
        self.ready[:] = False
        self.pixels = np.broadcast_to(np.zeros((), self.pixels.dtype), self.pixels.shape)
        self.was_let_go = True

    @property
    def fetcher(self) -> Pages | None:
        """Brings pictures that were let go; None where all are held."""
        return self.pages

    @property
    def is_colour(self) -> bool:
        """Pictures are RGB."""
        return self.pixels.ndim == 4

    @property
    def nbytes(self) -> int:
        """Bytes that the pixels take when all are held."""
        return int(self.pixels.nbytes)
