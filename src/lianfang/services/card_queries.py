"""What other rooms read of a door's card, for pages of theirs under its address."""

from __future__ import annotations

from lianfang.services.cards import Card, card_of

__all__ = ["Card", "card_of"]
