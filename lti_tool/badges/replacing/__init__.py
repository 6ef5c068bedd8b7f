"""Data management of a badge class: replaced, once and for good, by a badge from elsewhere."""
