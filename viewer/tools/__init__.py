"""Small state machines from pointer events to a preview or a Command; no Qt."""

from __future__ import annotations

from viewer.tools.brush import BrushTool, EraserTool
from viewer.tools.draw import BoxTool, EllipseTool, PolygonTool, PolylineTool
from viewer.tools.points import AngleTool, LengthTool, PointTool
from viewer.tools.rings import HoleTool, RegionTool
from viewer.tools.select import SelectTool

DRAWING = (
    BoxTool,
    EllipseTool,
    PolygonTool,
    PolylineTool,
    PointTool,
    LengthTool,
    AngleTool,
    BrushTool,
    EraserTool,
    RegionTool,
    HoleTool,
)
TOOLS = (SelectTool, *DRAWING)
