"""Files that another program drags over a widget: they come, go, or are let go."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QObject, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

# While something is dragged the pointer belongs to where it comes from: no window hears these.
BY_HAND = (QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel)


class FileDrag(QObject):
    """Makes a widget take local files.

    A program that ends in mid-drag never says that it is over; the next motion by hand does.
    """

    entered = Signal(list)  # of str: the paths
    ended = Signal()  # left, let go, or forgotten
    dropped = Signal(list)  # of str; once the other program has its answer

    def __init__(self, target: QWidget) -> None:
        super().__init__(target)
        self._target = target
        self._paths: list[str] = []
        self._is_over = False
        target.setAcceptDrops(True)
        target.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hear the drag's events at the widget and, during a drag, the pointer's anywhere."""
        if self._is_over and event.type() in BY_HAND:
            self._end()
        if watched is not self._target:
            return False
        match event.type():
            case QEvent.Type.DragEnter:
                self._paths = paths_of(cast(QDragEnterEvent, event).mimeData())
                self._over(cast(QDragEnterEvent, event))
            case QEvent.Type.DragMove:
                self._over(cast(QDragMoveEvent, event))
            case QEvent.Type.DragLeave:
                self._end()
            case QEvent.Type.Drop:
                self._drop(cast(QDropEvent, event))
            case _:
                return False
        return True

    def _over(self, event: QDragMoveEvent) -> None:
        if not self._paths:
            event.ignore()
            return
        event.acceptProposedAction()
        if not self._is_over:
            self._is_over = True
            _application().installEventFilter(self)
            self.entered.emit(self._paths)

    def _drop(self, event: QDropEvent) -> None:
        """Take the files; the other program waits for this to end, so a question comes later."""
        self._end()
        paths = paths_of(event.mimeData())
        if paths:
            event.acceptProposedAction()
            QTimer.singleShot(0, self, lambda: self.dropped.emit(paths))

    def _end(self) -> None:
        if self._is_over:
            self._is_over = False
            _application().removeEventFilter(self)
            self.ended.emit()


def paths_of(mime: QMimeData) -> list[str]:
    """Return the local files and folders of a drag."""
    return [str(Path(url.toLocalFile())) for url in mime.urls() if url.isLocalFile()]


def _application() -> QCoreApplication:
    app = QCoreApplication.instance()
    if app is None:
        raise RuntimeError("a drag needs a running application")
    return app
