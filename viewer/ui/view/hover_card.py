"""The card beside a label that the pointer rests on: what it is, whose, how large, how sure."""

from __future__ import annotations

import math

from PySide6.QtCore import QAbstractAnimation, QPoint, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtCore import QVariantAnimation as Animation
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QStyle, QWidget

from viewer.model.annotation import AnnotationId
from viewer.paint.framing import STRIP_PX
from viewer.paint.look import Look, look_of
from viewer.paint.text import elided, metrics
from viewer.review.probability import probability_of
from viewer.session.locking import why_locked
from viewer.session.session import Session
from viewer.ui.labels.facts import author_words, geometry_rows, subject_of
from viewer.ui.widgets.swatch import paint_swatch
from viewer.ui.widgets.theme import theme

REST_MS = 400  # the pointer rests so long on a label before the card comes
FADE_MS = 100
AWAY_PX = 14  # from the label
INSET_PX, LINE_PX, KEY_PX = 10, 18, 76
LEAST_PX, MOST_PX = 168, 300
MOST_ANSWERS = 6
SIZES = frozenset({"Size", "Area", "Length", "Volume", "Angle"})
JUDGEMENTS = {"accepted": "accepted", "rejected": "rejected", "needs_change": "needs a change"}
Rows = tuple[tuple[str, str], ...]


class HoverCard(QWidget):
    """Says what a person wants to know of a label; it never covers that label."""

    def __init__(self, session: Session, view: QWidget) -> None:
        super().__init__(view)
        self._session = session
        self._view = view
        self._id: AnnotationId | None = None
        self._around = QRectF()
        self.title, self.tint = "", ""
        self.rows: Rows = ()
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._come)
        self._fade = Animation(self, startValue=0.0, endValue=1.0, duration=FADE_MS)
        self._fade.valueChanged.connect(self.update)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setObjectName("hover-card")
        self.hide()

    def follow(self, id: AnnotationId | None, around: QRectF) -> None:
        """Come, after a while, beside a label that is pointed at; go with None.

        Args:
            around: where the label is drawn, in logical px of the view.
        """
        self._around = around
        if id == self._id:
            return
        self.hide()
        self._id = id
        self._rest.stop()
        if id is not None:
            self._rest.start()

    def keep(self, around: QRectF) -> None:
        """Stay as long as the label is drawn where it was; a key may have shown another slice."""
        if around != self._around:
            self.dismiss()

    def dismiss(self) -> None:
        """Go, and come again only for another label."""
        self._rest.stop()
        self.hide()

    def _come(self) -> None:
        if self._id is None or self._id not in self._session.project.annotations:
            return
        self._read(self._id)
        look = look_of(theme().name)
        place = place_beside(self._around.toAlignedRect(), self._size(look), self._room())
        if place is None:
            return
        self.setGeometry(QRect(place, self._size(look)))
        self._fade.stop()
        if self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0:
            self._fade.start()
        self.show()

    def _read(self, id: AnnotationId) -> None:
        subject = subject_of(self._session, id)
        annotation, display = subject.annotation, self._session.display
        self.title = subject.label.name
        self.tint = display.color_of(self._session.project, id.export, subject.label.id)
        probability = probability_of(annotation, subject.placement)
        verdict = self._session.project.verdicts.get(id)
        locked = why_locked(self._session, id)
        answers = (
            *(subject.placement.attributes if subject.placement else ()),
            *annotation.attributes,
        )[:MOST_ANSWERS]
        found = [
            ("Author", author_words(annotation)),
            *(row for row in geometry_rows(subject) if row[0] in SIZES),
            ("Probability", "" if probability is None else f"{probability:.2f}"),
            *((each.name, each.text) for each in answers if each.name.casefold() != "probability"),
            ("Verdict", JUDGEMENTS.get((verdict and verdict.judgement) or "", "")),
            ("Locked", locked),
        ]
        self.rows = tuple((key, words) for key, words in found if words)
        self.setAccessibleName(", ".join((self.title, *(" ".join(row) for row in self.rows))))

    def _size(self, look: Look) -> QSize:
        height = 2 * INSET_PX + LINE_PX * (len(self.rows) + 1) + 2
        return QSize(card_width(self.title, self.rows, look), height)

    def _room(self) -> QRect:
        return QRect(4, 4, self._view.width() - round(STRIP_PX) - 8, self._view.height() - 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card, more and more of it while it comes."""
        look = look_of(theme().name)
        is_coming = self._fade.state() == QAbstractAnimation.State.Running
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
            painter.setOpacity(float(self._fade.currentValue()) if is_coming else 1.0)
            painter.setPen(QPen(look.color("border"), 1))
            painter.setBrush(look.color("panel"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
            paint_swatch(painter, QRectF(INSET_PX, INSET_PX + 3, 12, 12), self.tint)
            self._paint_words(painter, look)

    def _paint_words(self, painter: QPainter, look: Look) -> None:
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        width = self.width() - 2 * INSET_PX
        line = QRectF(INSET_PX, INSET_PX, width, LINE_PX)
        font = look.font(13, 600)
        painter.setFont(font)
        painter.setPen(look.color("text"))
        painter.drawText(line.adjusted(20, 0, 0, 0), left, elided(self.title, font, width - 20))
        font = look.font(12)
        painter.setFont(font)
        for number, (key, words) in enumerate(self.rows, 1):
            here = line.translated(0, LINE_PX * number + 2)
            painter.setPen(look.color("text-2"))
            painter.drawText(here, left, elided(key, font, KEY_PX - 8))
            painter.setPen(look.color("text"))
            shown = elided(words, font, width - KEY_PX)
            painter.drawText(here.adjusted(KEY_PX, 0, 0, 0), left, shown)


def card_width(title: str, rows: Rows, look: Look) -> int:
    """Return how wide a card is: so that no word is cut, within bounds."""
    wide = metrics(look.font(12)).horizontalAdvance
    bold = metrics(look.font(13, 600)).horizontalAdvance(title) + 20
    widest = max((KEY_PX + wide(words) for _, words in rows), default=0)
    return min(max(math.ceil(max(bold, widest)) + 2 * INSET_PX, LEAST_PX), MOST_PX)


def place_beside(around: QRect, size: QSize, room: QRect) -> QPoint | None:
    """Return where a card goes beside a label: right, left, below, above, else a free corner.

    None where it would cover the label wherever it went.

    Args:
        around: the label, in px of the view.
        size: of the card.
        room: what of the view it may take.
    """
    width, height = size.width(), size.height()
    middle = max(min(around.top(), room.bottom() - height + 1), room.top())
    centre = max(min(around.left(), room.right() - width + 1), room.left())
    right, bottom = room.right() - width + 1, room.bottom() - height + 1
    places = (
        QPoint(around.right() + AWAY_PX, middle),
        QPoint(around.left() - AWAY_PX - width, middle),
        QPoint(centre, around.bottom() + AWAY_PX),
        QPoint(centre, around.top() - AWAY_PX - height),
        QPoint(right, bottom),
        QPoint(room.left(), bottom),
        QPoint(right, room.top()),
        room.topLeft(),
    )
    cards = (QRect(place, size) for place in places)
    free = (card for card in cards if room.contains(card) and not card.intersects(around))
    return next((card.topLeft() for card in free), None)
