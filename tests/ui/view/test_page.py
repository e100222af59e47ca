"""The centre's views come one after another, each in a turn of the event loop of its own."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect
from PySide6.QtWidgets import QApplication
from windows import Person


class Paints(QObject):
    """Keeps the names of the views in the order in which they are painted."""

    def __init__(self, person: Person) -> None:
        super().__init__()
        self.names: list[str] = []
        for view in person.window.views.views.values():
            view.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt names it
        if event.type() == QEvent.Type.Paint:
            self.names.append(watched.objectName())
        return False


def test_a_change_paints_each_view_once_and_the_active_one_first(person: Person) -> None:
    paints = Paints(person)
    session = person.session
    session.viewing.set_crosshair((90.0, 91.0, 40.0))
    session.viewing.invert()
    assert person.window.views.turns.is_busy
    person.settle()
    assert paints.names == ["view-axial", "view-sagittal", "view-coronal"]


def test_where_a_part_alone_was_painted_first_the_whole_view_is(person: Person) -> None:
    view = person.view()
    person.session.viewing.set_crosshair((90.0, 91.0, 40.0))
    view.repaint(QRect(0, 0, 60, 40))  # as when something that lay over it is hidden
    assert view.is_stale
    paints = Paints(person)
    person.settle()
    assert paints.names[0] == "view-axial"
    assert not view.is_stale


def test_views_come_back_into_sight_behind_the_rest_of_the_window(person: Person) -> None:
    window, views = person.window, person.window.views
    window.centre.setCurrentWidget(window.welcome)
    QApplication.processEvents()
    window.centre.setCurrentWidget(views)
    assert not any(view.isVisible() for view in views.views.values())
    person.settle()
    assert all(view.isVisible() for view in views.shown)


def test_only_the_views_of_the_layout_are_in_sight(person: Person) -> None:
    views = person.window.views
    views.maximise("coronal")
    person.settle()
    assert [plane for plane, view in views.views.items() if view.isVisible()] == ["coronal"]
    views.maximise("coronal")
    person.settle()
    assert all(view.isVisible() for view in views.views.values())
