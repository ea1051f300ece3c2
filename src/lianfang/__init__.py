"""Lianfang (联防): with which a community fights an epidemic."""

__version__ = "0.1.0"
