"""Who tells whom in a window: signals of the session and of the parts, and what they call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from psygnal import SignalInstance

    from viewer.ui.window.window import MainWindow


def wire(window: MainWindow) -> None:
    """Connect the parts of a window with each other and with its session."""
    _connect_widgets(window)
    for signal, call in _session_links(window):
        signal.connect(call)


def _connect_widgets(window: MainWindow) -> None:
    run = window.run
    window.drops.dropped.connect(window.open)
    window.media_panel.add_asked.connect(run["open.folder"])
    window.media_panel.problems.fold.folded.connect(window.fit_media_soon)
    window.label_panel.delete_asked.connect(window.hands.delete)
    window.label_panel.filtered.connect(window.views.follow)
    window.status.cancel_asked.connect(window.opening.cancel)
    window.status.unsaved_asked.connect(run["save.copy"])
    window.toolbar.presets.picked.connect(window.steering.preset)
    window.views.menu_wanted.connect(window.show_menu)
    window.views.pointed.connect(window.status.show_probe)
    window.views.beside_changed.connect(window.group_changed)
    window.views.beside_changed.connect(window.frames.step_changed)
    window.hands.changed.connect(window.refresh)
    window.opening.progressed.connect(window.show_progress)
    window.opening.ended.connect(window.show_idle)
    window.opening.slices_loaded.connect(window.views.set_loading)
    window.hands.pressed.connect(window.player.stop)
    window.hands.delete_wanted.connect(window.naming.dismiss)
    window.hands.delete_wanted.connect(window.deletion.ask)
    window.centre.currentChanged.connect(window.naming.raise_)
    window.status.unplaced_asked.connect(window.inspector.show_issues)
    window.media_panel.unplaced_asked.connect(window.inspector.show_issues)
    window.media_panel.looks.apart_asked.connect(run["label.apart"])
    window.media_panel.looks.close_asked.connect(window.opening.close_export)
    window.status.placed_asked.connect(window.label_panel.tree.setFocus)
    window.saving.page_wanted.connect(window.show_page)
    window.matching.left.connect(window.show_page)
    window.tasks.left.connect(window.show_page)
    window.reviews.left.connect(window.show_page)
    window.inspector.issues.report_asked.connect(window.show_matches)
    window.drawer.changed.connect(window.show_docks)
    window.cockpit.shown.connect(window.docks.set_review)
    window.cockpit.shown.connect(window.inspector.label.rest)
    window.cockpit.done.save_asked.connect(lambda: window.act("review.save"))
    beside = (window.sheet, window.drawer, window.playback, window.inspector, window.classified)
    for part in (*beside, window.label_panel.bar):
        part.left.connect(lambda: window.views.active.setFocus())
    window.frames.late_changed.connect(lambda: window.views.set_late(window.frames.late))


def _session_links(window: MainWindow) -> Iterator[tuple[SignalInstance, Callable[..., None]]]:
    session = window.session
    yield session.media_changed, window.media_changed
    yield session.viewing.media_changed, window.media_changed
    yield session.viewing.window_changed, window.refresh
    yield session.viewing.look_changed, window.refresh
    yield session.viewing.compared_changed, window.refresh
    yield session.viewing.planes_changed, window.refresh
    yield session.display.changed, window.refresh
    yield session.project_changed, window.refresh
    yield session.project_changed, window.refresh_save_page
    yield session.project_changed, window.playback.refresh
    yield session.display.looks_changed, window.playback.refresh
    yield session.display.filter_changed, window.playback.refresh
    yield session.viewing.crosshair_changed, window.step_changed
    yield session.viewing.media_changed, window.frames.step_changed
    yield session.selection_changed, window.selection_changed
    yield session.mode_changed, window.player.stop
    yield session.selection_changed, window.refresh
    yield session.measurements.changed, window.refresh
    yield session.places.changed, window.refresh
    yield session.mode_changed, window.hands.cancel
    yield session.mode_changed, window.refresh
    yield session.viewing.media_changed, window.hands.cancel
    yield session.viewing.look_changed, window.hands.leave
