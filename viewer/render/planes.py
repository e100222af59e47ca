"""The three planes of a volume, made once, so that what is kept per plane stays valid."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from viewer.geometry.stack import Stack
from viewer.geometry.views import PlaneName, ViewPlane, view_planes


@lru_cache(maxsize=64)
def planes_of(stack: Stack) -> Mapping[PlaneName, ViewPlane]:
    """Return the planes of a stack by name; the same objects at every call."""
    return MappingProxyType(dict(view_planes(stack)))
