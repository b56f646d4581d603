"""Further ways in which projects hand tracking on, as real code does."""

from __future__ import annotations

import pytest
from linktest import verify
from test_link_wrappers_python import SEND

JAVASCRIPT = {
    "registered-on-an-object": """
        === src/app.ts
        import { analytics } from './analytics';
        import { FullStoryProvider } from './fs';
        analytics.register(new FullStoryProvider());
        analytics.track('Registered'); //= client: Registered
        === src/analytics.js
        class Analytics {
          constructor() { this.providers = []; }
          register(provider) { this.providers.push(provider); }
          track(name, props) { this.providers.forEach((p) => p.track(name, props)); }
        }
        export const analytics = new Analytics();
        === src/fs.ts
        export class FullStoryProvider { track(name: string) { FS.event(name); } }
        """,
    "list-of-objects": """
        === src/app.ts
        import { track } from './analytics';
        track('Objects', { a: 1 }); //= client: Objects
        === src/analytics.ts
        import fullstory from './fullstory';
        import * as mixpanel from './mixpanel';
        const providers = [fullstory, mixpanel];
        export function track(...args: [string, object?]) { providers.map((p) => p.track?.(...args)); }
        === src/fullstory.ts
        export default { track: (name: string, props?: object) => window.FS?.event(name, props) };
        === src/mixpanel.ts
        export const track = (name: string) => window.mixpanel?.track(name);
        """,
    "union-of-events": """
        === src/a.ts
        type Event = { name: 'A'; properties: { a: number } } | { name: 'B'; properties: {} };
        export const track = (event: Event) => FS.event(event.name, event.properties); //= client: A | B
        type Map_ = { C: { a: number }; D: {} };
        export function typed(name: keyof Map_, props: Map_[keyof Map_]) { FS.event(name, props); } //= client: C | D
        """,
    "builders-and-event-classes": """
        === src/a.ts
        import { EventBuilder, OrderPlaced, send } from './events';
        new EventBuilder('Built').with('a', 1).send(); //= client: Built
        send(new OrderPlaced(3)); //= client: Order Placed
        === src/events.ts
        export class EventBuilder {
          private props: Record<string, unknown> = {};
          constructor(private readonly name: string) {}
          with(key: string, value: unknown): this { this.props[key] = value; return this; }
          send() { FS.event(this.name, this.props); }
        }
        export abstract class Base { abstract readonly name: string; }
        export class OrderPlaced extends Base { readonly name = 'Order Placed'; constructor(readonly total: number) { super(); } }
        export const send = (event: Base) => FS.event(event.name);
        """,
    "abstract-class": """
        === src/a.ts
        import { Tracker } from './tracker';
        export const f = (tracker: Tracker) => tracker.track('Abstract'); //= client: Abstract
        === src/tracker.ts
        export abstract class Tracker { abstract track(name: string): void; }
        === src/fs.ts
        import { Tracker } from './tracker';
        export class FSTracker extends Tracker { track(name: string) { FS.event(name); } }
        """,
    "template-method": """
        === src/a.ts
        import { FSTracker } from './fs';
        new FSTracker().track('Template method'); //= client: Template method
        === src/base.ts
        export abstract class Base {
          track(name: string) { this.deliver({ name }); }
          protected abstract deliver(event: { name: string }): void;
        }
        === src/fs.ts
        import { Base } from './base';
        export class FSTracker extends Base { protected deliver(event: { name: string }) { FS.event(event.name); } }
        """,
    "injection-tokens": """
        === src/a.service.ts
        import { Inject, Injectable } from '@nestjs/common';
        import { ANALYTICS } from './tokens';
        @Injectable()
        export class A {
          constructor(@Inject(ANALYTICS) private readonly analytics: any, @Inject('TRACK') private track: any) {}
          f() { this.analytics.track('Token'); } //= server: Token
          g() { this.track('Text token'); } //= server: Text token
        }
        === src/tokens.ts
        export const ANALYTICS = Symbol('ANALYTICS');
        === src/module.ts
        import { Module } from '@nestjs/common';
        import { ANALYTICS } from './tokens';
        import { Analytics } from './analytics';
        @Module({ providers: [
          { provide: ANALYTICS, useClass: Analytics },
          { provide: 'TRACK', useFactory: () => (name: string) => new Analytics().track(name) },
        ] })
        export class AppModule {}
        === src/analytics.ts
        export class Analytics {
          track(name: string) {
            return fetch('https://api.fullstory.com/v2/events', { method: 'POST', body: JSON.stringify({ name }) });
          }
        }
        """,
    "svelte-context": """
        === src/Layout.svelte
        <script>
        import { setContext } from 'svelte';
        setContext('analytics', { track: (name) => FS.event(name) });
        </script>
        === src/Page.svelte
        <script>
        import { getContext } from 'svelte';
        const { track } = getContext('analytics');
        track('Svelte'); //= client: Svelte
        </script>
        <button on:click={() => track('Clicked')}>x</button> <!--= client: Clicked -->
        """,
    "nuxt-plugin": """
        === plugins/fs.client.ts
        export default defineNuxtPlugin(() => {
          const track = (name: string) => window.FS?.event(name);
          return { provide: { track } };
        });
        === composables/useTrack.ts
        export const useTrack = () => useNuxtApp().$track;
        === pages/index.vue
        <script setup lang="ts">
        const { $track } = useNuxtApp();
        $track('Nuxt'); //= client: Nuxt
        </script>
        """,
    "vuex": """
        === src/store.js
        import { createStore } from 'vuex';
        export default createStore({
          actions: { trackEvent({ commit }, { name, props }) { FS.event(name, props); } },
        });
        === src/a.js
        import store from './store';
        store.dispatch('trackEvent', { name: 'Dispatched' }); //= client: Dispatched
        """,
    "class-component": """
        === src/Button.tsx
        import React from 'react';
        import { track } from './track';
        export class Button extends React.Component<Props> {
          static defaultProps = { onTrack: track };
          handle = () => { this.track('Own method'); }; //= client: Own method
          track(name: string) { track(name); }
          render() { return <a onClick={() => { this.handle(); track('Render'); }} />; } //= client: Render
        }
        === src/track.ts
        export const track = (name: string) => FS.event(name);
        """,
    "express-locals": """
        === src/server.js
        const express = require('express');
        const { Analytics } = require('./analytics');
        const app = express();
        app.locals.analytics = new Analytics();
        app.get('/', (req, res) => { req.app.locals.analytics.track('Locals'); }); //= server: Locals
        === src/analytics.js
        class Analytics {
          track(name) { return fetch('https://api.fullstory.com/v2/events', { method: 'POST', body: JSON.stringify({ name }) }); }
        }
        module.exports = { Analytics };
        """,
    "reexported-default-object": """
        === src/a.ts
        import api from './api';
        api.tracking.track('Default object'); //= client: Default object
        const { tracking: { track: t } } = api;
        t('Deep destructuring'); //= client: Deep destructuring
        === src/api/index.ts
        import * as tracking from './tracking';
        export default { tracking };
        === src/api/tracking.ts
        export const track = (name: string) => FS.event(name);
        """,
    "events-as-functions": """
        === src/a.ts
        import { events } from './events';
        events.signedUp({ plan: 'pro' });
        events.custom('Custom'); //= client: Custom
        === src/events.ts
        import { track } from './track';
        const event = <T extends object>(name: string) => (props?: T) => track(name, props);
        export const events = {
          signedUp: event<{ plan: string }>('Signed Up'), //= client: Signed Up
          loggedOut: event('Logged Out'), //= client: Logged Out
          custom: (name: string) => event(name)(),
        };
        === src/track.ts
        export const track = (name: string, props?: object) => FS.event(name, props);
        """,
    "promises": """
        === src/a.ts
        import { getFS, ready } from './load';
        getFS().then((fs) => fs.event('Then')); //= client: Then
        async function f() { (await getFS()).event('Awaited'); (await ready)('trackEvent', { name: 'Ready' }); } //= client: Awaited & client: Ready
        === src/load.ts
        export const getFS = () => new Promise<any>((resolve) => { whenLoaded(() => resolve(window.FS)); });
        export const ready = Promise.resolve(window.FS);
        """,
    "typeof-args": """
        === src/a.ts
        import { fullStoryEvent } from './fs';
        fullStoryEvent('Spread parameters', { a: 1 }); //= client: Spread parameters
        === src/fs.ts
        import * as FullStory from '@fullstory/browser';
        export const fullStoryEvent = (...args: Parameters<typeof FullStory.event>) => { if (enabled) FullStory.event(...args); };
        """,
}

