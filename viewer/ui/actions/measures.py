"""The tools that measure without labelling: kind, name, key, icon and sentence of each."""

from __future__ import annotations

# D and Shift+D draw lengths and angles that the export keeps in Edit, and measure elsewhere.
MEASURES = (
    ("length", "Length", "D", "ruler", "Measure a length."),
    ("angle", "Angle", "Shift+D", "angle", "Measure an angle."),
    ("ellipse", "Ellipse", "Q", "circle-dashed", "Values and area inside an ellipse."),
    ("rectangle", "Rectangle", "Shift+Q", "selection", "Values and area inside a rectangle."),
    ("region", "Freehand region", "Alt+Q", "lasso",
     "Values and area inside a region that is drawn freehand or clicked."),
    ("probe", "Probe", "J", "crosshair-simple", "Value and place of one pixel."),
    ("profile", "Profile", "Shift+J", "chart-line", "Values along a line."),
)  # fmt: skip
