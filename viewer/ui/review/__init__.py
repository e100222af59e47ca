"""The review cockpit: worklist, whole image, verdict, progress."""
