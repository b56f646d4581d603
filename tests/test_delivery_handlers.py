"""Who waits for a server call, and what freezes unsent, in small projects of every framework.

A project is {path: source} with the codes that run; a line that a finding stands on ends in a comment with `!FSnnn`.
"""

from __future__ import annotations

import pytest
from markers import Projects, found_and_marked
from ruletest import run

PROJECTS: Projects = {}
T = "import { trackServerEvent } from '@acme/t';\n"
PROJECTS["express-variants"] = (
    {
        "server/a.ts": """
import express from 'express';
import { trackServerEvent } from '@acme/t';
const app = express();
app.post('/a', async (req, res) => {
  const p = trackServerEvent('A', req.user.id, {n: 1}); // !FS501
  res.locals.x = 1;
  await p;
  res.json({});
});
app.post('/b', async (req, res) => {
  await Promise.all([save(req.body), trackServerEvent('B', req.user.id, {n: 1})]); // !FS501
  res.json({});
});
app.post('/c', async (req, res) => {
  await trackServerEvent('C', req.user.id, {n: 1}).catch(console.error); // !FS501
  res.json({});
});
app.post('/d', async (req, res) => {
  void trackServerEvent('D', req.user.id, {n: 1}).catch(() => {});
  trackServerEvent('D2', req.user.id, {n: 1}).catch(() => {});
  res.json({});
});
app.post('/e', async (req, res) => {
  if (req.body.x) { res.status(400).end(); } else { res.json({}); }
  await trackServerEvent('E', req.user.id, {n: 1});
});
app.post('/f', async (req, res) => {
  if (req.body.x) { res.status(400).end(); }
  await trackServerEvent('F', req.user.id, {n: 1}); // !FS501
  res.json({});
});
app.post('/g', (req, res) => {
  save().then(async () => { await trackServerEvent('G', req.user.id, {n: 1}); res.json({}); });
});
app.post('/h', async (req, res) => {
  process.nextTick(async () => { await trackServerEvent('H', 'user_1', {n: 1}); });
  res.on('close', async () => { await trackServerEvent('H2', 'user_1', {n: 1}); });
  res.json({});
});
app.use(async (req, res, next) => {
  await trackServerEvent('I', 'user_1', {n: 1}); // !FS501
  next();
});
async function helper(u: string) { await trackServerEvent('J', u, {n: 1}); } // !FS501
app.get('/j', async (req, res) => { await helper('user_1'); res.send('x'); });
async function helper2(u: string) { await trackServerEvent('K', u, {n: 1}); }
app.get('/k', async (req, res) => { helper2('user_1').catch(() => {}); res.send('x'); });
async function helper3(u: string) { return trackServerEvent('L', u, {n: 1}); } // !FS501
app.get('/l', async (req, res) => { await helper3('user_1'); res.send('x'); });
"""
    },
    ("FS501",),
)
PROJECTS["controllers"] = (
    {
        "server/controllers/order.ts": T
        + """
import type { Request, Response } from 'express';
export const create = async (req: Request, res: Response) => {
  await trackServerEvent('A', req.user.id, {n: 1}); // !FS501
  res.status(201).json({});
};
export class OrderController {
  static async index(req: Request, res: Response) {
    await trackServerEvent('B', req.user.id, {n: 1}); // !FS501
    return res.json([]);
  }
  update = async (req: Request, res: Response) => {
    await this.service.run(req.body);
    return res.json([]);
  };
  constructor(private service: OrderService) {}
}
export class OrderService {
  async run(x: any) {
    await trackServerEvent('C', x.id, {n: 1}); // !FS501
  }
}
"""
    },
    ("FS501",),
)
PROJECTS["koa-fastify-hono"] = (
    {
        "server/k.js": """
const Router = require('@koa/router');
const { trackServerEvent } = require('@acme/t');
const router = new Router();
router.post('/a', async (ctx) => { await trackServerEvent('A', ctx.state.uid, {n: 1}); ctx.body = {}; }); // !FS501
router.post('/b', (ctx) => trackServerEvent('B', ctx.state.uid, {n: 1})); // !FS501
module.exports = router;
""",
        "server/f.js": """
const { trackServerEvent } = require('@acme/t');
module.exports = async function (fastify, opts) {
  fastify.post('/a', async (request, reply) => { await trackServerEvent('F', request.user.id, {n: 1}); return {}; }); // !FS501
  fastify.post('/b', async (request, reply) => { reply.send({}); await trackServerEvent('F2', request.user.id, {n: 1}); });
  fastify.addHook('onResponse', async () => { await trackServerEvent('F3', 'user_1', {n: 1}); });
  fastify.addHook('preHandler', async () => { await trackServerEvent('F4', 'user_1', {n: 1}); }); // !FS501
  fastify.route({ method: 'GET', url: '/x', handler: async () => { await trackServerEvent('F5', 'user_1', {n: 1}); } }); // !FS501
};
""",
        "server/h.ts": T
        + """
import { Hono } from 'hono';
const app = new Hono().basePath('/api');
app.post('/a', async (c) => { await trackServerEvent('H', c.get('uid'), {n: 1}); return c.json({}); }); // !FS501
app.get('/a', async (c) => { c.executionCtx.waitUntil(trackServerEvent('H2', c.get('uid'), {n: 1})); return c.json({}); });
export default app;
""",
        "server/index.js": "const fastify = require('fastify')();\nfastify.register(require('./f'));\n",
    },
    ("FS501",),
)
PROJECTS["nest"] = (
    {
        "src/orders.controller.ts": """
import { Controller, Post, Injectable, CanActivate } from '@nestjs/common';
import { OrdersService } from './orders.service';
import { trackServerEvent } from '@acme/t';
@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}
  @Post()
  create(@Body() dto: any) { return this.orders.create(dto); }
  @Post('b')
  async b(@Body() dto: any) {
    await trackServerEvent('B', dto.id, {n: 1}); // !FS501
    return {};
  }
  @Post('c')
  async c(@Body() dto: any) {
    this.orders.fire(dto);
    return {};
  }
  other(dto: any) { return trackServerEvent('Other', dto.id, {n: 1}); }
}
@Injectable()
export class G implements CanActivate {
  async canActivate(ctx: any) { await trackServerEvent('G', ctx.u, {n: 1}); return true; } // !FS501
}
""",
        "src/orders.service.ts": """
import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { Cron } from '@nestjs/schedule';
import { trackServerEvent } from '@acme/t';
@Injectable()
export class OrdersService {
  async create(dto: any) {
    await trackServerEvent('A', dto.id, {n: 1}); // !FS501
  }
  async fire(dto: any) { await trackServerEvent('F', dto.id, {n: 1}); }
  @OnEvent('x') async on(dto: any) { await trackServerEvent('N', dto.id, {n: 1}); }
  @Cron('* * * * *') async cron() { await trackServerEvent('N2', 'user_1', {n: 1}); }
}
""",
    },
    ("FS501",),
)
PROJECTS["meta"] = (
    {
        "app/routes/x.tsx": T
        + """
import { json } from '@remix-run/node';
export async function action({ request }: any) { await trackServerEvent('A', 'user_1', {n: 1}); return json({}); } // !FS501
export const loader = async () => { trackServerEvent('B', 'user_1', {n: 1}).catch(() => {}); return json({}); };
""",
        "src/routes/y/+server.ts": T
        + """
export const POST = async ({ locals }) => { await trackServerEvent('C', locals.uid, {n: 1}); return new Response(); }; // !FS501
""",
        "src/routes/y/+page.server.ts": T
        + """
export const actions = { default: async ({ locals }) => { await trackServerEvent('D', locals.uid, {n: 1}); } }; // !FS501
export async function load({ locals }) { await trackServerEvent('E', locals.uid, {n: 1}); } // !FS501
""",
        "server/api/z.post.ts": T
        + """
export default defineEventHandler(async (event) => { await trackServerEvent('F', event.context.uid, {n: 1}); return {}; }); // !FS501
""",
        "src/trpc/r.ts": T
        + """
import { initTRPC } from '@trpc/server';
const t = initTRPC.create();
export const r = t.router({ a: t.procedure.input(x).mutation(async ({ ctx }) => { await trackServerEvent('G', ctx.uid, {n: 1}); }) }); // !FS501
""",
        "src/trpc/m.ts": T
        + """
import { initTRPC } from '@trpc/server';
const t = initTRPC.create();
export const authed = t.procedure.use(async ({ ctx, next }) => { await trackServerEvent('G2', ctx.uid, {n: 1}); return next(); }); // !FS501
export const timed = t.middleware(async ({ ctx, next }) => { await trackServerEvent('G3', ctx.uid, {n: 1}); return next(); }); // !FS501
const plugins = makePlugins();
plugins.use(async () => { await trackServerEvent('G4', 'user_1', {n: 1}); });
""",
        "src/trpc/n.ts": T
        + """
import { authedProcedure } from './m';
export const paid = authedProcedure.use(async ({ ctx, next }) => { await trackServerEvent('G5', ctx.uid, {n: 1}); return next(); }); // !FS501
""",
        "src/gql.ts": T
        + """
import { ApolloServer } from '@apollo/server';
const resolvers = { Mutation: { buy: async (_: any, a: any, ctx: any) => { await trackServerEvent('H', ctx.uid, {n: 1}); return 1; } } }; // !FS501
new ApolloServer({ resolvers });
""",
        "pages/i.tsx": T
        + """
export const getServerSideProps = async (ctx: any) => { await trackServerEvent('I', ctx.uid, {n: 1}); return { props: {} }; }; // !FS501
export default function P() { return <div />; }
""",
        "functions/lambda.ts": T
        + """
export const handler = async (event: any) => { await trackServerEvent('J', event.uid, {n: 1}); return { statusCode: 200 }; };
""",
        "worker/index.ts": T
        + """
export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext) { await trackServerEvent('K', 'user_1', {n: 1}); return new Response(); }, // !FS501
  async scheduled(c: any, env: Env) { await trackServerEvent('K2', 'user_1', {n: 1}); },
};
""",
    },
    ("FS501",),
)
SEND = """
import requests
def send(name, uid, props=None):
    try:
        requests.post("https://api.fullstory.com/v2/events", json={"name": name, "user": {"uid": uid}}, timeout=3)
    except requests.RequestException:
        pass
"""
ASEND = """
import httpx
async def asend(name, uid, props=None):
    async with httpx.AsyncClient(timeout=3) as client:
        try:
            await client.post("https://api.fullstory.com/v2/events", json={"name": name, "user": {"uid": uid}})
        except httpx.HTTPError:
            pass
"""
PROJECTS["fastapi"] = (
    {
        "app/fs.py": SEND,
        "app/afs.py": ASEND,
        "app/main.py": """
import asyncio
from typing import Annotated
from fastapi import FastAPI, Depends, BackgroundTasks, Request
from app.fs import send
from app.afs import asend
app = FastAPI()
@app.post("/a")
async def a():
    await asend("A", "user_1")  # !FS501
@app.post("/b")
async def b():
    task = asyncio.create_task(asend("B", "user_1"))  # !FS501
    await work()
    await task
@app.post("/c")
async def c():
    asyncio.create_task(asend("C", "user_1"))
    asyncio.ensure_future(asend("C2", "user_1"))
@app.post("/d")
async def d():
    await asyncio.gather(work(), asend("D", "user_1"))  # !FS501
@app.post("/e")
async def e():
    async with asyncio.TaskGroup() as tg:
        tg.create_task(asend("E", "user_1"))  # !FS501
        tg.create_task(work())
@app.post("/f")
async def f():
    await asyncio.to_thread(send, "F", "user_1")  # !FS501
@app.post("/g")
async def g():
    loop = asyncio.get_running_loop()
    loop.run_in_executor(None, send, "G", "user_1")
    await loop.run_in_executor(None, send, "G2", "user_1")  # !FS501
@app.post("/h")
def h(bg: BackgroundTasks):
    send("H", "user_1")  # !FS501
    bg.add_task(send, "H2", "user_1")
async def dep():
    await asend("I", "user_1")  # !FS501
    yield 1
    await asend("I2", "user_1")
@app.get("/i")
async def i(x=Depends(dep)):
    return x
def dep2():
    send("J", "user_1")  # !FS501
@app.get("/j")
async def j(x: Annotated[int, Depends(dep2)]):
    return x
@app.middleware("http")
async def mw(request: Request, call_next):
    r = await call_next(request)
    await asend("K", "user_1")  # !FS501
    return r
@app.on_event("startup")
async def start():
    await asend("L", "user_1")
async def service(u):
    await asend("M", u)  # !FS501
@app.get("/m")
async def m():
    return await service("user_1")
async def service2(u):
    await asend("N", u)
@app.get("/n")
async def n():
    asyncio.create_task(service2("user_1"))
@app.get("/o")
async def o():
    await asyncio.wait_for(asend("O", "user_1"), 2)  # !FS501
@app.get("/p")
async def p():
    await asyncio.shield(asend("P", "user_1"))  # !FS501
@app.get("/q")
async def q():
    tasks = [asend("Q", u) for u in ["user_1", "user_2"]]  # !FS501
    await asyncio.gather(*tasks)
""",
    },
    ("FS501",),
)
PROJECTS["django"] = (
    {
        "app/fs.py": SEND,
        "app/views.py": """
from django.db import transaction
from django.http import JsonResponse
from django.views import View
from django.views.generic import CreateView
from app.fs import send
from app.tasks import task
from concurrent.futures import ThreadPoolExecutor
import threading
pool = ThreadPoolExecutor()
def a(request):
    send("A", request.user.pk)  # !FS501
    return JsonResponse({})
def b(request):
    transaction.on_commit(lambda: send("B", request.user.pk))  # !FS501
    return JsonResponse({})
class C(CreateView):
    def form_valid(self, form):
        r = super().form_valid(form)
        send("C", self.request.user.pk)  # !FS501
        return r
class D(View):
    async def get(self, request):
        return JsonResponse({})
    def post(self, request):
        self._note()
        threading.Thread(target=send, args=("D2", "user_1")).start()
        pool.submit(send, "D3", "user_1")
        pool.submit(send, "D4", "user_1").result()  # !FS501
        task.delay("user_1")
        return JsonResponse({})
    def _note(self):
        send("D", self.request.user.pk)  # !FS501
def helper(u):
    send("E", u)
class Form:
    def save(self, request):
        send("F", "user_1")
class Mw:
    def __init__(self, get_response):
        self.get_response = get_response
    def __call__(self, request):
        r = self.get_response(request)
        send("G", "user_1")  # !FS501
        return r
def mw(get_response):
    def inner(request):
        send("H", "user_1")  # !FS501
        return get_response(request)
    return inner
""",
        "app/tasks.py": """
from celery import shared_task
from app.fs import send
@shared_task
def task(u):
    send("T", u)
""",
        "app/signals.py": """
from django.dispatch import receiver
from app.fs import send
@receiver(x)
def s(sender, instance, **kw):
    send("S", instance.pk)
""",
        "app/management/commands/c.py": """
from django.core.management.base import BaseCommand
from app.fs import send
class Command(BaseCommand):
    def handle(self, *a, **k):
        send("CC", "user_1")
""",
    },
    ("FS501",),
)
PROJECTS["others"] = (
    {
        "app/fs.py": SEND,
        "app/afs.py": ASEND,
        "app/x.py": """
from aiohttp import web
from app.afs import asend
routes = web.RouteTableDef()
@routes.get("/a")
async def a(request):
    await asend("A", "user_1")  # !FS501
    return web.Response()
async def b(request):
    await asend("B", "user_1")  # !FS501
    return web.Response()
app = web.Application()
app.router.add_post("/b", b)
app.add_routes([web.get("/c", b)])
""",
        "app/q.py": """
from quart import Quart, current_app
from app.afs import asend
app = Quart(__name__)
@app.route("/a")
async def a():
    await asend("A", "user_1")  # !FS501
    return "x"
@app.route("/b")
async def b():
    app.add_background_task(asend, "B", "user_1")
    return "x"
@app.before_request
async def c():
    await asend("C", "user_1")  # !FS501
""",
        "app/s.py": """
import strawberry
from app.afs import asend
@strawberry.type
class Mutation:
    @strawberry.mutation
    async def buy(self, info) -> int:
        await asend("D", "user_1")  # !FS501
        return 1
""",
        "app/l.py": """
from litestar import Litestar, get, Controller, post
from app.afs import asend
@get("/a")
async def a() -> str:
    await asend("E", "user_1")  # !FS501
    return "x"
class C(Controller):
    @post("/x")
    async def x(self) -> str:
        await asend("F", "user_1")  # !FS501
        return ""
""",
        "app/sa.py": """
from sanic import Sanic
from app.afs import asend
app = Sanic("x")
@app.post("/a")
async def a(request):
    await asend("G", "user_1")  # !FS501
@app.post("/b")
async def b(request):
    request.app.add_task(asend("H", "user_1"))
""",
        "app/starl.py": """
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse
from app.afs import asend
async def a(request):
    await asend("I", "user_1")  # !FS501
    return JSONResponse({})
async def b(request):
    return JSONResponse({}, background=BackgroundTask(asend, "J", "user_1"))
app = Starlette(routes=[Route("/a", a), Route("/b", b)])
""",
        "app/w.py": """
import dramatiq
from rq import Queue
from apscheduler.schedulers.background import BackgroundScheduler
from app.fs import send
@dramatiq.actor
def act(u):
    send("K", u)
def job():
    send("L", "user_1")
BackgroundScheduler().add_job(job, "interval", minutes=1)
from flask import Flask
app = Flask(__name__)
q = Queue()
@app.route("/x")
def x():
    act.send("user_1")
    q.enqueue(send, "M", "user_1")
    q.enqueue(job)
    return ""
""",
    },
    ("FS501",),
)
PROJECTS["unseen-py"] = (
    {
        "app/x.py": """
from flask import Flask
from telemetry import track_server_event, track_server_event_async
app = Flask(__name__)
@app.route("/x")
def x():
    track_server_event("A", "user_1", {"n": 1})
    return ""
"""
    },
    ("FS501", "FS505"),
)
PROJECTS["fs505"] = (
    {
        "app/fs.py": SEND,
        "app/x.py": """
import asyncio, functools
from app.fs import send
def note(u):
    send("A", u)
async def a():
    note("user_1")  # !FS505
async def b():
    send("B", "user_1")  # !FS505
async def c():
    await asyncio.to_thread(note, "user_1")
    await a()
    asyncio.get_running_loop().call_soon(send, "X", "user_1")
from asgiref.sync import sync_to_async
@sync_to_async
def stored():
    note("user_1")
@sync_to_async(thread_sensitive=False)
def kept():
    send("K", "user_1")
async def d():
    await stored()
    await kept()
class S:
    def __init__(self):
        import httpx
        self.client = httpx.Client(timeout=3)
    async def run(self):
        self.client.post("https://api.fullstory.com/v2/events", json={"name": "Z", "user": {"uid": "user_1"}})  # !FS505
    async def run2(self):
        import urllib.request
        urllib.request.urlopen(urllib.request.Request("https://api.fullstory.com/v2/events", data=b"{}", method="POST"), timeout=3)  # !FS505
""",
    },
    ("FS505",),
)


@pytest.mark.parametrize("name", PROJECTS)
def test_project(name: str) -> None:
    found, expected = found_and_marked(*PROJECTS[name])
    assert found == expected


def test_what_is_lost_says_where_nothing_waits_and_whose_handler_sends_it() -> None:
    files = {
        "app/lib/track.ts": """
        export function trackPaid(plan: string) {
          return trackServerEvent('Plan Paid', 'user_1', { plan });
        }
        """,
        "app/api/pay/route.ts": """
        import { trackPaid } from '../../lib/track';
        export async function POST() {
          trackPaid('pro').catch(() => {});
          return Response.json({});
        }
        """,
    }
    found, project = run(files, ["FS510"])
    (lost,) = found
    line = {path: module.line for path, module in project.all_modules.items()}
    assert (lost.place.path, line[lost.place.path](lost.place.start)) == ("app/lib/track.ts", 2)
    assert [(r.place.path, line[r.place.path](r.place.start), r.message) for r in lost.related] == [
        ("app/api/pay/route.ts", 3, "nothing waits for it here"),
        ("app/api/pay/route.ts", 2, "this Next.js handler sends it"),
    ]
