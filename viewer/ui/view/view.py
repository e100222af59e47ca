"""One view: shows what the session says, sends the person's intentions back, keeps no data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import reduce

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from viewer.geometry.views import PlaneName
from viewer.media.volume import Media
from viewer.model.annotation import AnnotationId
from viewer.paint.compose import Extras, view_picture
from viewer.paint.furniture import Cross, paint_rubber
from viewer.paint.look import look_of
from viewer.paint.picture import ViewPicture, paint_view, without
from viewer.paint.states import Loading
from viewer.paint.tags import extent_of
from viewer.render.mark_index import index_of
from viewer.session.panes import Pane
from viewer.session.session import Session
from viewer.session.viewing import Voxel
from viewer.ui.view.crosshair import GRIP_BEYOND_PX, CrosshairPart, turn_cursor
from viewer.ui.view.gestures import SIDE_BUTTONS, Gestures
from viewer.ui.view.hands import Hands
from viewer.ui.view.hover_card import HoverCard
from viewer.ui.view.plane import laid_text, probe_text
from viewer.ui.view.port import ViewPort
from viewer.ui.view.strip_words import strip_words
from viewer.ui.view.surface import ViewSurface
from viewer.ui.view.words import accessible_words, empty_message
from viewer.ui.widgets.theme import theme

NAMED_MS = 100  # after the last picture: what is shown is told once it rests
MID_SLAB = "in the middle of the slab"  # there the value is one of a voxel
NOT_CHOSEN = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.OtherFocusReason)
BEGUN = "A label is being drawn: finish it, or give it up with Esc."
BEGUN_BESIDE = "A label is being drawn in another part: finish it there, or give it up with Esc."
CURSORS = {
    "across": Qt.CursorShape.SplitVCursor,
    "down": Qt.CursorShape.SplitHCursor,
    "both": Qt.CursorShape.SizeAllCursor,
}


@dataclass
class ViewStyle:
    """What the window decides for all views.

    Args:
        tags: names beside all labels, or beside the selected one alone.
        loading: slices decoded so far, None when all are.
        late: a frame that has been waited for, None without one.
        are_labels_ready: says of a pane whether its labels can be drawn now.
        painted: hears of each pane that was painted, how, and its device pixels to a logical one.
    """

    tags: bool = True
    loading: Loading | None = None
    late: int | None = None
    are_labels_ready: Callable[[Pane], bool] = lambda _pane: True
    painted: Callable[[Pane, ViewPicture, float], None] = lambda _pane, _picture, _ratio: None


class PlaneView(QWidget):
    """One pane with its labels."""

    menu_wanted = Signal(QPoint, tuple)  # global place of a right click, Offers there
    maximise_wanted = Signal(str)  # id of its pane
    framed = Signal()  # zoomed or moved by a person
    pointed = Signal(str)  # the pixel under the pointer in words, "" for none

    def __init__(
        self,
        session: Session,
        pane: Pane,
        hands: Hands,
        style: ViewStyle,
    ) -> None:
        super().__init__()
        self._session = session
        self._hands = hands
        self._style = style
        self._hovered: AnnotationId | None = None
        self._pointer: QPointF | None = None
        self._part: CrosshairPart | None = None  # of the crosshair, pointed at
        self._has_grips = False  # as painted last
        self.port = ViewPort(session, pane)
        self.picture: ViewPicture | None = None
        self.rubber: QRectF | None = None  # a rectangle that is dragged
        self.is_stale = True  # what the session says is not painted yet
        self._card = HoverCard(session, self)
        self._surface = ViewSurface(self.port, hands, self)
        self._gestures = Gestures(self._surface)
        self._naming = QTimer(self, singleShot=True, interval=NAMED_MS)
        self._naming.timeout.connect(self._say_name)
        self.setObjectName(f"view-{pane.id}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)

    @property
    def plane(self) -> PlaneName:
        """The plane that it shows now."""
        return self.port.plane

    @property
    def mark_count(self) -> int:
        """How many labels it drew last."""
        return 0 if self.picture is None else len(self.picture.marks)

    def fit(self) -> None:
        """Show the whole picture again."""
        self.port.camera.fit()
        self.update()
        self.framed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Compose and draw; however much has changed, Qt calls this once per turn of its loop."""
        # Where something that lay over it goes, a part alone is painted: the rest is as it was.
        is_whole = self.visibleRegion().subtracted(event.region()).isEmpty()
        self.is_stale = self.is_stale and not is_whole
        picture = view_picture(self._session, self.port.pane, self.port.size, self._extras())
        if self.port.shown is None:
            picture = replace(picture, message=empty_message(self._session))
        replaced = self._hands.replaced  # it is drawn as "where it was", by the preview
        if replaced is not None:
            picture = without(picture, *replaced)
        picture = replace(picture, cross=self._cross(picture.cross))
        if picture.message is None:
            picture = replace(picture, measured=self._hands.measuring.marks(self.port))
        self.picture = picture
        self.port.strip = self.picture.strip
        if self._card.isVisible():
            self._card.keep(self._extent(self._hovered))
        with QPainter(self) as painter:
            look = look_of(theme().name)
            paint_view(painter, self.picture, look)
            if self.rubber is not None:
                paint_rubber(painter, self.rubber, look)
        self._naming.start()
        self._style.painted(self.port.pane, picture, self.devicePixelRatioF())
        if self._pointer is not None:  # it rests, and what lies under it may be another place now
            self._say_pointed(self._pointer)

    def _say_name(self) -> None:
        """Tell readers of the screen what is shown."""
        words = accessible_words(self._session, self.port, self.picture)
        if words != self.accessibleName():
            self.setAccessibleName(words)

    def _cross(self, cross: Cross | None) -> Cross | None:
        """The crosshair, with its grips while it is in hand or pointed at."""
        self._has_grips = self._points_at_cross
        lines = self.port.crosshair_lines() if self._has_grips else None
        if cross is None or lines is None or lines.turns_from is None:
            return cross
        return replace(cross, grips_px=lines.turns_from + GRIP_BEYOND_PX)

    @property
    def _points_at_cross(self) -> bool:
        is_review = self._session.mode == "review"
        is_held = self._hands.is_crosshair_held and self._pointer is not None
        return not is_review and (is_held or self._part is not None)

    def _extras(self) -> Extras:
        port, style = self.port, self._style
        is_labelled = style.are_labels_ready(port.pane)  # else a job works them out
        is_current = port.is_current
        return Extras(
            framing=port.camera.framing,
            hovered=self._hovered,
            handles=self._hands.handles(port) if is_labelled else None,
            preview=self._hands.preview(port),
            loading=style.loading if is_current else port.loading,
            late=style.late if is_current else None,
            labels=is_labelled,
            tags=style.tags,
            patient_hidden=self._session.viewing.patient_hidden,
            is_measured=self._hands.measuring.is_in_hand,
            timeline=True,
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell the port its size."""
        self.port.resize((float(self.width()), float(self.height())))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a gesture; the view becomes the active one, unless a label is drawn in another."""
        self._card.dismiss()
        if event.button() in SIDE_BUTTONS:
            event.ignore()  # the window goes back or forward
            return
        self._make_active()
        if self._is_drawn_beside():
            self._session.say(BEGUN_BESIDE)
            return
        self._gestures.press(event.position(), event.button(), event.modifiers())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with a gesture, or point."""
        self._pointer = at = event.position()
        self._gestures.move(at, event.modifiers())
        self._say_pointed(at)
        if not self._gestures.is_busy:
            self._hover(at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a gesture."""
        self._gestures.release(event.position(), event.button(), event.modifiers())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Maximise, restore, or finish what a tool draws."""
        if event.button() in SIDE_BUTTONS:
            event.ignore()
            return
        if self._is_drawn_beside():
            return
        self._gestures.double_click(event.position(), event.button(), event.modifiers())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Go through slices or zoom; of parts side by side this one's media is the one in hand.

        Pictures of one stack are gone through from the one in hand, else they would never end; not
        while a label is drawn, which would go on in another part.
        """
        self._card.dismiss()
        is_other = self._is_of_other_media()
        if self._hands.is_busy and self.port.pane.picture is not None and not is_other:
            self._session.say(BEGUN)
            return
        if is_other and not self._hands.is_busy:
            self.port.make_current()
        turned = event.angleDelta()
        notches = (turned.y() or turned.x()) / 120.0  # some systems turn it sideways with Alt
        self._gestures.wheel(notches, event.position(), event.modifiers())
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Tell what the cell of the strip is that the pointer rests on."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = event.pos()
            index = self.port.strip_index(at.x(), at.y())
            words = "" if index is None else strip_words(self._session, self.port, index)
            QToolTip.showText(event.globalPos(), words, self, QRect(at, QSize(1, 1)))
            return True
        return super().event(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Stop pointing."""
        self._pointer = None
        self._set_part(None)
        self._surface.leave_tool()
        self._set_hovered(None)
        self.pointed.emit("")

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The view that is given the focus becomes the active one; a window's own choice not."""
        if event.reason() not in NOT_CHOSEN:
            self._make_active()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go of a held button."""
        self._gestures.drop()
        self.update()

    def _is_of_other_media(self) -> bool:
        return self.port.number != self._session.viewing.media_index

    def _is_drawn_beside(self) -> bool:
        """What a tool is drawing in another part would be lost, or go on in this one."""
        return self._hands.is_busy and not self.port.is_current

    def _make_active(self) -> None:
        if self._is_drawn_beside():
            return
        self.port.make_current()
        if self._session.viewing.active != self.port.pane.id:
            self._session.viewing.set_look(active=self.port.pane.id)

    def _say_pointed(self, at: QPointF) -> None:
        shown, voxel = self.port.shown, self.port.voxel_at(at.x(), at.y())
        if shown is None or voxel is None:
            self.pointed.emit("")
            return
        slab = self._session.viewing.slabs.shown(self.port.pane, shown.media)
        words = (
            probe_text(shown.media, voxel),
            self._laid_text(shown.media, voxel),
            "" if slab is None else MID_SLAB,
        )
        self.pointed.emit("  ·  ".join(filter(None, words)))

    def _laid_text(self, base: Media, voxel: Voxel) -> str:
        number = self.port.number
        laid = None if number is None else self._session.viewing.laid_over(number)
        if laid is None:
            return ""
        over = self._session.media[laid.media]
        return laid_text(base, voxel, over, by_voxel=laid.how == "voxel")

    def _extent(self, id: AnnotationId | None) -> QRectF:
        """Where a label is drawn, in logical px."""
        if self.picture is None or id is None:
            return QRectF()
        marks = index_of(self.picture.marks).of([id])
        return reduce(
            QRectF.united, (extent_of(mark, self.picture.affine) for mark in marks), QRectF()
        )

    def _hover(self, at: QPointF) -> None:
        pile = self._surface.pile(at.x(), at.y())
        self._set_hovered(pile[0] if pile else None)
        takes_left = self._surface.takes_left(at)
        self._set_part(None if takes_left else self._gestures.part_at(at))
        if takes_left:
            self.setCursor(self._hands.cursor(self.port))
        elif self._part == "turn":
            self.setCursor(turn_cursor())
        else:
            self.setCursor(CURSORS[self._part] if self._part else Qt.CursorShape.ArrowCursor)

    def _set_part(self, part: CrosshairPart | None) -> None:
        """Remember what of the crosshair is pointed at; its grips show then."""
        self._part = part
        if self._points_at_cross != self._has_grips:
            self.update()

    def _set_hovered(self, id: AnnotationId | None) -> None:
        self._card.follow(id, self._extent(id))
        if id != self._hovered:
            self._hovered = id
            self.update()
