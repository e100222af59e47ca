"""The picture itself: from its own pixels straight to device pixels."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter, QTransform

from viewer.paint.framing import Affine, Bounds

_FORMATS = {
    1: QImage.Format.Format_Grayscale8,
    3: QImage.Format.Format_RGB888,
    4: QImage.Format.Format_RGB32,
}


def paint_image(
    painter: QPainter, image: NDArray[np.uint8], rect: Bounds, affine: Affine, *, smooth: bool
) -> None:
    """Draw an image over its rectangle of the plane.

    Args:
        painter: in logical px.
        image: (h, w) grey or (h, w, 3) RGB; row 0 at q0, column 0 at p0.
        rect: p0, q0, p1, q1 in plane mm.
        affine: (2, 3) screen_from_plane.
        smooth: interpolate between pixels, and average them where the picture is made smaller.
    """
    image = np.ascontiguousarray(image)
    transform = screen_from_image(image.shape[1], image.shape[0], rect, affine)
    if smooth:
        ratio = painter.device().devicePixelRatioF()
        factor = int(1.0 / max(px_per_pixel(transform) * ratio, 1e-3))
        if factor >= 2:
            image = _averaged(image, factor)
            transform = screen_from_image(image.shape[1], image.shape[0], rect, affine)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setTransform(transform, True)
    shown = _wide(image) if smooth else image
    painter.drawImage(QPointF(0.0, 0.0), qimage_of(shown))
    painter.restore()


def paint_overlay(
    painter: QPainter, bits: NDArray[np.bool_], rect: Bounds, affine: Affine, color: QColor
) -> None:
    """Draw the set pixels of a plane of bits over its rectangle in one colour.

    Args:
        painter: in logical px.
        bits: (h, w); row 0 at q0, column 0 at p0.
        rect: p0, q0, p1, q1 in plane mm.
        affine: (2, 3) screen_from_plane.
    """
    cover = bits.astype(np.uint8) * np.uint8(255)
    transform = screen_from_image(cover.shape[1], cover.shape[0], rect, affine)
    ratio = painter.device().devicePixelRatioF()
    factor = int(1.0 / max(px_per_pixel(transform) * ratio, 1e-3))
    if factor >= 2:  # thin lines get fainter, and do not vanish
        cover = _averaged(cover, factor)
    tint = np.array([color.blue(), color.green(), color.red(), 255], np.uint16)
    pixels = (cover[..., None] * tint // 255).astype(np.uint8)
    paint_colors(painter, pixels, rect, affine, smooth=factor >= 1)


def paint_colors(
    painter: QPainter, colors: NDArray[np.uint8], rect: Bounds, affine: Affine, *, smooth: bool
) -> None:
    """Draw colours over their rectangle, and over what is there.

    Args:
        painter: in logical px.
        colors: (h, w, 4) blue, green, red and cover, premultiplied; row 0 at q0, column 0 at p0.
        rect: p0, q0, p1, q1 in plane mm.
        affine: (2, 3) screen_from_plane.
        smooth: interpolate between them.
    """
    pixels = np.ascontiguousarray(colors)
    rows, columns = pixels.shape[:2]
    transform = screen_from_image(columns, rows, rect, affine)
    form = QImage.Format.Format_ARGB32_Premultiplied
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setTransform(transform, True)
    painter.drawImage(QPointF(0.0, 0.0), QImage(pixels.data, columns, rows, 4 * columns, form))
    painter.restore()


def screen_from_image(columns: int, rows: int, rect: Bounds, affine: Affine) -> QTransform:
    """Return the transform from an image's pixels (corner based) to the screen."""
    dp = (rect[2] - rect[0]) / columns
    dq = (rect[3] - rect[1]) / rows
    origin = affine[:, :2] @ np.array(rect[:2]) + affine[:, 2]
    (a, b), (c, d) = affine[:, 0] * dp, affine[:, 1] * dq
    return QTransform(float(a), float(b), float(c), float(d), float(origin[0]), float(origin[1]))


def px_per_pixel(transform: QTransform) -> float:
    """Return how many logical px one image pixel takes, in its smaller direction."""
    across = float(np.hypot(transform.m11(), transform.m12()))
    down = float(np.hypot(transform.m21(), transform.m22()))
    return min(across, down)


def qimage_of(image: NDArray[np.uint8]) -> QImage:
    """Return a QImage of grey, RGB or BGRA that shares a contiguous array's memory.

    Keep the array while the QImage is used.
    """
    rows, columns = image.shape[:2]
    samples = image.shape[2] if image.ndim == 3 else 1
    return QImage(image.data, columns, rows, samples * columns, _FORMATS[samples])


def _wide(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return blue, green, red and full opacity: Qt interpolates them twice as fast as grey."""
    code = cv2.COLOR_GRAY2BGRA if image.ndim == 2 else cv2.COLOR_RGB2BGRA
    return np.asarray(cv2.cvtColor(image, code), dtype=np.uint8)


def _averaged(image: NDArray[np.uint8], factor: int) -> NDArray[np.uint8]:
    rows, columns = image.shape[:2]
    size = (-(-columns // factor), -(-rows // factor))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
