"""The door of the phones: entries up, receipts and what changed down, from a cursor."""
