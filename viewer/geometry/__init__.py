"""Shapes, spaces, planes and cuts; numbers only."""
