"""The one place that draws pictures, labels and texts: QtGui only, shown by ui and saved by cli."""
