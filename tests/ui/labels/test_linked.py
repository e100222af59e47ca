"""Alt+G selects what is linked with the selected label."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Qt
from windows import Person, labels_of

from viewer.session.commands import AddAnnotation


def test_alt_g_selects_the_labels_of_the_same_group(person: Person):
    session = person.session
    first, second, third = labels_of(session, "Nodule box")[:3]
    for id in (first, third):
        grouped = msgspec.structs.replace(session.project.annotations[id], group="pair")
        session.do(AddAnnotation(grouped, session.stamp()))
    session.select({first})
    person.window.views.active.setFocus()
    person.key(Qt.Key.Key_G, Qt.KeyboardModifier.AltModifier)
    person.bot.waitUntil(lambda: session.selection == {first, third})
    assert second not in session.selection
    session.select({second})
    person.key(Qt.Key.Key_G, Qt.KeyboardModifier.AltModifier)
    person.bot.waitUntil(lambda: "No other label" in person.window.status.hint.text())
    assert session.selection == {second}
