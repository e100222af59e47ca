"""Small state machines from pointer events to a preview or a Command; no Qt."""

from __future__ import annotations

from viewer.tools.draw import BoxTool, PolygonTool, PolylineTool
from viewer.tools.select import SelectTool

TOOLS = (SelectTool, BoxTool, PolygonTool, PolylineTool)
