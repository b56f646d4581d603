"""Requests to the server API, however they are made: clients, base URLs, helpers, batches, the Node SDK."""

from __future__ import annotations

import pytest
from linktest import verify

NOTHING = {
    "other-hosts": """
        === app/a.py
        # fullstory
        import requests, httpx
        requests.post('https://api.segment.io/v2/events', json={'name': 'Segment'})
        requests.post(f'{HOST}/v2/events', json={'name': 'Unknown host'})
        httpx.Client(base_url='https://api.example.com').post('/v2/events', json={'name': 'Other base'})
        === src/b.js
        // FullStory
        axios.post('https://example.com/v2/events', { name: 'Axios' });
        fetch('/v2/events', { method: 'POST', body: JSON.stringify({ name: 'Own' }) });
        fetch('https://api.fullstory.com.evil.example/v2/events', { method: 'POST', body: '{}' });
        """,
    "reads": """
        === app/a.py
        import requests
        requests.get('https://api.fullstory.com/v2/users')
        requests.delete('https://api.fullstory.com/v2/users/1')
        requests.get('https://api.fullstory.com/v2/events')
        """,
    "own-session": """
        === app/a.py
        # fullstory
        class Session:
            def post(self, url, json): self.log.append(json)
        Session().post('https://api.fullstory.com/v2/events', json={'name': 'Not sent'})
        """,
}

JAVASCRIPT = {
    "clients": """
        === src/a.js
        import axios from 'axios';
        import got from 'got';
        import ky from 'ky';
        import nodeFetch from 'node-fetch';
        const URL_ = 'https://api.fullstory.com/v2/events';
        axios.post(URL_, { name: 'Axios', user: { uid: 'u' } }); //= server: Axios
        axios({ method: 'post', url: URL_, data: { name: 'Axios config' } }); //= server: Axios config
        axios.request({ method: 'POST', url: URL_, data: { name: 'Axios request' } }); //= server: Axios request
        got.post(URL_, { json: { name: 'Got' } }); //= server: Got
        ky.post(URL_, { json: { name: 'Ky' } }); //= server: Ky
        nodeFetch(URL_, { method: 'POST', body: JSON.stringify({ name: 'Node fetch' }) }); //= server: Node fetch
        fetch(URL_, { method: 'POST', body: JSON.stringify({ name: 'Fetch' }) }); //= server: Fetch
        """,
    "instances": """
        === src/a.ts
        import { client, post, Api, http } from './client';
        client.post('/v2/events', { name: 'Instance' }); //= server: Instance
        post('/v2/events', { name: 'Helper' }); //= server: Helper
        new Api('k').send({ name: 'Class', user: { uid: 'u' } }); //= server: Class
        new Api('k').event('Method', 'u'); //= server: Method
        http('/v2/events', { method: 'POST', body: JSON.stringify({ name: 'Fetch helper' }) }); //= server: Fetch helper
        === src/client.ts
        import axios, { AxiosInstance } from 'axios';
        const BASE = process.env.FS_BASE ?? 'https://api.fullstory.com';
        export const client = axios.create({ baseURL: 'https://api.fullstory.com' });
        export const post = (path: string, body: object) => client.post(path, body);
        export const http = (path: string, init: RequestInit) => fetch(`https://api.fullstory.com${path}`, init);
        export class Api {
          private readonly http: AxiosInstance;
          constructor(key: string) {
            this.http = axios.create({ baseURL: BASE, headers: { Authorization: `Basic ${key}` } });
          }
          async send(body: object) { await this.http.post('/v2/events', body); }
          async event(name: string, uid: string) { await this.http.post('/v2/events', { name, user: { uid } }); }
        }
        """,
    "batches": """
        === src/a.js
        const send = (requests) => fetch('https://api.fullstory.com/v2/events/batch', {
          method: 'POST', body: JSON.stringify({ requests }) });
        send([{ name: 'First' }, { name: 'Second' }]); //= server: First | Second
        """,
    "users": """
        === src/a.js
        const call = (path, body) => fetch(`https://api.fullstory.com${path}`, { method: 'POST', body: JSON.stringify(body) });
        call('/v2/users', { uid: 'user-1', properties: { plan: 'pro' } }); //= user-properties server
        call('/v2/events', { name: 'Called', user: { uid: 'user-1' } }); //= server: Called
        """,
    "sdk": """
        === src/a.ts
        import { init } from '@fullstory/server-api-client';
        import { fs } from './client';
        const own = init({ apiKey: process.env.FS_KEY });
        own.events.create({ body: { name: 'Own', user: { uid: 'u' } } }); //= server: Own
        fs.events.create({ body: { name: 'Imported' } }); //= server: Imported
        class Holder {
          private client = init({ apiKey: process.env.FS_KEY });
          track(name: string) { return this.client.events.create({ body: { name } }); }
        }
        new Holder().track('Field'); //= server: Field
        fs.events.batchCreate({ body: { requests: [{ name: 'A' }, { name: 'B' }] } }); //= server: A | B
        === src/client.ts
        import { init, IFullStoryClient } from '@fullstory/server-api-client';
        export const fs: IFullStoryClient = init({ apiKey: process.env.FS_KEY });
        """,
    "by-name": """
        === src/a.ts
        import { trackServerEvent } from '@acme/telemetry';
        import { telemetry } from './telemetry';
        trackServerEvent('Name first', 'u'); //= server: Name first
        trackServerEvent(user.id, 'Name second', { a: 1 }); //= server: Name second
        trackServerEvent({ name: 'Object', userId: 'u' }); //= server: Object
        await telemetry.trackServerEvent(db, user.id, 'Third'); //= server: Third
        """,
}

