from fastapi import BackgroundTasks, FastAPI

from .models import Order, Plan
from .tracking import track_server_event

app = FastAPI()


@app.post("/orders")
async def create_order(order: Order):
    await order.charge()
    try:
        await track_server_event("Purchase Completed", f"user_{order.user_id}", {"amount": order.total})
    except Exception:
        order.note("FullStory tracking failed")
    return {"id": order.id}


@app.post("/coupons")
async def apply_coupon(order: Order, tasks: BackgroundTasks):
    tasks.add_task(track_server_event, "coupon_applied", f"user_{order.user_id}", {})
    return {"ok": True}


@app.post("/plans")
async def change_plan(plan: Plan, tasks: BackgroundTasks):
    tasks.add_task(track_server_event, "Plan Changed", f"customer_{plan.owner_id}", {"plan": "Pro"})
    return {"ok": True}
