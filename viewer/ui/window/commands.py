"""What each action of the table does in a window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget

from viewer.demo import VENDORS
from viewer.model.annotation import AnnotationId
from viewer.review.measured import MeasureKind
from viewer.session.jobs import Answers
from viewer.session.linked import linked_with
from viewer.session.modes import locked_sentence
from viewer.session.preferences import keep_word
from viewer.ui.exports.task_page import step_task
from viewer.ui.review.cockpit import run_of
from viewer.ui.view.gestures import Hand
from viewer.ui.view.hands import ToolName
from viewer.ui.widgets.theme import THEMES, ThemeChoice, apply_theme
from viewer.ui.window.frames import on_frames
from viewer.ui.window.going import on_going
from viewer.ui.window.keys import focus_next
from viewer.ui.window.playing import on_playing
from viewer.ui.window.steering import Steering

if TYPE_CHECKING:
    from viewer.ui.window.window import MainWindow

ABOUT = (
    "Overread lays label exports over local medical images and writes them back unchanged.\n\n"
    "For research and label review. Not for diagnosis.\n"
    "No network: it opens no connection, ever."
)
LIST_HIDDEN = "The list of labels is hidden: F9 shows it."
LIST_REVIEWED = "In Review the worklist stands in place of the list; F2 brings the list back."
EXPORTS = "*.json *.ndjson *.jsonl *.zip"
IMAGES = "*.dcm *.ima *.png *.jpg *.jpeg *.tif *.tiff *.bmp *.webp"
VOLUMES = "*.nii *.nii.gz *.hdr *.nrrd *.nhdr *.mha *.mhd"
VIDEOS = "*.mp4 *.m4v *.mov *.avi *.webm *.mkv *.gif *.mpg *.mpeg"
FILE_KINDS = ";;".join(
    (
        "All files (*)",  # a DICOM file's name often has no ending
        f"Exports and zips ({EXPORTS})",
        f"Images ({IMAGES})",
        f"NIfTI, NRRD, MetaImage ({VOLUMES})",
        f"Videos ({VIDEOS})",
    )
)
HANDS: tuple[Hand, ...] = ("window", "crosshair", "pan", "zoom")
TOOLS: tuple[ToolName, ...] = (
    "select", "polygon", "polyline", "box", "point", "ellipse", "length", "angle", "brush",
    "eraser", "region", "hole",
)  # fmt: skip
MEASURES: tuple[MeasureKind, ...] = get_args(MeasureKind)


def commands_of(window: MainWindow, steering: Steering) -> dict[str, Callable[[], None]]:
    """Return what to call for every action id."""
    session = window.session
    usual = {
        **steering.run(),
        "open.folder": partial(_open_folder, window),
        "open.export": partial(_open_export, window),
        "open.demo": window.open_demo,
        **{f"demo.{vendor}": partial(window.open_demo, vendor) for vendor in VENDORS},
        "save.copy": window.save,
        **_on_pages(window),
        "app.author": window.naming.ask,
        "app.quit": partial(_close, window),
        "edit.undo": partial(_step_back, window, session.undo),
        "edit.redo": partial(_step_back, window, session.redo),
        "edit.delete": partial(_delete, window),
        **on_frames(session),
        **on_going(session),
        "mode.view": lambda: session.set_mode("view"),
        "mode.edit": lambda: session.set_mode("edit"),
        "mode.review": lambda: session.set_mode("review"),
        **{f"hand.{hand}": partial(window.hands.take, hand) for hand in HANDS},
        **{f"measure.{kind}": partial(window.hands.measuring.take, kind) for kind in MEASURES},
        **{f"draw.{tool}": partial(_take_tool, window, tool) for tool in TOOLS},
        "brush.smaller": partial(_resize_brush, window, -1.0),
        "brush.larger": partial(_resize_brush, window, 1.0),
        **{f"theme.{choice}": partial(_set_theme, choice) for choice in THEMES},
        **on_playing(window),
        "go.to": lambda: window.palette_.open("places"),
        "app.palette": lambda: window.palette_.open("commands"),
        "label.drawing": lambda: window.styles.open_at(window.toolbar.below("label.drawing")),
        "label.filter": partial(_filter, window),
        "label.tracks": window.label_panel.turn_to_tracks,
        "label.linked": partial(_select_linked, window),
        "go.sheet": window.sheet.open,
        "app.forget": lambda: window.keeper.forget(),
        "app.docks": window.show_docks,
        "app.full": partial(_full_screen, window),
        "app.part": partial(_next_part, window),
        "help.keys": window.show_keys,
        "help.about": partial(_about, window),
    }
    usual |= window.comparing.run() | window.laying.run() | window.slabbing.run()
    return usual | run_of(window.cockpit, usual)


def _on_pages(window: MainWindow) -> dict[str, Callable[[], None]]:
    """Return what shows the pages of the centre and of the drawer, and acts on them."""
    return {
        "label.images": window.show_matches,
        "task.list": window.show_tasks,
        "task.next": partial(step_task, window.session, 1),
        "task.previous": partial(step_task, window.session, -1),
        "review.save": window.reviews.files.save,
        "review.csv": window.reviews.files.save_csv,
        "review.open": window.reviews.files.open,
        "review.beside": partial(window.show_page, window.reviews),
        "look.measured": lambda: window.drawer.toggle(window.measured),
        "look.tags": lambda: window.drawer.toggle(window.tags),
    }


def _open_folder(window: MainWindow) -> None:
    folder = QFileDialog.getExistingDirectory(window, "Open folder")
    if folder:
        window.open([folder])


def _open_export(window: MainWindow) -> None:
    paths, _ = QFileDialog.getOpenFileNames(window, "Open files", str(Path.home()), FILE_KINDS)
    if paths:
        window.open(paths)


def _close(window: MainWindow) -> None:
    window.close()


def _delete(window: MainWindow) -> None:
    """Delete what the tool is at (a vertex, the last click of a polygon), else the labels."""
    if not window.hands.key(Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier):
        window.hands.delete(tuple(sorted(window.session.selection)))
    window.views.refresh()


def _step_back(window: MainWindow, step: Callable[[], None]) -> None:
    """Undo or redo; while something is dragged or drawn, only that is given up."""
    measuring = window.hands.measuring
    if _is_of_measuring(window, step):
        (measuring.undo if step == window.session.undo else measuring.redo)()
    elif window.hands.is_busy:
        window.hands.cancel()
        window.views.refresh()
        window.session.say("The drawing was given up.")
    else:
        step()


def _is_of_measuring(window: MainWindow, step: Callable[[], None]) -> bool:
    """Whether undo or redo is about measurements; in Review where one was made last."""
    measuring, history = window.hands.measuring, window.session.history
    if not measuring.is_in_hand:
        return False
    if measuring.is_busy or not window.cockpit.is_judged_last:
        return True
    return not (history.steps if step == window.session.undo else history.undone)


def _take_tool(window: MainWindow, tool: ToolName) -> None:
    """Take a drawing tool; outside Edit only say how to get there."""
    if window.session.mode == "edit":
        window.hands.take_tool(tool)
    else:
        window.session.say(locked_sentence(window.session.mode))
        window.hands.changed.emit()


def _resize_brush(window: MainWindow, steps: float) -> None:
    window.hands.resize_brush(steps)
    window.views.refresh()


def _select_linked(window: MainWindow) -> None:
    """Select all that is linked with the selected labels; files are searched in the background."""
    session = window.session
    project, chosen = session.project, session.selection

    def take(found: frozenset[AnnotationId]) -> None:
        if session.selection == chosen and found - chosen:
            session.select(found)
            session.say(f"{len(found):,} linked labels are selected.")
        elif session.selection == chosen:
            session.say("No other label is linked with this one.")

    answers = Answers[frozenset[AnnotationId]](done=take)
    window.jobs.newest("linked", lambda job: linked_with(project, chosen, job.check), answers)


def _set_theme(choice: ThemeChoice) -> None:
    app = QApplication.instance()
    if isinstance(app, QApplication):
        apply_theme(app, choice)
        keep_word("theme", choice)
    for widget in QApplication.topLevelWidgets():
        widget.update()


def _full_screen(window: MainWindow) -> None:
    if window.isFullScreen():
        window.showNormal()
    else:
        window.showFullScreen()


def _filter(window: MainWindow) -> None:
    field = window.label_panel.filter
    if field.isVisible():
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        field.selectAll()
    else:
        window.session.say(LIST_REVIEWED if window.session.mode == "review" else LIST_HIDDEN)


def _next_part(window: MainWindow) -> None:
    parts: list[QWidget] = [window.toolbar.bar, window.media_panel, window.label_panel]
    parts += window.views.shown
    parts += [window.cockpit.worklist, window.cockpit.verdict, window.cockpit.done]
    parts += [window.playback.timeline, window.deletion, window.naming]
    parts += [window.welcome, window.saving.page, window.matching, window.tasks, window.reviews]
    parts += [window.inspector]
    parts += [window.classified]
    parts += [window.status]
    focus_next(parts)


def _about(window: MainWindow) -> None:
    box = QMessageBox(QMessageBox.Icon.NoIcon, "About Overread", ABOUT, parent=window)
    box.setModal(False)
    box.show()
