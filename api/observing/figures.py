"""What the database says of itself for `/metrics`: one small question, asked each time the figures are read."""

from __future__ import annotations

from sqlalchemy import Engine, func, select

from api.observing.metrics import Figures
from api.storage.engine import reading
from api.storage.tables import access_batch, assessment

HEAD = select(access_batch.c.at).order_by(access_batch.c.id.desc()).limit(1)
STORED = select(func.count()).select_from(assessment)


def stored_figures(engine: Engine) -> Figures:
    """Return when the access log's newest batch was chained, and how many screenings are stored."""
    with reading(engine) as connection:
        return Figures(head=connection.scalar(HEAD), screenings=connection.scalar(STORED) or 0)
