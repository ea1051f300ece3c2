"""The pages of this room: the resident's by the door's card, the desk's and the helpers'."""
