"""A process that saves as fast as it can until it is killed: `python -m tests.storage.killed URL FIRST_PART_OF_IDS`.

It writes an id to standard output once the save was answered, and not before.
"""

from __future__ import annotations

import asyncio
import os
import sys
from itertools import count

from api.storage.engine import make_engine
from api.storage.writer import Writer
from tests.storage.saves import save

AT_ONCE = 200


async def save_for_ever(writer: Writer, start: str) -> None:
    numbers = count()

    async def one_after_another() -> None:
        while True:
            id = await writer(save(f"{start}-{next(numbers)}"))
            os.write(1, f"{id}\n".encode())  # whole at once, and in the kernel's hands when this process dies

    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))


if __name__ == "__main__":
    asyncio.run(save_for_ever(Writer(make_engine(sys.argv[1])), sys.argv[2]))
