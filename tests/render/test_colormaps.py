"""Laws of the colour maps."""

from pathlib import Path

import numpy as np
import pydicom
import pytest

from viewer.render.colormaps import colored, table_of
from viewer.render.map_names import GREY, NAMES

STANDARD = {
    "hot_iron": "hotiron",
    "pet": "pet",
    "hot_metal_blue": "hotmetalblue",
    "pet_20_step": "pet20step",
}
EVERY = np.arange(256, dtype=np.uint8).reshape(16, 16)


@pytest.mark.parametrize("name", STANDARD)
def test_the_maps_of_the_standard_are_those_of_its_annex_to_the_last_level(name):
    file = Path(pydicom.__file__).parent / "data" / "palettes" / f"{STANDARD[name]}.dcm"
    palette = pydicom.dcmread(file)
    parts = [
        palette[f"{part}PaletteColorLookupTableData"].value for part in ("Red", "Green", "Blue")
    ]
    truth = np.stack([np.frombuffer(part, np.uint8) for part in parts], axis=1)
    np.testing.assert_array_equal(table_of(name), truth)


@pytest.mark.parametrize("name", NAMES)
def test_each_level_gets_the_colour_of_its_row_and_inverted_levels_go_from_the_other_end(name):
    if name == GREY:
        assert colored(EVERY, name) is EVERY
        return
    np.testing.assert_array_equal(colored(EVERY, name).reshape(256, 3), table_of(name))
    turned = colored(255 - EVERY, name).reshape(256, 3)
    np.testing.assert_array_equal(turned, table_of(name, inverted=True))


def test_a_picture_in_colour_stays_as_it_is():
    picture = np.zeros((2, 2, 3), np.uint8)
    assert colored(picture, "pet") is picture


def test_grey_is_the_first_map():
    assert next(iter(NAMES)) == GREY
    np.testing.assert_array_equal(table_of(GREY), np.arange(256)[:, None].repeat(3, axis=1))