PYTHON = {
    "mixins": """
        === app/views.py
        from app.mixins import TrackMixin
        from rest_framework.views import APIView
        class Order(TrackMixin, APIView):
            def post(self, request):
                self.track('Mixed in') #= server: Mixed in
        === app/mixins.py
        from app.fs import send
        class TrackMixin:
            def track(self, name, **props): send(name, self.request.user.id, props)
        """,
    "or-default": """
        === app/a.py
        from app.client import Client
        class Service:
            def __init__(self, client=None): self.client = client or Client()
            def f(self): self.client.track('Or default', 'u') #= server: Or default
        === app/client.py
        from app.fs import send
        class Client:
            def track(self, name, uid): send(name, uid)
        """,
    "registry-of-functions": """
        === app/a.py
        from app.registry import track_all
        track_all('All', 'u') #= server: All
        === app/registry.py
        from app.fs import send
        TRACKERS = {'fullstory': send, 'log': print}
        def track_all(name, uid):
            for tracker in TRACKERS.values():
                tracker(name, uid)
        """,
    "app-state": """
        === app/main.py
        from fastapi import FastAPI, Request
        from app.client import Client
        app = FastAPI()
        app.state.analytics = Client()
        @app.get('/')
        def root(request: Request):
            request.app.state.analytics.track('State', 'u') #= server: State
        === app/client.py
        from app.fs import send
        class Client:
            def track(self, name, uid): send(name, uid)
        """,
    "protocol": """
        === app/a.py
        from app.port import Tracker
        class Shop:
            tracker: Tracker
            def f(self): self.tracker.track('Protocol', 'u') #= server: Protocol
        === app/port.py
        from typing import Protocol
        class Tracker(Protocol):
            def track(self, name: str, uid: str) -> None: ...
        === app/adapter.py
        from app.port import Tracker
        from app.fs import send
        class FullStoryTracker(Tracker):
            def track(self, name, uid): send(name, uid)
        """,
    "registered-provider": """
        === app/a.py
        from app.manager import manager
        from app.client import Client
        manager.register(Client())
        manager.track('Registered', 'u') #= server: Registered
        === app/manager.py
        class Manager:
            def __init__(self): self.providers = []
            def register(self, provider): self.providers.append(provider)
            def track(self, name, uid):
                for p in self.providers: p.track(name, uid)
        manager = Manager()
        === app/client.py
        from app.fs import send
        class Client:
            def track(self, name, uid): send(name, uid)
        """,
    "wrapper-with-decorator-class": """
        === app/a.py
        from app.b import tracked
        @tracked('Decorated') #= server: Decorated
        def view(request): return 1
        class V:
            @tracked('Method') #= server: Method
            def get(self, request): return 1
        === app/b.py
        from functools import wraps
        from app.fs import send
        def tracked(name):
            def decorator(f):
                @wraps(f)
                def wrapper(request, *args, **kwargs):
                    send(name, request.user.id)
                    return f(request, *args, **kwargs)
                return wrapper
            return decorator
        """,
    "kwargs-object": """
        === app/a.py
        from app.b import track
        track(**{'name': 'Unpacked', 'uid': 'u'}) #= server: Unpacked
        params = dict(name='Dict call', uid='u')
        track(**params) #= server: Dict call
        args = ('Tuple', 'u')
        track(*args) #= server: Tuple
        === app/b.py
        from app.fs import send
        def track(name, uid): send(name, uid)
        """,
}


def project(name: str) -> str:
    """A project with the module that sends."""
    return PYTHON[name].rstrip() + "\n" + SEND.strip("\n")


@pytest.mark.parametrize("name", JAVASCRIPT)
def test_javascript(name: str) -> None:
    verify(JAVASCRIPT[name])


@pytest.mark.parametrize("name", PYTHON)
def test_python(name: str) -> None:
    verify(project(name))
