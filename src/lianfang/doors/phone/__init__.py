"""The door through which the phone app itself is served, its words, and the list of devices."""
