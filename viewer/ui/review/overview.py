"""The whole image beside the view that is zoomed to a label, with the frame of what that shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from psygnal import SignalInstance
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.paint.compose import Extras, view_picture
from viewer.paint.framing import FIT, free_area, on_plane, on_screen
from viewer.paint.look import look_of
from viewer.paint.picture import ViewPicture, paint_view
from viewer.paint.stage import stage_of
from viewer.session.session import Session
from viewer.ui.view.view import PlaneView
from viewer.ui.widgets.theme import color, font_of, theme
from viewer.ui.widgets.turns import Turns

INSET_PX = 200  # its longer side, where it lies over the view
LEAST_PX = 80
EDGE_PX = 6
ABOVE_PX = 52  # window and zoom stand below it
TITLE = "Whole image"
WHOLE = Extras(bare=True, tags=False)


class Overview(QWidget):
    """Paints the slice that a view shows, as a whole; dragging there moves the view.

    Args:
        main: the view that is zoomed, None while there is none.
        turns: of the views, which go first.
    """

    framed = Signal()  # the view beside it shows another part

    def __init__(
        self,
        session: Session,
        main: Callable[[], PlaneView | None],
        turns: Turns,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._main = main
        self._turns = turns
        self._followed: PlaneView | None = None
        self._held: QPointF | None = None  # from the middle of the frame to the pointer
        self._pixmap: QPixmap | None = None
        self._picture: ViewPicture | None = None
        self._framed: object = None
        self.is_inset = False
        self.setAccessibleName(TITLE)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setToolTip("Drag the frame to move the picture beside it.")
        for signal in self._signals():
            signal.connect(self.refresh)

    def _signals(self) -> Iterator[SignalInstance]:
        session = self._session
        yield session.viewing.media_changed
        yield session.viewing.crosshair_changed
        yield session.viewing.window_changed
        yield session.viewing.look_changed
        yield session.display.changed
        yield session.project_changed
        yield session.selection_changed
        yield session.pixels_changed

    def refresh(self, _media: int | None = None) -> None:
        """Paint the image anew, once the views are painted."""
        self._pixmap = None
        self._follow()
        if self.isVisible():
            self._turns.ask(self, self.update)

    @property
    def says_more(self) -> bool:
        """It shows more than its view does, or lies beside it."""
        view = self._main()
        return not self.is_inset or (view is not None and view.port.camera.framing != FIT)

    def inset_rect(self) -> QRectF:
        """Return where it lies over its view: shaped as the image, above its lower left words.

        It is smaller where it would lie over the label that is judged, down to `LEAST_PX`.
        """
        view = self._main()
        stage = None if view is None else stage_of(self._session, view.port.pane)
        if view is None or stage is None:
            return QRectF()
        bounds = stage.bounds
        wide, tall = np.abs(stage.to_screen) @ (bounds[2] - bounds[0], bounds[3] - bounds[1])
        longer = min(INSET_PX, view.width() / 3, view.height() / 3)
        scale = longer / max(float(wide), float(tall), 1e-9)
        size = (round(float(wide) * scale), round(float(tall) * scale))
        bottom = view.height() - ABOVE_PX
        inset = QRectF(EDGE_PX, bottom - size[1], *size)
        (x0, y0), (x1, y1) = view.port.place_looked_at()
        label = QRectF(QPointF(x0 - EDGE_PX, y0 - EDGE_PX), QPointF(x1 + EDGE_PX, y1 + EDGE_PX))
        if inset.intersects(label):
            beside, below = label.left() - EDGE_PX, bottom - label.bottom()
            smaller = max(beside / size[0], below / size[1], LEAST_PX / max(longer, 1.0))
            wide, tall = (round(side * min(smaller, 1.0)) for side in size)
            inset = QRectF(EDGE_PX, bottom - tall, wide, tall)
        return inset.translated(view.x(), view.y())

    @property
    def frame(self) -> QRectF | None:
        """What the view shows of the image, in px of this widget; None without a view."""
        view, picture = self._main(), self._picture
        affine = None if view is None else view.port.affine()
        if view is None or picture is None or affine is None:
            return None
        width, height = free_area(view.port.size, strip=True)
        corners = np.array([on_plane(affine, *corner) for corner in ((0, 0), (width, height))])
        (x0, y0), (x1, y1) = on_screen(picture.affine, corners).tolist()
        return QRectF(QPointF(min(x0, x1), min(y0, y1)), QPointF(max(x0, x1), max(y0, y1)))

    def sizeHint(self) -> QSize:
        """As much as it is given."""
        return QSize(INSET_PX, INSET_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Paint the image anew."""
        self._pixmap = None

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the image as it was kept, and the frame over it."""
        self._follow()
        pixmap = self._pixmap or self._painted()
        with QPainter(self) as painter:
            painter.drawPixmap(0, 0, pixmap)
            frame = self.frame
            if frame is not None:
                for token, px in (("halo", 3.5), ("handle", 1.5)):
                    painter.setPen(QPen(color(token, 0.6 if token == "halo" else 1.0), px))
                    painter.drawRect(frame.intersected(QRectF(self.rect()).adjusted(1, 1, -1, -1)))
            if self.is_inset:
                painter.setPen(color("border"))
                painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
            else:
                painter.setFont(font_of(12))
                painter.setPen(color("image-text"))
                painter.drawText(self.rect().adjusted(12, 8, -8, -8), 0, TITLE)

    def _painted(self) -> QPixmap:
        """Return the whole image with its labels."""
        ratio, view = self.devicePixelRatioF(), self._main()
        self._pixmap = QPixmap(self.size() * ratio)
        self._pixmap.setDevicePixelRatio(ratio)
        self._pixmap.fill(color("canvas"))
        self._picture = None
        if view is not None and view.port.shown is not None:
            size = (float(self.width()), float(self.height()))
            self._picture = view_picture(self._session, view.port.pane, size, WHOLE)
            with QPainter(self._pixmap) as painter:
                paint_view(painter, self._picture, look_of(theme().name))
        return self._pixmap

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the frame; beside it, bring it there first."""
        frame = self.frame
        if event.button() != Qt.MouseButton.LeftButton or frame is None:
            return
        at = event.position()
        self._held = at - frame.center() if frame.contains(at) else QPointF()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self._move_to(at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the frame along."""
        if self._held is not None:
            self._move_to(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._held = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def _move_to(self, at: QPointF) -> None:
        view, picture = self._main(), self._picture
        affine = None if view is None else view.port.affine()
        if view is None or picture is None or affine is None or self._held is None:
            return
        middle = at - self._held
        place = on_plane(picture.affine, middle.x(), middle.y())
        view.port.camera.centre_on(affine, *place)
        view.update()
        self.update()

    def _follow(self) -> None:
        """Hear of the view's paints: it may be zoomed or moved otherwise than before."""
        view = self._main()
        if view is not self._followed:
            if self._followed is not None:
                self._followed.removeEventFilter(self)
            self._followed = view
            if view is not None:
                view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move the frame when the view shows something else."""
        if event.type() == QEvent.Type.Paint and isinstance(watched, PlaneView):
            framed = (watched.port.camera.framing, watched.port.size)
            if framed != self._framed:
                self._framed = framed
                self.update()
                self.framed.emit()
        return False
