"""Failures, timeouts, answers, retries and loops of server calls, in small projects.

A project is {path: source} with the codes that run; a line that a finding stands on ends in a comment with `!FSnnn`.
"""

from __future__ import annotations

import pytest
from markers import Projects, found_and_marked

PROJECTS: Projects = {}
STRICT = """
import requests
class FullStoryError(Exception):
    pass
def send(name, uid, props=None):
    r = requests.post("https://api.fullstory.com/v2/events", json={"name": name, "user": {"uid": uid}}, timeout=3)
    r.raise_for_status()
def send2(name, uid, props=None):
    try:
        requests.post("https://api.fullstory.com/v2/events", json={"name": name, "user": {"uid": uid}}, timeout=3)
    except requests.RequestException as e:
        raise FullStoryError(str(e)) from e
"""
PROJECTS["py"] = (
    {
        "app/fs.py": STRICT,
        "app/deco.py": """
import functools, logging
def quietly(f):
    @functools.wraps(f)
    def inner(*a, **k):
        try:
            return f(*a, **k)
        except Exception:
            logging.exception("x")
    return inner
def loud(f):
    @functools.wraps(f)
    def inner(*a, **k):
        return f(*a, **k)
    return inner
""",
        "app/x.py": """
import contextlib, threading, asyncio
import requests
from celery import shared_task
from app.fs import send, send2, FullStoryError
from app.deco import quietly, loud
from telemetry import track_server_event
def a(u):
    send("A", u)  # !FS502
def b(u):
    try:
        send("B", u)
    except requests.RequestException:
        pass
def c(u):
    try:
        send("C", u)  # !FS502
    except ValueError:
        pass
def d(u):
    try:
        send("D", u)  # !FS502
    except Exception:
        log()
        raise
def e(u):
    with contextlib.suppress(Exception):
        send("E", u)
def f(u):
    try:
        work()
    except Exception:
        send("F", u)  # !FS502
    else:
        send("F2", u)  # !FS502
    finally:
        send("F3", u)  # !FS502
@quietly
def g(u):
    send("G", u)
@loud
def h(u):
    send("H", u)  # !FS502
def i(u):
    threading.Thread(target=send, args=("I", u)).start()
@shared_task(autoretry_for=(Exception,))
def j(u):
    send("J", u)
@shared_task(bind=True)
def k(self, u):
    try:
        send("K", u)
    except requests.RequestException as exc:
        raise self.retry(exc=exc)
@shared_task
def l(u):
    send("L", u)  # !FS502
def m(u):
    try:
        send2("M", u)
    except FullStoryError:
        pass
def n(u):
    send2("N", u)  # !FS502
def o(u):
    track_server_event("O", u, {"n": 1})  # !FS502
def p(u):
    try:
        track_server_event("P", u, {"n": 1})
    except Exception:
        pass
def q(u):
    return send("Q", u)
def r(u):
    q(u)  # !FS502
def s(u):
    try:
        try:
            send("S", u)
        finally:
            done()
    except Exception as exc:
        print(exc)
def t(u):
    try:
        send("T", u)  # !FS502
    except requests.Timeout:
        pass
async def v(u):
    try:
        await asyncio.to_thread(send, "V", u)
    except (ValueError, requests.exceptions.RequestException):
        pass
    await asyncio.gather(asyncio.to_thread(send, "V2", u), return_exceptions=True)
    await asyncio.to_thread(send, "V3", u)  # !FS502
    asyncio.create_task(asyncio.to_thread(send, "V4", u))
""",
    },
    ("FS502",),
)
PROJECTS["js"] = (
    {
        "s/fs.ts": """
import axios from 'axios';
export async function track(name: string, uid: string, properties: object = {}) {
  await axios.post('https://api.fullstory.com/v2/events', { name, user: { uid }, properties }, { timeout: 3000 });
}
export async function safe(name: string, uid: string) {
  try { await track(name, uid); } catch (e) { console.warn(e); }
}
export function safe2(name: string, uid: string) {
  return track(name, uid).catch(() => undefined);
}
export function floats(name: string, uid: string) {
  track(name, uid); // !FS502
}
export async function rethrows(name: string, uid: string) {
  try { await track(name, uid); } catch (e) { console.warn(e); throw e; }
}
const swallow = (fn: any) => async (...a: any[]) => { try { return await fn(...a); } catch (e) { console.log(e); } };
export const wrapped = swallow(async (uid: string) => { await track('W', uid); });
""",
        "s/x.ts": """
import { track, safe, safe2, floats, rethrows } from './fs';
import { trackServerEvent } from '@acme/t';
export async function a(u: string) {
  await track('A', u); // !FS502
}
export async function b(u: string) {
  track('B', u); // !FS502
  void track('B2', u); // !FS502
  try { track('B3', u); } catch {} // !FS502
}
export async function c(u: string) {
  await safe('C', u); await safe2('C2', u); floats('C3', u);
}
export async function d(u: string) {
  await rethrows('D', u); // !FS502
}
export async function e(u: string) {
  await Promise.allSettled([track('E', u)]);
  await Promise.all([track('E2', u), work()]); // !FS502
  track('E3', u).then(() => {}, () => {});
  track('E4', u).then(() => 1).catch(console.error);
  track('E5', u).then(() => 1); // !FS502
  track('E6', u).catch((err) => { throw err; }); // !FS502
}
export async function f(u: string) {
  const p = track('F', u);
  try { await p; } catch {}
}
export function g(u: string) {
  return track('G', u);
}
export async function h(u: string) {
  await g(u); // !FS502
  g(u).catch(() => {});
}
export function i(u: string) { trackServerEvent('I', u, {n: 1}); }
export async function j(u: string) { await trackServerEvent('J', u, {n: 1}); } // !FS502
export const k = (u: string) => safe('K', u);
export async function l(u: string) {
  try { await work(); } catch (e) { await track('L', u); } // !FS502
}
export async function m(us: string[]) {
  await Promise.all(us.map((u) => track('M', u).catch(() => {})));
  try { await Promise.all(us.map((u) => track('M2', u))); } catch {}
  await Promise.all(us.map(async (u) => { await track('M3', u); })); // !FS502
}
""",
    },
    ("FS502",),
)
PROJECTS["510"] = (
    {
        "app/api/a/route.ts": """
import { after } from 'next/server';
import { track, noted } from '@/lib/fs';
export async function POST() {
  track('A', 'user_1').catch(() => {}); // !FS510
  after(() => track('B', 'user_1'));
  after(async () => { await track('B2', 'user_1'); });
  setTimeout(() => track('C', 'user_1'), 0); // !FS510
  noted('user_1');
  return Response.json({});
}
""",
        "lib/fs.ts": """
export async function track(name: string, uid: string) {
  try { await fetch('https://api.fullstory.com/v2/events', { method: 'POST', signal: AbortSignal.timeout(1), body: JSON.stringify({ name, user: { uid } }) }); } catch {}
}
export async function noted(uid: string) { await track('N', uid); } // !FS510
""",
        "api/py/h.py": """
import asyncio, threading
from telemetry import track_server_event
def lambda_handler(event, context):
    threading.Thread(target=track_server_event, args=("A", "user_1", {"n": 1})).start()  # !FS510
    track_server_event("B", "user_1", {"n": 1})
    return {}
""",
        "fn/l.ts": """
import { trackServerEvent } from '@acme/t';
export const handler = async (event: any) => {
  trackServerEvent('A', event.uid, {n: 1}); // !FS510
  await trackServerEvent('B', event.uid, {n: 1});
  return {};
};
""",
        "w/index.ts": """
import { trackServerEvent } from '@acme/t';
export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext) {
    trackServerEvent('A', 'user_1', {n: 1}); // !FS510
    ctx.waitUntil(trackServerEvent('B', 'user_1', {n: 1}));
    return new Response();
  },
  async queue(batch: any, env: Env) {
    for (const m of batch.messages) trackServerEvent('C', m.uid, {n: 1}).catch(() => {}); // !FS510
  },
};
""",
        "server/e.ts": """
import express from 'express';
import { trackServerEvent } from '@acme/t';
const app = express();
app.get('/', (req, res) => { trackServerEvent('A', 'user_1', {n: 1}).catch(() => {}); res.end(); });
""",
    },
    ("FS510",),
)
PROJECTS["510wrap"] = (
    {
        "app/a/actions.ts": """
'use server';
import { fire } from '@/lib/fs';
export async function buy() {
  fire('A', 'user_1');
  await fire('B', 'user_1');
}
""",
        "lib/fs.ts": """
export function fire(name: string, uid: string) {
  fetch('https://api.fullstory.com/v2/events', { method: 'POST', signal: AbortSignal.timeout(1), body: JSON.stringify({ name, user: { uid } }) }).catch(() => {}); // !FS510
}
""",
    },
    ("FS510", "FS501"),
)
PROJECTS["510standalone"] = (
    {
        "next.config.mjs": "export default { output: 'standalone' };\n",
        "package.json": "{}",
        "app/api/a/route.ts": """
import { trackServerEvent } from '@acme/t';
export async function POST() {
  trackServerEvent('A', 'user_1', {n: 1}).catch(() => {});
  return Response.json({});
}
""",
    },
    ("FS510",),
)
U = '"https://api.fullstory.com/v2/events"'
PROJECTS["503py"] = (
    {
        "a/x.py": f"""
import asyncio, os
import requests, httpx, aiohttp, urllib.request, urllib3, http.client
URL = {U}
TIMEOUT = 30  # !FS503
SHORT = 3
s = requests.Session()
def a(b): requests.post(URL, json=b)  # !FS503
def b(b): requests.post(URL, json=b, timeout=TIMEOUT)
def c(b): requests.post(URL, json=b, timeout=SHORT)
def d(b): requests.post(URL, json=b, timeout=None)  # !FS503
def e(b): requests.post(URL, json=b, timeout=(3, 27))  # !FS503
def f(b): requests.post(URL, json=b, timeout=(3, 5))
def g(b): requests.post(URL, json=b, timeout=float(os.environ["T"]))
def h(b): s.post(URL, json=b)  # !FS503
def i(b): httpx.post(URL, json=b)
def j(b): httpx.post(URL, json=b, timeout=httpx.Timeout(None))  # !FS503
def k(b): httpx.post(URL, json=b, timeout=httpx.Timeout(60.0, connect=5.0))  # !FS503
async def l(b):
    async with aiohttp.ClientSession() as se:
        await asyncio.wait_for(se.post(URL, json=b), 3)
        async with asyncio.timeout(3):
            await se.post(URL, json=b)
        async with se.post(URL, json=b, timeout=5) as r:
            pass
        async with se.post(URL, json=b, timeout=aiohttp.ClientTimeout(total=60)) as r:  # !FS503
            pass
        await se.post(URL, json=b)  # !FS503
async def m(se: aiohttp.ClientSession, b):
    await se.post(URL, json=b)
def n(b):
    urllib.request.urlopen(urllib.request.Request(URL, data=b, method="POST"))  # !FS503
    urllib.request.urlopen(urllib.request.Request(URL, data=b, method="POST"), timeout=4)
    http = urllib3.PoolManager()
    http.request("POST", URL, body=b)  # !FS503
    http.request("POST", URL, body=b, timeout=2.0)
    http2 = urllib3.PoolManager(timeout=urllib3.Timeout(connect=2.0, read=3.0))
    http2.request("POST", URL, body=b)
    conn = http.client.HTTPSConnection("api.fullstory.com")
def o(b, timeout=60):  # !FS503
    requests.post(URL, json=b, timeout=timeout)
def p(b, timeout):
    requests.post(URL, json=b, timeout=timeout)
p(1, timeout=3)
p(1, timeout=90)  # !FS503
def q(b, client: httpx.Client):
    client.post(URL, json=b)
"""
    },
    ("FS503",),
)
PROJECTS["503hc"] = (
    {
        "a/x.py": """
import http.client
def a(b):
    conn = http.client.HTTPSConnection("api.fullstory.com")
    conn.request("POST", "/v2/events", body=b)  # !FS503
def c(b):
    conn = http.client.HTTPSConnection("api.fullstory.com", timeout=3)
    conn.request("POST", "/v2/events", body=b)
"""
    },
    ("FS503",),
)
PROJECTS["503js"] = (
    {
        "a/x.ts": f"""
import axios from 'axios';
import got from 'got';
import ky from 'ky';
const URL = {U};
const client = axios.create({{ baseURL: 'https://api.fullstory.com', timeout: 3000 }});
const slow = axios.create({{ baseURL: 'https://api.fullstory.com', timeout: 60_000 }}); // !FS503
const none = axios.create({{ baseURL: 'https://api.fullstory.com' }});
export const a = (b: any) => fetch(URL, {{ method: 'POST', body: JSON.stringify(b) }}); // !FS503
export const b = (b: any) => fetch(URL, {{ method: 'POST', body: JSON.stringify(b), signal: AbortSignal.timeout(3000) }});
export const c = (b: any) => fetch(URL, {{ method: 'POST', body: JSON.stringify(b), signal: AbortSignal.timeout(30000) }}); // !FS503
export const d = (b: any) => axios.post(URL, b); // !FS503
export const e = (b: any) => axios.post(URL, b, {{ timeout: 0 }}); // !FS503
export const f = (b: any) => client.post('/v2/events', b);
export const g = (b: any) => slow.post('/v2/events', b);
export const h = (b: any) => none.post('/v2/events', b); // !FS503
export const i = (b: any) => got.post(URL, {{ json: b }}); // !FS503
export const j = (b: any) => got.post(URL, {{ json: b, timeout: {{ request: 5000 }} }});
export const k = (b: any) => ky.post(URL, {{ json: b }});
export const l = (b: any) => ky.post(URL, {{ json: b, timeout: false }}); // !FS503
export const m = (b: any) => Promise.race([fetch(URL, {{ method: 'POST', body: JSON.stringify(b) }}), sleep(3000)]);
export async function n(b: any) {{
  const ac = new AbortController();
  const t = setTimeout(() => ac.abort(), 3000);
  await fetch(URL, {{ method: 'POST', body: JSON.stringify(b), signal: ac.signal }});
}}
export const o = (b: any, ms = 3000) => fetch(URL, {{ method: 'POST', body: JSON.stringify(b), signal: AbortSignal.timeout(ms) }});
"""
    },
    ("FS503",),
)
PROJECTS["503def"] = (
    {
        "a/x.js": f"""
const axios = require('axios');
axios.defaults.timeout = 4000;
exports.a = (b) => axios.post({U}, b);
""",
        "a/y.py": """
import socket
import requests
socket.setdefaulttimeout(3)
def a(b): requests.post("https://api.fullstory.com/v2/events", json=b)
""",
    },
    ("FS503",),
)
PROJECTS["511"] = (
    {
        "a/x.ts": f"""
const URL = {U};
const o = {{ method: 'POST', body: '{{}}', signal: AbortSignal.timeout(1) }};
const opt = (b: any) => ({{ method: 'POST', body: JSON.stringify(b) }});
export async function a() {{ await fetch(URL, {{ method: 'POST', body: '{{}}' }}); }} // !FS511
export async function b() {{ const r = await fetch(URL, {{ method: 'POST', body: '{{}}' }}); if (!r.ok) throw new Error(''); }}
export async function c() {{ const r = await fetch(URL, {{ method: 'POST', body: '{{}}' }}); return r.json(); }} // !FS511
export async function d() {{ const {{ status }} = await fetch(URL, {{ method: 'POST', body: '{{}}' }}); return status; }}
export function e() {{ fetch(URL, {{ method: 'POST', body: '{{}}' }}).catch(console.error); }} // !FS511
export function f() {{ fetch(URL, {{ method: 'POST', body: '{{}}' }}).then((r) => {{ if (!r.ok) console.warn(r.status); }}).catch(console.error); }}
export function g() {{ fetch(URL, {{ method: 'POST', body: '{{}}' }}).then((r) => r.json()).catch(console.error); }} // !FS511
export function h() {{ return fetch(URL, {{ method: 'POST', body: '{{}}' }}); }}
export function i() {{ return fetch(URL, {{ method: 'POST', body: '{{}}' }}).then(check); }}
async function j() {{ return fetch(URL, {{ method: 'POST', body: '{{}}' }}); }} // !FS511
export async function k() {{ await j(); }}
async function l() {{ return await fetch(URL, {{ method: 'POST', body: '{{}}' }}); }}
export async function m() {{ const r = await l(); log(r.status); }}
async function n() {{ const r = await fetch(URL, {{ method: 'POST', body: '{{}}' }}); return r; }} // !FS511
export async function p() {{ try {{ await n(); }} catch {{}} }}
export async function q() {{ const r = await fetch(URL, {{ method: 'POST', body: '{{}}' }}); console.log(r); }}
export async function s() {{ if (!(await fetch(URL, {{ method: 'POST', body: '{{}}' }})).ok) throw new Error(); }}
export async function t() {{ const text = await (await fetch(URL, {{ method: 'POST', body: '{{}}' }})).text(); return text; }} // !FS511
""",
        "a/x.py": f"""
import httpx, aiohttp, requests
URL = {U}
hooked = httpx.Client(event_hooks={{"response": [check]}})
sess = requests.Session()
def a(b): hooked.post(URL, json=b)
def c(b): sess.post(URL, json=b, timeout=3)  # !FS511
def d(b):
    with httpx.Client() as c:
        c.post(URL, json=b)  # !FS511
def e(b):
    r = sess.post(URL, json=b, timeout=3)
    return r.status_code == 200
def f(b):
    r = sess.post(URL, json=b, timeout=3)
    check(r)
def g(b):
    return sess.post(URL, json=b, timeout=3).json()  # !FS511
async def h(b):
    async with aiohttp.ClientSession(raise_for_status=True) as s:
        await s.post(URL, json=b)
def i(c: httpx.Client, b):
    c.post(URL, json=b)
def j(b):
    r = requests.post(URL, json=b, timeout=3)
    if not r: raise X
""",
    },
    ("FS511",),
)
PROJECTS["504py"] = (
    {
        "a/x.py": """
import asyncio
import requests
from telemetry import track_server_event, track_server_event_async
from a.t import task
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor()
URL = "https://api.fullstory.com/v2/events"
def notify(u):
    track_server_event("N", u.uid, {"n": 1})  # !FS504
def a(users):
    for u in users:
        notify(u)
def b(users):
    for u in users:
        if u.ok:
            track_server_event("B", u.uid, {"n": 1})
            break
def c(users):
    for u in users:
        if u.ok:
            return track_server_event("C", u.uid, {"n": 1})
def d(body):
    for attempt in range(3):
        try:
            r = requests.post(URL, json=body, timeout=3)
            r.raise_for_status()
            return
        except requests.RequestException:
            sleep(2 ** attempt)
def e(q):
    while True:
        job = q.get()
        track_server_event("E", job.uid, {"n": 1})
async def f(consumer):
    async for m in consumer:
        await track_server_event_async("F", m.uid, {"n": 1})
def g(users):
    for u in users:
        task.delay(u.uid)
def h(users):
    batch = []
    for u in users:
        batch.append({"name": "H", "user": {"uid": u.uid}})
    requests.post(URL + "/batch", json={"requests": batch}, timeout=3)
def i(users):
    i = 0
    while i < len(users):
        track_server_event("I", users[i].uid, {"n": 1})  # !FS504
        i += 1
def j(users):
    for u in users:
        uid = u.uid
        props = {"n": u.n}
        track_server_event("J", uid, props)  # !FS504
def k(users):
    for _ in users:
        track_server_event("K", "user_1", {"n": 1})
async def l(users):
    for u in users:
        asyncio.create_task(track_server_event_async("L", u.uid, {"n": 1}))  # !FS504
def m(users):
    for chunk in chunks(users, 100):
        requests.post(URL + "/batch", json={"requests": [x for x in chunk]}, timeout=3)
def n(users):
    for u in users:
        def cb():
            track_server_event("NN", u.uid, {"n": 1})
        register(cb)
""",
        "a/t.py": """
from celery import shared_task
from telemetry import track_server_event
@shared_task
def task(uid):
    track_server_event("T", uid, {"n": 1})
""",
    },
    ("FS504",),
)
PROJECTS["504js"] = (
    {
        "s/x.ts": """
import { trackServerEvent } from '@acme/t';
export async function a(us: any[]) {
  for (const u of us) await trackServerEvent('A', u.uid, {n: 1}); // !FS504
  us.forEach((u) => { trackServerEvent('B', u.uid, {n: 1}); }); // !FS504
  await Promise.all(us.map((u) => trackServerEvent('C', u.uid, {n: 1}))); // !FS504
  for (let i = 0; i < us.length; i++) { await trackServerEvent('D', us[i].uid, {n: 1}); } // !FS504
  for (let i = 0; i < us.length; i++) { await trackServerEvent('E', 'user_1', {n: 1}); }
  us.forEach((u) => emitter.on('x', () => trackServerEvent('F', u.uid, {n: 1})));
  const n = us.filter((u) => u.ok).length;
  await trackServerEvent('G', 'user_1', { n });
  for (const u of us) { if (u.bad) { await trackServerEvent('H', u.uid, {n: 1}); break; } }
  for (const u of us) { const p = { n: u.n }; await trackServerEvent('I', 'user_1', p); } // !FS504
  for (const [k, v] of Object.entries(us)) { await trackServerEvent('J', k, {n: 1}); } // !FS504
  for (;;) { const m = await next(); await trackServerEvent('K', m.uid, {n: 1}); }
  for await (const m of stream) { await trackServerEvent('L', m.uid, {n: 1}); }
}
""",
        "web/y.tsx": """
import { useEffect } from 'react';
window.addEventListener('scroll', () => { FS.event('S', { y_int: window.scrollY }); }); // !FS504
window.addEventListener('click', () => { FS.event('S2', {}); });
window.addEventListener('scroll', throttle(() => { FS.event('S3', {}); }, 100));
window.addEventListener('scroll', onScroll, { passive: true });
function onScroll() { FS.event('S4', {}); } // !FS504
let sent = false;
window.addEventListener('scroll', () => { if (sent) return; sent = true; FS.event('S5', {}); });
let timer: any;
window.addEventListener('resize', () => { clearTimeout(timer); timer = setTimeout(() => FS.event('S6', {}), 200); });
let last = 0;
document.onmousemove = () => { if (Date.now() - last < 500) return; last = Date.now(); FS.event('S7', {}); };
document.onmousemove = () => { FS.event('S8', {}); }; // !FS504
export function C() {
  useEffect(() => {
    const h = () => FS.event('S9', {}); // !FS504
    window.addEventListener('resize', h);
    return () => window.removeEventListener('resize', h);
  }, []);
  return <div onScroll={() => FS.event('S10', {})} onClick={() => FS.event('S11', {})}> {/* !FS504 */}
    <input onChange={(e) => FS.event('S12', {})} /></div>;
}
const seen = new Set<number>();
window.addEventListener('scroll', () => { const m = depth(); if (seen.has(m)) return; seen.add(m); FS.event('S13', {}); });
$(window).on('scroll', function () { FS.event('S14', {}); }); // !FS504
$(window).scroll(function () { FS.event('S15', {}); }); // !FS504
const deb = debounce(() => FS.event('S16', {}), 100);
window.addEventListener('scroll', deb);
document.getElementById('q').addEventListener('input', (e) => { FS.event('S17', {}); }); // !FS504
""",
        "web/z.vue": """
<template><div @scroll="onScroll" @click="x"></div></template>
<script setup>
function onScroll() { FS.event('V', {}); } // !FS504
function x() { FS.event('V2', {}); }
</script>
""",
    },
    ("FS504",),
)
PROJECTS["507"] = (
    {
        "a/x.py": """
import requests, httpx, tenacity, backoff
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry
from celery import shared_task
from tenacity import retry, stop_after_attempt, retry_if_exception_type
URL = "https://api.fullstory.com/v2/events"
def a(b): requests.post(URL, json=b, timeout=3)  # !FS507
@retry(stop=stop_after_attempt(3))
def b(b): requests.post(URL, json=b, timeout=3)  # !FS507
@retry(stop=stop_after_attempt(3))
def b2(b, key): requests.post(URL, json=b, timeout=3, headers={"Idempotency-Key": key})
@retry(retry=retry_if_exception_type(RateLimited))
def c(b): requests.post(URL, json=b, timeout=3)
@backoff.on_exception(backoff.expo, requests.RequestException, max_tries=3)
def d(b): requests.post(URL, json=b, timeout=3)  # !FS507
@backoff.on_predicate(backoff.expo, lambda r: r.status_code == 429)
def d2(b): return requests.post(URL, json=b, timeout=3)
def e(b):
    for i in range(3):
        r = requests.post(URL, json=b, timeout=3)
        if r.status_code != 429:
            return r
        sleep(i)
def f(b):
    for i in range(3):
        try:
            return requests.post(URL, json=b, timeout=3)  # !FS507
        except requests.RequestException:
            sleep(i)
def g(b):
    r = requests.post(URL, json=b, timeout=3, headers={"Idempotency-Key": "x"})  # !FS507
@shared_task(autoretry_for=(RateLimited,))
def h(b): requests.post(URL, json=b, timeout=3)
@shared_task(bind=True)
def i(self, b):
    r = requests.post(URL, json=b, timeout=3)
    if r.status_code == 429:
        raise self.retry(countdown=5)
@shared_task(autoretry_for=(Exception,))
def j(b): k(b)
def k(b): requests.post(URL + "/batch", json=b, timeout=3)
""",
        "a/y.py": """
import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry
URL = "https://api.fullstory.com/v2/events"
s = requests.Session()
s.mount("https://", HTTPAdapter(max_retries=Retry(total=3, status_forcelist=[429])))
def a(b): s.post(URL, json=b, timeout=3)
""",
        "a/z.py": """
import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry
URL = "https://api.fullstory.com/v2/events"
s = requests.Session()
s.mount("https://", HTTPAdapter(max_retries=Retry(total=3, status_forcelist=[429, 500, 503], allowed_methods=["POST"])))
def a(b): s.post(URL, json=b, timeout=3)  # !FS507
""",
        "a/one.py": """
import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry
URL = "https://api.fullstory.com/v2/users"
retrying = requests.Session()
retrying.mount("https://", HTTPAdapter(max_retries=Retry(total=3, status_forcelist=[429])))
plain = requests.Session()
def make():
    session = requests.Session()
    session.mount("https://", HTTPAdapter(max_retries=Retry(total=3, status_forcelist=[429])))
    return session
made = make()
class Sender:
    def __init__(self):
        self.session = requests.Session()
        self.session.mount("https://", HTTPAdapter(max_retries=Retry(total=3, status_forcelist=[429])))
    def send(self, b): self.session.post(URL, json=b, timeout=3)
def a(b): retrying.post(URL, json=b, timeout=3)
def b(b): plain.post(URL, json=b, timeout=3)  # !FS507
def c(b): requests.post(URL, json=b, timeout=3)  # !FS507
def d(b): made.post(URL, json=b, timeout=3)
def e(b, session): session.post(URL, json=b, timeout=3)
""",
        "s/x.ts": """
import pRetry from 'p-retry';
import got from 'got';
import { init } from '@fullstory/server-api-client';
const fs = init({ apiKey: process.env.K! });
const URL = 'https://api.fullstory.com/v2/events';
const post = (b: any) => fetch(URL, { method: 'POST', body: JSON.stringify(b), headers: { 'Idempotency-Key': b.id } });
export const a = (b: any) => pRetry(() => post(b), { retries: 3 });
export const b = (b: any) => pRetry(() => fetch(URL, { method: 'POST', body: JSON.stringify(b) })); // !FS507
export const c = (b: any) => got.post(URL, { json: b });
export const d = (b: any) => fetch(URL, { method: 'POST', body: JSON.stringify(b) }); // !FS507
export const e = (b: any) => fs.events.create({ body: b }); // !FS507
export async function f(bs: any[]) { const j = fs.events.batchCreate({ body: { requests: bs } }); j.execute(); }
export async function g(b: any) {
  for (let i = 0; i < 3; i++) {
    const r = await fetch(URL, { method: 'POST', body: JSON.stringify(b) });
    if (r.status === 429) { await sleep(1000); continue; }
    return r;
  }
}
""",
        "t/x.ts": """
import axios from 'axios';
import axiosRetry from 'axios-retry';
axiosRetry(axios, { retries: 3 });
export const d = (b: any) => axios.post('https://api.fullstory.com/v2/events', b);
""",
    },
    ("FS507",),
)
PROJECTS["507-instances"] = (
    {
        "s/http.ts": """
import axios from 'axios';
import axiosRetry from 'axios-retry';
const URL = 'https://api.fullstory.com/v2/users';
export const retrying = axios.create({ timeout: 3000 });
axiosRetry(retrying, { retries: 3 });
export const intercepted = axios.create({ timeout: 3000 });
intercepted.interceptors.response.use((r) => r, (err) => again(err));
export const plain = axios.create({ timeout: 3000 });
export const a = (b: any) => retrying.post(URL, b);
export const b = (b: any) => intercepted.post(URL, b);
export const c = (b: any) => plain.post(URL, b); // !FS507
export const d = (b: any) => axios.post(URL, b, { timeout: 3000 }); // !FS507
""",
        "s/use.ts": """
import { retrying, plain } from './http';
export const e = (b: any) => retrying.post('https://api.fullstory.com/v2/users', b);
export const f = (b: any) => plain.post('https://api.fullstory.com/v2/users', b); // !FS507
""",
    },
    ("FS507",),
)
PROJECTS["503-one-adapter"] = (
    {
        "a/x.py": """
import requests
from own import TimeoutAdapter
URL = "https://api.fullstory.com/v2/events"
s = requests.Session()
s.mount("https://", TimeoutAdapter())
t = requests.Session()
def a(b): s.post(URL, json=b)
def b(b): t.post(URL, json=b)  # !FS503
"""
    },
    ("FS503",),
)
PROJECTS["set-up-in-a-file-of-its-own"] = (
    {
        "s/boot.ts": """
import axios from 'axios';
import axiosRetry from 'axios-retry';
axios.defaults.timeout = 4000;
axiosRetry(axios, { retries: 3 });
""",
        "s/send.ts": """
import axios from 'axios';
export const a = (b: any) => axios.post('https://api.fullstory.com/v2/users', b);
""",
    },
    ("FS503", "FS507"),
)
PROJECTS["807-got-form"] = (
    {
        "s/x.ts": """
import got from 'got';
const URL = 'https://api.fullstory.com/v2/events';
export const a = (name: string, uid: string) => got.post(URL, { form: { name, uid } }); // !FS807
export const b = (name: string, uid: string) => got.post(URL, { json: { name, user: { uid } } });
""",
    },
    ("FS807",),
)
_NEST_SERVICE = """
import { Injectable } from '@nestjs/common';
import { HttpService } from '@nestjs/axios';
import { firstValueFrom } from 'rxjs';
@Injectable()
export class FullStoryService {
  constructor(private readonly http: HttpService) {}
  track(name: string, uid: string) {
    return firstValueFrom(this.http.post('https://api.fullstory.com/v2/events', { name, user: { uid } }));%s
  }
  soon(name: string, uid: string) {
    return firstValueFrom(
      this.http.post('https://api.fullstory.com/v2/events', { name, user: { uid } }, { timeout: 3000 }),
    );
  }
}
"""
_NEST_MODULE = """
import { Module } from '@nestjs/common';
import { HttpModule } from '@nestjs/axios';
import { FullStoryService } from './fs.service';
@Module({ imports: [%s], providers: [FullStoryService] })
export class FullStoryModule {}
"""
for _name, _module, _mark in (
    ("bare", "HttpModule", " // !FS503"),
    ("register", "HttpModule.register({ maxRedirects: 2 })", " // !FS503"),
    ("timeout", "HttpModule.register({ timeout: 3000 })", ""),
    ("async", "HttpModule.registerAsync({ useFactory: () => options })", ""),
):
    PROJECTS[f"503-nest-{_name}"] = (
        {"src/fs.service.ts": _NEST_SERVICE % _mark, "src/fs.module.ts": _NEST_MODULE % _module},
        ("FS503",),
    )


@pytest.mark.parametrize("name", PROJECTS)
def test_project(name: str) -> None:
    found, expected = found_and_marked(*PROJECTS[name])
    assert found == expected
