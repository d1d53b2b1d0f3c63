"""What several processes share in Redis: the counts of the rate limits, and word that a conversation has news.

Nothing is kept here that must not be lost. While Redis is gone, each process counts for itself and listeners look into the
database every few seconds; a rest between attempts keeps a turn from waiting for it.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
import time
from collections.abc import Callable
from functools import lru_cache

import redis
import redis.asyncio

from legwork.settings import settings

logger = logging.getLogger(__name__)

SECONDS = 0.25
"""A call that takes longer has failed."""

REST_SECONDS = 5.0

_COUNT = """
local at = redis.call('TIME')
local now, span = at[1] * 1000 + math.floor(at[2] / 1000), tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], 0, now - span)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then
  return math.max(1, redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2] + span - now)
end
redis.call('ZADD', KEYS[1], now, ARGV[3])
redis.call('PEXPIRE', KEYS[1], span)
return 0
"""


class Hub:
    """This process's way to the others."""

    def __init__(self, url: str) -> None:
        """Connects when it is first needed."""
        self._url = url
        self._redis = redis.Redis.from_url(url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS)
        self._count = self._redis.register_script(_COUNT)
        self._rest_until = 0.0
        secret = settings().secret
        assert secret is not None, "read_settings makes one when none is set"
        # Two installations may share a server.
        self._prefix = "legwork:" + hashlib.sha256(f"hub {secret.get_secret_value()}".encode()).hexdigest()[:12]
        self.listening = False
        """Whether news of other processes reaches this one at once."""

    def _call(self, call: Callable[[], int]) -> int | None:
        if time.monotonic() < self._rest_until:
            return None
        try:
            return call()
        except redis.RedisError as error:
            self._rest_until = time.monotonic() + REST_SECONDS
            logger.warning("redis.failed error=%s", type(error).__name__)
            return None

    def answers(self) -> bool:
        """Whether Redis is there."""
        return self._call(lambda: int(self._redis.ping())) is not None

    def count(self, name: str, key: str, most: int, seconds: float) -> float | None:
        """Counts an event of `key`; 0, or the seconds until the next is allowed; None when Redis is gone."""
        place = f"{self._prefix}:{name}:{hashlib.sha256(key.encode()).hexdigest()[:24]}"
        wait = self._call(lambda: self._count(keys=[place], args=[most, int(seconds * 1000), secrets.token_hex(6)]))
        return None if wait is None else wait / 1000

    def tell(self, conversation: str) -> None:
        """Tells all processes that the conversation has news."""
        self._call(lambda: self._redis.publish(f"{self._prefix}:news", conversation))

    async def listen(self, on_news: Callable[[str], None]) -> None:
        """Calls `on_news` with each conversation that has news, for ever."""
        while True:
            client = redis.asyncio.Redis.from_url(self._url, socket_connect_timeout=1.0, health_check_interval=10)
            try:
                async with client.pubsub() as channel:
                    await channel.subscribe(f"{self._prefix}:news")
                    self.listening = True
                    async for message in channel.listen():
                        if message["type"] == "message":
                            on_news(message["data"].decode())
            except (redis.RedisError, OSError) as error:
                logger.warning("redis.listening_failed error=%s", type(error).__name__)
            finally:
                self.listening = False
                await client.close()
            await asyncio.sleep(1.0)


@lru_cache(maxsize=1)
def hub() -> Hub | None:
    """The hub of this process; None where it is alone."""
    url = settings().redis_url
    return Hub(url) if url else None