PYTHON = {
    "clients": """
        === app/a.py
        import json
        import requests
        import httpx
        import aiohttp
        import urllib.request
        URL = 'https://api.fullstory.com/v2/events'
        requests.post(URL, json={'name': 'Json'}) #= server: Json
        requests.post(URL, data=json.dumps({'name': 'Data'})) #= server: Data
        requests.request('POST', URL, json={'name': 'Request'}) #= server: Request
        httpx.post(URL, json={'name': 'Httpx'}) #= server: Httpx
        async def f():
            async with httpx.AsyncClient() as client:
                await client.post(URL, json={'name': 'Async httpx'}) #= server: Async httpx
            async with aiohttp.ClientSession() as session:
                async with session.post(URL, json={'name': 'Aiohttp'}) as response: #= server: Aiohttp
                    pass
        def g():
            body = json.dumps({'name': 'Urllib'}).encode()
            request = urllib.request.Request(URL, data=body, method='POST')
            urllib.request.urlopen(request, timeout=3) #= server: Urllib
        session = requests.Session()
        session.post(URL, json={'name': 'Session'}) #= server: Session
        """,
    "helpers": """
        === app/a.py
        from app.client import Client, call, client
        call('/v2/events', {'name': 'Helper'}) #= server: Helper
        client.post('/v2/events', json={'name': 'Base'}) #= server: Base
        Client('k').send_event('Method', 'u') #= server: Method
        Client('k').post('events', {'name': 'Path'}) #= server: Path
        === app/client.py
        import os
        import httpx
        import requests
        BASE_URL = os.environ.get('FULLSTORY_URL', 'https://api.fullstory.com')
        client = httpx.Client(base_url='https://api.fullstory.com')
        def call(path, body, method='POST'):
            return requests.request(method, BASE_URL + path, json=body, timeout=3)
        class Client:
            base = 'https://api.fullstory.com/v2'
            def __init__(self, key):
                self.session = requests.Session()
                self.session.headers['Authorization'] = f'Basic {key}'
            def post(self, path, body): return self.session.post(f'{self.base}/{path}', json=body)
            def send_event(self, name, uid, **properties):
                payload = {'name': name, 'user': {'uid': uid}}
                if properties:
                    payload['properties'] = properties
                return self.post('events', payload)
        """,
    "batches": """
        === app/a.py
        import requests
        def flush():
            batch = [{'name': 'First'}, {'name': 'Second'}]
            requests.post('https://api.fullstory.com/v2/events/batch', json={'requests': batch}) #= server: First | Second
        """,
    "v1": """
        === app/a.py
        import requests
        def track(uid, name):
            requests.post(f'https://api.fullstory.com/users/v1/individual/{uid}/customevent',
                          json={'event': {'event_name': name, 'event_data': {}}})
        track('u', 'Old') #= server: Old
        requests.post('https://api.fullstory.com/users/v1/individual/1/customvars', json={'a_str': 'b'}) #= user-properties server
        """,
    "by-name": """
        === app/a.py
        from telemetry import track_server_event
        import telemetry
        from app.own import track_server_event as own
        async def f(db, user):
            track_server_event('Name first', user.id) #= server: Name first
            track_server_event(user.id, 'Name second', {}) #= server: Name second
            track_server_event(user_id=user.id, name='Keywords') #= server: Keywords
            await telemetry.track_server_event_async(db, user.id, 'Third') #= server: Third
            own(user.id, 'Definition') #= server: Definition
            send = telemetry.track_server_event
            send('Alias', user.id) #= server: Alias
        === app/own.py
        def track_server_event(uid, action, props=None): queue.put((uid, action, props))
        """,
}

CONFIG = """
[[calls]]
function = "analytics.capture"
kind = "event"
side = "server"
name = 0
user-id = 1
[[calls]]
function = "tracker.Tracker.send"
kind = "event"
side = "client"
name = "title"
"""

CONFIGURED = """
    === app/a.py
    from vendor import analytics
    from app.wrap import wrap
    analytics.capture('Configured', 'u') #= server: Configured
    wrap('Wrapped') #= server: Wrapped
    analytics.other('Other')
    === app/wrap.py
    from vendor import analytics
    def wrap(name): analytics.capture(name, 'u')
    === src/a.ts
    import { Tracker } from './tracker';
    new Tracker().send({ title: 'Method' }); //= client: Method
    === src/tracker.ts
    export class Tracker { send(o: { title: string }) { queue.push(o); } }
    """


@pytest.mark.parametrize("name", NOTHING)
def test_not_fullstory(name: str) -> None:
    verify(NOTHING[name])


@pytest.mark.parametrize("name", JAVASCRIPT)
def test_javascript(name: str) -> None:
    verify(JAVASCRIPT[name])


@pytest.mark.parametrize("name", PYTHON)
def test_python(name: str) -> None:
    verify(PYTHON[name])


def test_configured_calls() -> None:
    verify(CONFIGURED, CONFIG)
