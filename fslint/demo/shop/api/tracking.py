"""What the back end tells FullStory."""

import os
from datetime import datetime, timezone

import httpx

URL = "https://api.fullstory.com/v2/events"
HEADERS = {"Authorization": f"Basic {os.environ['FULLSTORY_API_KEY']}"}


async def track_server_event(name: str, user_id: str, properties: dict) -> None:
    event = {
        "name": name,
        "user": {"uid": user_id},
        "timestamp": datetime.now(timezone.utc).isoformat(),
        "properties": properties,
    }
    async with httpx.AsyncClient(timeout=3) as client:
        response = await client.post(URL, json=event, headers=HEADERS)
        response.raise_for_status()
