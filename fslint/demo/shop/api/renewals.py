"""Run every night."""

import asyncio

from .tracking import track_server_event


async def renew(subscription) -> None:
    await subscription.charge()
    await track_server_event("Subscription Renewed", f"user_{subscription.user_id}", {"seats": subscription.seats})


def main(subscriptions) -> None:
    for subscription in subscriptions:
        asyncio.run(renew(subscription))
