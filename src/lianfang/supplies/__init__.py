"""Stock, production stages, key places."""
