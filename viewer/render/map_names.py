"""The colour maps there are, in the order of the menu; menus are there before any picture is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

GREY = "grey"
OF_OPENCV = ("viridis", "inferno", "magma", "cividis", "turbo", "jet")  # by its own names
NAMES: Mapping[str, str] = MappingProxyType(
    {
        GREY: "Grey",
        "hot_iron": "Hot iron",
        "pet": "PET",
        "hot_metal_blue": "Hot metal blue",
        "pet_20_step": "PET 20 step",
        **{name: name.capitalize() for name in OF_OPENCV},
    }
)
