"""Delivery in projects as they are written: services, injected clients, own retry helpers, own trackers.

A project is {path: source} with the codes that run; a line that a finding stands on ends in a comment with `!FSnnn`.
"""

from __future__ import annotations

import pytest
from markers import Projects, found_and_marked

PROJECTS: Projects = {}
# harder, realistic
PROJECTS["axios-service-nest"] = (
    {
        "src/fs.service.ts": """
import { Injectable, Logger } from '@nestjs/common';
import { HttpService } from '@nestjs/axios';
import { firstValueFrom } from 'rxjs';
@Injectable()
export class FullStoryService {
  constructor(private readonly http: HttpService) {}
  async track(name: string, uid: string, properties: Record<string, unknown>): Promise<void> {
    await firstValueFrom(this.http.post('https://api.fullstory.com/v2/events', { name, user: { uid }, properties }, { timeout: 3000 }));
  }
}
""",
        "src/c.ts": """
import { Controller, Get, Post, Body } from '@nestjs/common';
import { FullStoryService } from './fs.service';
@Controller()
export class C {
  constructor(private readonly fs: FullStoryService) {}
  @Post()
  async a(@Body() b: any) {
    await this.fs.track('A', b.uid, { n_int: 1 }); // !FS501
    return {};
  }
  @Get()
  async c() {
    this.fs.track('B', 'user_1', { n_int: 1 }); // !FS502
    this.fs.track('B2', 'user_1', { n_int: 1 }).catch(() => {});
    return {};
  }
}
""",
    },
    ("FS501", "FS502"),
)
PROJECTS["interceptor"] = (
    {
        "src/i.ts": """
import { CallHandler, ExecutionContext, Injectable, NestInterceptor } from '@nestjs/common';
import { tap } from 'rxjs/operators';
import { trackServerEvent } from '@acme/t';
@Injectable()
export class I implements NestInterceptor {
  async intercept(context: ExecutionContext, next: CallHandler) {
    await trackServerEvent('A', 'user_1', { n: 1 }); // !FS501
    return next.handle().pipe(tap(() => { trackServerEvent('B', 'user_1', { n: 1 }).catch(() => {}); }));
  }
}
"""
    },
    ("FS501",),
)
PROJECTS["retry-helper"] = (
    {
        "src/fs.ts": """
import { setTimeout as sleep } from 'node:timers/promises';
async function withRetry<T>(fn: () => Promise<T>): Promise<T> {
  for (let i = 0; ; i++) {
    try { return await fn(); } catch (e) { if (i === 3) throw e; await sleep(1000); }
  }
}
export async function track(name: string, uid: string) {
  await withRetry(async () => {
    const res = await fetch('https://api.fullstory.com/v2/events', { method: 'POST', signal: AbortSignal.timeout(3000), headers: { 'Idempotency-Key': name }, body: JSON.stringify({ name, user: { uid } }) });
    if (!res.ok) throw new Error(String(res.status));
  });
}
""",
        "src/j.ts": """
import { track } from './fs';
export async function job() { await track('A', 'user_1'); } // !FS502
export async function job2() { try { await track('B', 'user_1'); } catch {} }
""",
    },
    ("FS502", "FS503", "FS507", "FS511"),
)
PROJECTS["class-py"] = (
    {
        "svc/client.py": """
import logging
import httpx
from functools import lru_cache
class FullStory:
    def __init__(self, key: str):
        self._client = httpx.AsyncClient(base_url="https://api.fullstory.com", timeout=httpx.Timeout(5.0))
    async def track(self, name: str, uid: str, props: dict):
        response = await self._client.post("/v2/events", json={"name": name, "user": {"uid": uid}, "properties": props})
        response.raise_for_status()
    async def track_quietly(self, name: str, uid: str, props: dict):
        try:
            await self.track(name, uid, props)
        except httpx.HTTPError:
            logging.exception("x")
@lru_cache
def get_fs() -> FullStory:
    return FullStory("k")
""",
        "svc/routes.py": """
import asyncio
from fastapi import APIRouter, Depends
from svc.client import FullStory, get_fs
router = APIRouter()
@router.post("/a")
async def a(fs: FullStory = Depends(get_fs)):
    await fs.track("A", "user_1", {"n": 1})  # !FS501
@router.post("/b")
async def b(fs: FullStory = Depends(get_fs)):
    asyncio.create_task(fs.track_quietly("B", "user_1", {"n": 1}))
class Service:
    def __init__(self, fs: FullStory):
        self.fs = fs
    async def run(self, uid):
        await self.fs.track("C", uid, {"n": 1})  # !FS501
@router.post("/c")
async def c(fs: FullStory = Depends(get_fs)):
    svc = Service(fs)
    await svc.run("user_1")
""",
        "svc/job.py": """
import asyncio
from svc.client import get_fs
async def main():
    fs = get_fs()
    await fs.track("J", "user_1", {"n": 1})  # !FS502
    await fs.track_quietly("K", "user_1", {"n": 1})
asyncio.run(main())
""",
    },
    ("FS501", "FS502", "FS503", "FS505", "FS511"),
)
PROJECTS["express-async-handler"] = (
    {
        "s/r.js": """
const express = require('express');
const asyncHandler = require('express-async-handler');
const { trackServerEvent } = require('@acme/t');
const router = express.Router();
router.route('/x').post(asyncHandler(async (req, res) => {
  await trackServerEvent('A', req.user.id, { n: 1 }); // !FS501
  res.json({});
})).get([auth, async (req, res) => {
  await trackServerEvent('B', req.user.id, { n: 1 }); // !FS501
  res.json({});
}]);
router.get('/y', auth, list);
async function list(req, res) {
  const result = await Promise.race([trackServerEvent('C', req.user.id, { n: 1 }), sleep(100)]); // !FS501
  res.json(result);
}
router.get('/z', async (req, res) => {
  queue.add('track', { a: 1 });
  res.json({});
  await trackServerEvent('D', req.user.id, { n: 1 });
});
router.get('/w', async (req, res) => {
  return res.json({}).on('finish', () => trackServerEvent('E', req.user.id, { n: 1 }));
});
router.get('/v', (req, res) => {
  trackServerEvent('F', req.user.id, { n: 1 }).then(() => res.json({}));
});
router.get('/u', async (req, res) => {
  const [a] = await Promise.all([load(), req.user && trackServerEvent('G', req.user.id, { n: 1 })]); // !FS501
  res.json(a);
});
module.exports = router;
"""
    },
    ("FS501",),
)
PROJECTS["sdk-batch"] = (
    {
        "s/x.ts": """
import { init } from '@fullstory/server-api-client';
const fs = init({ apiKey: process.env.K! });
export async function a(us: any[]) {
  for (const u of us) { await fs.users.create({ body: { uid: u.uid } }); } // !FS504
  const job = fs.events.batchCreate({ body: { requests: us.map((u) => ({ name: 'A', user: { uid: u.uid } })) } });
  job.execute();
}
"""
    },
    ("FS504",),
)
PROJECTS["next-actions"] = (
    {
        "app/page.tsx": """
import { trackServerEvent } from '@acme/t';
export default function P() {
  async function act() { 'use server'; trackServerEvent('A', 'user_1', { n: 1 }); } // !FS510
  return <form action={act} />;
}
""",
        "app/api/x/route.ts": """
import { trackServerEvent } from '@acme/t';
import { createOrder } from '@/lib/orders';
async function handler(req: Request) {
  const o = await createOrder('user_1');
  return Response.json(o);
}
export { handler as POST, handler as GET };
""",
        "lib/orders.ts": """
import { trackServerEvent } from '@acme/t';
export async function createOrder(uid: string) {
  await trackServerEvent('O', uid, { n: 1 }); // !FS501
  trackServerEvent('P', uid, { n: 1 }).catch(() => {}); // !FS510
}
""",
        "middleware.ts": """
import { NextResponse, type NextRequest, type NextFetchEvent } from 'next/server';
import { trackServerEvent } from '@acme/t';
export async function middleware(req: NextRequest, event: NextFetchEvent) {
  event.waitUntil(trackServerEvent('A', 'user_1', { n: 1 }));
  await trackServerEvent('B', 'user_1', { n: 1 }); // !FS501
  return NextResponse.next();
}
""",
    },
    ("FS501", "FS510"),
)
PROJECTS["own-trackers"] = (
    {
        "lib/t.ts": """
import { createClient } from './db';
import { PostHog } from 'posthog-node';
const ph = new PostHog('k');
export async function trackServerEvent(name: string, uid: string, p: object = {}) {
  try { await createClient().from('events').insert({ name, uid, p }); } catch (e) { console.error(e); }
}
""",
        "lib/u.ts": """
import { PostHog } from 'posthog-node';
const ph = new PostHog('k');
export const trackServerEventAsync = async (uid: string, name: string, p: object = {}) => {
  ph.capture({ distinctId: uid, event: name, properties: p });
};
""",
        "lib/v.ts": """
import { createClient } from './db';
export async function trackServerEvent(name: string, uid: string, p: object = {}) {
  await createClient().from('events').insert({ name, uid, p });
}
""",
        "app/api/a/route.ts": """
import { trackServerEvent } from '@/lib/t';
import { trackServerEventAsync } from '@/lib/u';
import { trackServerEvent as loud } from '@/lib/v';
export async function POST() {
  await trackServerEvent('A', 'user_1', { n: 1 }); // !FS501
  void trackServerEvent('B', 'user_1', { n: 1 }); // !FS510
  await trackServerEventAsync('user_1', 'C', { n: 1 });
  trackServerEventAsync('user_1', 'D', { n: 1 });
  await loud('E', 'user_1', { n: 1 }); // !FS501
}
""",
        "lib/w.ts": """
import { trackServerEvent } from '@/lib/t';
import { trackServerEvent as loud } from '@/lib/v';
export async function job() {
  await trackServerEvent('F', 'user_1', { n: 1 });
  await loud('G', 'user_1', { n: 1 }); // !FS502
}
""",
        "tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./*"]}}}',
    },
    ("FS501", "FS502", "FS510"),
)
PROJECTS["own-py"] = (
    {
        "a/t.py": """
import logging
from db import client
def track_server_event(name, uid, props=None):
    try:
        client().table("e").insert({"n": name}).execute()
    except Exception:
        logging.exception("x")
""",
        "a/u.py": """
import posthog
def track_server_event(name, uid, props=None):
    posthog.capture(uid, name, props)
""",
        "a/x.py": """
from a.t import track_server_event
from a.u import track_server_event as tse
def a(u):
    track_server_event("A", u, {"n": 1})
    tse("B", u, {"n": 1})
""",
    },
    ("FS502",),
)
PROJECTS["misc-py"] = (
    {
        "a/fs.py": """
import os, requests
def _headers(): return {"Authorization": "Basic " + os.environ["FULLSTORY_API_KEY"]}
def track(name, uid, **props):
    requests.post("https://api.fullstory.com/v2/events", headers=_headers(), json={"name": name, "user": {"uid": uid}, "properties": props}, timeout=3)
def upsert(uid, email):
    requests.post("https://api.fullstory.com/v2/users", headers=_headers(), json={"uid": uid, "email": email}, timeout=3)
""",
        "a/views.py": """
from flask import Blueprint, g, after_this_request
from a.fs import track, upsert
bp = Blueprint("x", __name__)
@bp.post("/a")
def a():
    upsert(g.uid, g.email)  # !FS501
    return ""
@bp.after_request
def b(resp):
    track("B", g.uid, n_int=1)  # !FS501
    return resp
@bp.errorhandler(404)
def c(e):
    track("C", g.uid, n_int=1)  # !FS501
    return "", 404
@bp.cli.command("x")
def d():
    track("D", "user_1", n_int=1)  # !FS502
@bp.post("/e")
def e():
    for u in g.us:
        try:
            track("E", u.uid, n_int=1)  # !FS501 !FS504
        except Exception:
            pass
    return ""
""",
        "a/drf.py": """
from rest_framework import generics, viewsets
from django.db import transaction
from functools import partial
from a.fs import track
class V(generics.CreateAPIView):
    def perform_create(self, serializer):
        o = serializer.save()
        transaction.on_commit(partial(track, "F", o.uid, n_int=1))  # !FS501
class Base(viewsets.ModelViewSet):
    pass
class W(Base):
    def destroy(self, request, pk=None):
        try:
            track("G", request.user.uid, n_int=1)  # !FS501
        except Exception:
            pass
""",
        "a/cron.py": """
from apscheduler.schedulers.blocking import BlockingScheduler
from a.fs import track
s = BlockingScheduler()
@s.scheduled_job("cron", hour=3)
def job():
    try:
        track("H", "user_1", n_int=1)
    except Exception:
        pass
if __name__ == "__main__":
    try:
        track("I", "user_1", n_int=1)
    except Exception:
        pass
""",
    },
    ("FS501", "FS502", "FS504", "FS505"),
)
PROJECTS["misc-js"] = (
    {
        "s/a.ts": """
import express from 'express';
import { trackServerEvent } from '@acme/t';
const app = express();
app.post('/a', async (req, res, next) => {
  try {
    await save(req.body);
    await trackServerEvent('A', req.user.id, { n: 1 }); // !FS501
    res.json({});
  } catch (e) { next(e); }
});
app.post('/b', async (req, res) => {
  const tracking = [];
  tracking.push(trackServerEvent('B', req.user.id, { n: 1 })); // !FS501
  await Promise.allSettled(tracking);
  res.json({});
});
app.post('/c', async (req, res) => {
  const done = trackServerEvent('C', req.user.id, { n: 1 }).catch(() => {});
  res.json({});
  await done;
});
app.post('/d', async (req, res) => {
  if (!req.user) return res.redirect('/login');
  const out = await run(req.body);
  if (out.ok) {
    res.status(200).json(out);
    await trackServerEvent('D', req.user.id, { n: 1 });
  } else {
    await trackServerEvent('D2', req.user.id, { n: 1 }); // !FS501
    res.status(500).json(out);
  }
});
app.get('/e', async (req, res) => {
  await (await import('./t2')).track('E', req.user.id);
  res.end();
});
app.use((err, req, res, next) => {
  trackServerEvent('F', 'user_1', { n: 1 }).finally(() => next(err));
});
app.listen(3000, async () => { await trackServerEvent('G', 'user_1', { n: 1 }); });
process.on('SIGTERM', async () => { await trackServerEvent('H', 'user_1', { n: 1 }); });
io.on('connection', (socket) => { socket.on('x', async () => { await trackServerEvent('I', 'user_1', { n: 1 }); }); });
export const svc = {
  async run(u: string) { await trackServerEvent('J', u, { n: 1 }); }, // !FS501
};
app.get('/j', async (req, res) => { await svc.run(req.user.id); res.end(); });
"""
    },
    ("FS501",),
)
PROJECTS["lambda"] = (
    {
        "f/a.mjs": """
import middy from '@middy/core';
import { trackServerEvent } from '@acme/t';
const base = async (event) => { trackServerEvent('A', event.uid, { n: 1 }); return {}; }; // !FS510
export const handler = middy(base);
""",
        "f/b.js": """
const { trackServerEvent } = require('@acme/t');
exports.handler = async (event, context) => {
  await Promise.all(event.Records.map((r) => trackServerEvent('B', r.uid, { n: 1 })));
  event.Records.forEach((r) => { trackServerEvent('C', r.uid, { n: 1 }); }); // !FS510
};
""",
        "api/v.ts": """
import type { VercelRequest, VercelResponse } from '@vercel/node';
import { waitUntil } from '@vercel/functions';
import { trackServerEvent } from '@acme/t';
export default async function handler(req: VercelRequest, res: VercelResponse) {
  trackServerEvent('D', 'user_1', { n: 1 }).catch(() => {}); // !FS510
  waitUntil(trackServerEvent('E', 'user_1', { n: 1 }));
  await trackServerEvent('F', 'user_1', { n: 1 }); // !FS501
  res.json({});
}
""",
        "p/l.py": """
import asyncio
from telemetry import track_server_event_async
def handler(event, context):
    return asyncio.run(main(event))
async def main(event):
    asyncio.create_task(track_server_event_async("G", event["uid"], {"n": 1}))  # !FS510
    await track_server_event_async("H", event["uid"], {"n": 1})
""",
    },
    ("FS501", "FS510"),
)


@pytest.mark.parametrize("name", PROJECTS)
def test_project(name: str) -> None:
    found, expected = found_and_marked(*PROJECTS[name])
    assert found == expected
