"""Announcements, questions, and the channels that carry a word to people."""
