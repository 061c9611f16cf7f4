"""A bad line between a browser and the server: slow, far, and losing some of what it carries."""

import asyncio
import random
import threading
from types import TracebackType
from typing import Self

SEGMENT = 1400
"""Bytes that travel, and are lost, together."""


class SlowLine:
    """A port that leads to the server over such a line, while the ``with`` block lasts.

    ``rate`` is in bytes a second in each direction, shared by all connections. ``round_trip`` is in seconds: each
    connection costs one before anything is sent. Of the segments, ``loss`` are lost; what follows one on its
    connection waits a round trip until it was sent again, as with TCP's fast retransmit.
    """

    def __init__(
        self, port: int, *, rate: float = 8_000, round_trip: float = 1.0, loss: float = 0.02, seed: int = 0
    ) -> None:
        self.target, self.rate, self.round_trip, self.loss = port, rate, round_trip, loss
        self.port = 0
        self.down = 0
        """Bytes that reached the browser."""
        self._chance = random.Random(seed)
        self._free = {"up": 0.0, "down": 0.0}
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._connected, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()

    async def _connected(self, browser: asyncio.StreamReader, to_browser: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self.round_trip)
        server, to_server = await asyncio.open_connection("127.0.0.1", self.target)
        await asyncio.gather(
            self._carry("up", browser, to_server), self._carry("down", server, to_browser), return_exceptions=True
        )

    async def _carry(self, way: str, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        delivering = asyncio.create_task(self._deliver(way, under_way, target))
        arrives = 0.0
        while segment := await source.read(SEGMENT):
            now = self._loop.time()
            sent = max(now, self._free[way]) + len(segment) / self.rate
            if self._chance.random() < self.loss:
                sent += len(segment) / self.rate
                arrives = max(arrives, sent + self.round_trip)
            self._free[way] = sent
            arrives = max(arrives, sent + self.round_trip / 2)
            under_way.put_nowait((arrives, segment))
            await asyncio.sleep(sent - now)
        under_way.put_nowait((arrives, b""))
        await delivering

    async def _deliver(
        self, way: str, under_way: "asyncio.Queue[tuple[float, bytes]]", target: asyncio.StreamWriter
    ) -> None:
        while True:
            arrives, segment = await under_way.get()
            await asyncio.sleep(arrives - self._loop.time())
            if not segment:
                target.close()
                return
            target.write(segment)
            if way == "down":
                self.down += len(segment)
