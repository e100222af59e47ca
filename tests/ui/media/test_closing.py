"""What is closed is gone: its pixels, and what was matched with them."""

from __future__ import annotations

import gc
from weakref import ref

from PySide6.QtCore import Qt
from windows import Person

from viewer.demo import STUDY
from viewer.ui.widgets.collector import Collector


def test_nothing_of_a_closed_study_is_held_on_to(empty: Person) -> None:
    """Not even by cycles: those that `gc.freeze` is called over are never collected."""
    window, session = empty.window, empty.session
    collector = window.findChild(Collector)
    assert collector is not None
    assert not gc.isenabled()
    collector.close()

    def open_demo(name: str) -> None:
        window.opening.open_demo(name)
        empty.wait()
        empty.bot.waitUntil(lambda: not window.jobs.is_busy(), timeout=20_000)
        empty.settle()

    open_demo(STUDY)
    for key in (Qt.Key.Key_Up, Qt.Key.Key_N, Qt.Key.Key_Down):
        empty.key(key)
    assert session.selection  # its record was shown
    session.select(())
    empty.bot.waitUntil(lambda: not window.jobs.is_busy(), timeout=20_000)
    empty.settle()
    held = {f"media {number}": ref(media) for number, media in enumerate(session.media)}
    held |= {"matches": ref(session.matches), "project": ref(session.project)}
    for _ in range(2):  # what was open just before may still be on its way out
        open_demo(STUDY)
    assert [name for name, one in held.items() if one() is not None] == []
