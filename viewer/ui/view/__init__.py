"""The views of the images: what they show, and what the hand does in them."""
