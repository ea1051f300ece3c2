"""Cases, presences, contacts and the lists that are pushed down."""
