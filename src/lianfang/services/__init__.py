"""Services: needs, orders and errands, care at the door, runs, and the resident's page."""
