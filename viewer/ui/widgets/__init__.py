"""Small parts that every panel is made of; they know nothing of labels or media."""
