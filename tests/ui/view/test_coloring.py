"""Colour maps and windows by hand in a window over the demo study."""

from __future__ import annotations

import numpy as np
from windows import Person

from viewer.render.colormaps import table_of


def test_a_colour_map_colours_the_picture_and_its_bar_and_invert_turns_both(person: Person) -> None:
    person.settle()
    before = person.view().picture
    assert before is not None
    assert before.bar is None
    assert before.image is not None
    person.window.actions_["map.hot_iron"].trigger()
    person.settle()
    after = person.view().picture
    assert after is not None
    assert after.image is not None
    np.testing.assert_array_equal(after.image, table_of("hot_iron")[before.image])
    assert after.bar is not None
    window = person.session.viewing.window
    assert window is not None
    low = window.center - 0.5 - (window.width - 1) / 2
    assert (after.bar.low, after.bar.inverted) == (f"{low:.0f}".replace("-", "\u2212"), False)
    assert after.bar.high.endswith("HU")
    person.window.actions_["look.invert"].trigger()
    person.settle()
    turned = person.view().picture
    assert turned is not None
    assert turned.image is not None
    assert turned.bar is not None
    assert turned.bar.inverted
    np.testing.assert_array_equal(turned.image, table_of("hot_iron", inverted=True)[before.image])
    assert person.window.actions_["map.hot_iron"].isChecked()
    person.window.actions_["look.reset"].trigger()
    person.settle()
    assert person.window.actions_["map.grey"].isChecked()
