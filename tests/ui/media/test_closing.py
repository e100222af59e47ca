"""What is closed is gone: its pixels, and what was matched with them."""

from __future__ import annotations

import gc
from weakref import ref

from PySide6.QtCore import Qt
from windows import Person

from viewer.demo import STUDY


def test_nothing_of_a_closed_study_is_held_on_to(empty: Person) -> None:
    window, session = empty.window, empty.session
    window.opening.open_demo(STUDY)
    empty.wait()
    for key in (Qt.Key.Key_Up, Qt.Key.Key_N, Qt.Key.Key_Down):
        empty.key(key)
    empty.bot.waitUntil(lambda: not window.jobs.is_busy(), timeout=20_000)
    empty.settle()
    media = session.media[0]
    held = {"media": ref(media), "matches": ref(session.matches)}
    del media
    for _ in range(2):  # what was open just before may still be on its way out
        window.opening.open_demo(STUDY)
        empty.wait()
        empty.bot.waitUntil(lambda: not window.jobs.is_busy(), timeout=20_000)
        empty.settle()
    gc.collect()
    assert [name for name, one in held.items() if one() is not None] == []
