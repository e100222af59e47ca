"""The one place that draws: QPainter on any paint device."""
