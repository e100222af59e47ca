"""Oblique planes for Hypothesis: through stacks of every kind, in any direction."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from stacks import COLUMNS, ROWS, STACKS

from viewer.geometry.oblique import ObliquePlane, oblique_of, patient_between, rotation
from viewer.geometry.stack import Stack
from viewer.geometry.views import view_planes

units = st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda way: np.linalg.norm(way) > 0.1)


@st.composite
def planes(draw: st.DrawFn, stacks: dict[str, Stack] = STACKS) -> tuple[ObliquePlane, int]:
    """A plane through a stack, turned by any angle about any line, and one of its family."""
    stack = stacks[draw(st.sampled_from(sorted(stacks)))]
    at = draw(
        st.tuples(st.floats(0, COLUMNS - 1), st.floats(0, ROWS - 1), st.floats(0, stack.count - 1))
    )
    base = view_planes(stack)[draw(st.sampled_from(("axial", "sagittal", "coronal")))]
    about = np.array(draw(units))
    turn = rotation(about / np.linalg.norm(about), draw(st.floats(-3.1, 3.1)))
    plane = oblique_of(base, at).turned(turn, patient_between(stack, at)[0])
    return plane, draw(st.integers(0, plane.count - 1))
