"""Directives, acknowledgements and measures."""
