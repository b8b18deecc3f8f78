"""The ward's whiteboard: what comes next for each patient, who has it, and by when; read from across the room.

`view.py` puts a ward's rows into words, `page.py` lays them out, and `routes.py` alone knows HTTP. What is shown
can be read by a visitor: initials and tasks, never a name, a score, a diagnosis or a track.
"""
