"""Forged webhooks: none is believed, and none breaks anything."""

from __future__ import annotations

import asyncio

import pytest

from tests.channels.conftest import House, until
from tests.doubles.forgery import forged

pytestmark = pytest.mark.slow


async def test_a_thousand_forgeries_are_refused(house: House) -> None:
    """Unsigned, wrongly signed, for another address, cut, changed, of the old kind: each is 4xx, and nobody is answered."""
    statuses = {(await post(house.client)).status_code for post in forged(1000)}
    assert statuses <= {400, 403}
    assert house.agent.heard == [] and house.twilio.calls == house.meta.calls == 0


async def test_a_replay_is_acknowledged_and_not_answered_again(house: House, quick: None) -> None:
    """A genuine webhook that is posted again, by whomever, changes nothing."""
    phone, person = house.phone(), house.person()
    fields, event = phone.fields("hello"), person.message("hello")
    for _ in range(5):
        assert (await phone.post(fields)).status_code == 200
        assert (await person.send(event)).status_code == 200
    await until(lambda: house.agent.texts == ["hello", "hello"])
    await asyncio.sleep(0.5)
    assert len(house.agent.texts) == 2
