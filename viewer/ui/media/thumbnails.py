"""Small pictures of media, made off the main thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QImage, QPixmap

from viewer.media.volume import Media, Video
from viewer.render.window import auto_window, grey, window_at
from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.ui.media.delegate import THUMB_PX

Made = Callable[[int], None]


class Thumbnails:
    """One picture per row of the list; asked for once a slice or frame is decoded.

    Args:
        jobs: makes them; without it they are made at once.
        made: told of the row that has a picture now.
    """

    def __init__(self, jobs: Jobs | None, made: Made) -> None:
        self._jobs = jobs
        self._made = made
        self._kept: dict[int, QPixmap] = {}
        self._asked: dict[int, Media] = {}

    def forget(self) -> None:
        """Other media are open."""
        self._kept.clear()
        self._asked.clear()

    def of(self, row: int) -> QPixmap | None:
        """Return a row's picture, None until it is made."""
        return self._kept.get(row)

    def ask(self, row: int, media: Media) -> None:
        """Have a row's picture made, unless it is there, is being made, or nothing is decoded."""
        if row in self._asked or not has_picture(media):
            return
        self._asked[row] = media
        done = partial(self._take, row, media)
        if self._jobs is None:
            done(thumbnail(media))
        else:
            answers = Answers[QImage | None](done)
            self._jobs.run("thumbnail", partial(_thumbnail_of, media), answers)

    def _take(self, row: int, media: Media, image: QImage | None) -> None:
        if self._asked.get(row) is not media:
            return
        if image is None:
            del self._asked[row]
        else:
            self._kept[row] = QPixmap.fromImage(image)
            self._made(row)


def has_picture(media: Media) -> bool:
    """Whether a slice or frame is at hand."""
    return _middle(media) is not None


def _thumbnail_of(media: Media, _control: JobControl) -> QImage | None:
    return thumbnail(media)


def thumbnail(media: Media) -> QImage | None:
    """Return the middle slice, or the ready one nearest to it, as a small picture."""
    k = _middle(media)
    return None if k is None else picture_of(media, k, 2 * THUMB_PX)


def picture_of(media: Media, k: int, side_px: int) -> QImage | None:
    """Return slice or frame k in its window, thinned out to about a size; None until it is decoded.

    Args:
        side_px: at least so long is the shorter side, unless the picture itself is smaller.
    """
    stored = media.picture(k)
    if stored is None:
        return None
    step = max(1, min(stored.shape[:2]) // side_px)
    small = stored[::step, ::step]
    if isinstance(media, Video) or small.ndim == 3:
        image = QImage(
            small.tobytes(),
            small.shape[1],
            small.shape[0],
            3 * small.shape[1],
            QImage.Format.Format_RGB888,
        )
    else:
        window = media.windows[0] if media.windows else auto_window(media.in_units(small, k))
        window = window_at(media, window, k)
        pixels = grey(small, window, media.rescale_at(k), inverted=media.is_inverted)
        height, width = pixels.shape
        image = QImage(pixels.tobytes(), width, height, width, QImage.Format.Format_Grayscale8)
    return image.copy()


def _middle(media: Media) -> int | None:
    """The picture at hand that is nearest to the middle, None without any."""
    middle = media.count // 2
    if media.fetcher is not None:
        return media.fetcher.near(middle)
    assert not isinstance(media, Video)
    ready = media.ready.nonzero()[0]
    return int(ready[abs(ready - middle).argmin()]) if len(ready) else None
