"""CDS Hooks 2.0.1: the hospital's record asks at four moments, and gets a card, or none.

Facts come in with the call (`call.py`, `gathering.py`), become a case (`facts.py`), and what the rules make of it
becomes a card (`telling.py`, `cards.py`). Who calls is checked in `tokens.py`. Begin reading in `routes.py`.
"""
