"""What comes in: a message is kept, and what it tells and proposes becomes the course's own, while it counts."""

from __future__ import annotations

from api.messages.receiving.receiving import Delivery, Outcome, receive
from api.messages.receiving.settling import Settling, settle_told

__all__ = ["Delivery", "Outcome", "Settling", "receive", "settle_told"]
