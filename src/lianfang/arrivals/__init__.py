"""Manifests, triage, sites with rooms, placement."""
