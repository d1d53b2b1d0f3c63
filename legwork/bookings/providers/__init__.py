"""The ways of booking, behind one interface.

    chain = providers.choose(practice(), settings())
    offer = await chain.times(windows, minutes, conversation)      # None: this practice shows no live times
    await chain.hold(conversation, offer.times[0], minutes)        # Taken: offer others
    outcome = await chain.book(Request(…), start=offer.times[0])   # Taken: offer others

One that fails or takes too long hands to the next; the last one needs the database only.
"""

from legwork.bookings.providers.base import Offer, Outcome, Provider, Request, Unavailable
from legwork.bookings.providers.chain import Chain, choose

__all__ = ["Chain", "Offer", "Outcome", "Provider", "Request", "Unavailable", "choose"]
