"""Posts of all kinds, passages, counts by the hour."""
