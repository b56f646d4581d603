"""Wrappers in JavaScript and TypeScript: whatever a project calls its tracking function, and however it gets at it."""

from __future__ import annotations

import pytest
from linktest import verify

NOTHING = {
    "other-track": """
        === src/a.ts
        import { track } from './tracker';
        import { useAnalytics } from './hook';
        track('Not ours');
        useAnalytics().track('Not ours 2');
        === src/tracker.ts
        export function track(name: string) { window.dataLayer.push({ event: name }); }
        === src/hook.ts
        export const useAnalytics = () => ({ track: (name: string) => fetch('/api/track', { body: name }) });
        === src/ours.ts
        export function track(name: string) { FS.event(name); } //= client: ?
        """,
    "parameter-shadows-import": """
        === src/a.ts
        import { track } from './ours';
        export function f(track: (n: string) => void) { track('Shadowed'); }
        export function g() { const track = (n: string) => n; track('Shadowed 2'); }
        track('Ours'); //= client: Ours
        === src/ours.ts
        export function track(name: string) { FS.event(name); }
        """,
    "one-of-two-methods": """
        === src/a.ts
        import api from './api';
        api.save('Saved'); api.track('Tracked'); //= client: Tracked
        === src/api.ts
        class Api { track(name: string) { FS.event(name); } save(name: string) { localStorage.setItem(name, '1'); } }
        export default new Api();
        """,
    "fixed-name-is-one-site": """
        === src/a.ts
        import { recordCheckout } from './record';
        recordCheckout(1); recordCheckout(2);
        === src/record.ts
        export function recordCheckout(total: number) { FS.event('Checkout', { total }); } //= client: Checkout
        """,
    "recursion-ends": """
        === src/a.ts
        function track(name: string, depth = 0) {
          if (depth > 3) return;
          FS.event(name);
          track(`${name} again`, depth + 1); //= client: {} again
        }
        track('Start'); //= client: Start
        function ping(name: string) { pong(name); }
        function pong(name: string) { if (x) ping(name); else FS.event(name); }
        ping('Ping'); //= client: Ping
        """,
}

JAVASCRIPT = {
    "functions": """
        === src/a.ts
        import track, { arrow, expression as e, later } from './track';
        import * as all from './track';
        track('Default'); //= client: Default
        arrow('Arrow'); //= client: Arrow
        e('Expression'); //= client: Expression
        later('Later'); //= client: Later
        all.arrow('Namespace'); //= client: Namespace
        all.default?.('Namespace default'); //= client: Namespace default
        export const f = () => track('Returned'); //= client: Returned
        const g = async () => { await arrow('Awaited'); }; //= client: Awaited
        === src/track.ts
        export default function track(name: string) { FS.event(name); }
        export const arrow = (name: string, props?: object) => window.FS?.event(name, props ?? {});
        export const expression = function (name: string) { return FS('trackEvent', { name, properties: {} }); };
        let later: (name: string) => void;
        later = (name) => { try { FS.event(name); } catch {} };
        export { later };
        """,
    "levels": """
        === src/a.ts
        import { five } from './d';
        five('Deep', { a: 1 }); //= client: Deep
        === src/d.ts
        import { three } from './c';
        const four = (n: string, p?: object) => three(n, p);
        export function five(n: string, p?: object) { return four(n, p); }
        === src/c.ts
        import { one } from './b';
        const two = (...args: Parameters<typeof one>) => one(...args);
        export const three = (n: string, p?: object) => two(n, p);
        === src/b.ts
        export const one = (n: string, p?: object) => FS.event(n, p);
        """,
    "guards": """
        === src/a.ts
        import { track } from './b';
        track('Guarded'); //= client: Guarded
        === src/b.ts
        export function track(name: string, props: Record<string, unknown> = {}) {
          if (typeof window === 'undefined') return;
          if (!window.FS) { console.warn('no FS'); return; }
          if (process.env.NODE_ENV !== 'production') return;
          try { window.FS.event(name, { ...props, source: 'web' }); } catch (error) { console.error(error); }
        }
        """,
    "prefixes-and-objects": """
        === src/a.ts
        import { cart, item, pick, swapped, destructured, renamed } from './b';
        cart('Opened'); //= client: Cart: Opened
        item({ name: 'Item', properties: { a: 1 } }); //= client: Item
        pick({ event: 'Picked' }); //= client: Picked
        swapped({ a: 1 }, 'Swapped'); //= client: Swapped
        destructured({ name: 'Destructured', props: {} }); //= client: Destructured
        renamed({ name: 'Renamed' }); //= client: Renamed
        renamed({}); //= client: Unnamed
        === src/b.ts
        export const cart = (name: string) => FS.event(`Cart: ${name}`);
        export const item = (item: Item) => FS('trackEvent', item);
        export const pick = (o: { event: string }) => FS.event(o.event);
        export const swapped = (props: object, name: string) => FS.event(name, props);
        export const destructured = ({ name, props }: P) => FS.event(name, props);
        export function renamed({ name: title = 'Unnamed', ...rest }) { FS.event(title, rest); }
        """,
    "classes": """
        === src/a.ts
        import analytics, { Analytics, shared, createAnalytics } from './analytics';
        analytics.track('Instance'); //= client: Instance
        new Analytics().track('New'); //= client: New
        Analytics.send('Static'); //= client: Static
        Analytics.getInstance().track('Singleton'); //= client: Singleton
        shared.arrow('Arrow'); //= client: Arrow
        shared.chained('One').chained('Two'); //= client: One & client: Two
        createAnalytics().track('Created'); //= client: Created
        const { arrow } = shared;
        arrow('Destructured'); //= client: Destructured
        class Sub extends Analytics { own() { this.track('Sub'); super.track('Super'); } } //= client: Sub & client: Super
        new Sub().track('Inherited'); //= client: Inherited
        class Holder { private a = new Analytics(); f() { this.a.track('Field'); } } //= client: Field
        class Late { private a: Analytics; constructor() { this.a = new Analytics(); } f() { this.a?.track('Late'); } } //= client: Late
        === src/analytics.ts
        export class Analytics {
          private static instance?: Analytics;
          private client = window.FS;
          static getInstance(): Analytics {
            if (!Analytics.instance) { Analytics.instance = new Analytics(); }
            return Analytics.instance;
          }
          static send(name: string) { FS.event(name); }
          track(name: string, props?: object) { this.send(name, props); }
          arrow = (name: string) => { this.send(name); };
          chained(name: string): this { this.send(name); return this; }
          private send(name: string, props?: object) { this.client.event(name, props); }
        }
        export const shared = new Analytics();
        export const createAnalytics = () => new Analytics();
        export default new Analytics();
        """,
    "objects": """
        === src/a.js
        import analytics, { plain, made } from './objects';
        analytics.track('Object'); //= client: Object
        analytics.nested.deep.track('Nested'); //= client: Nested
        analytics.viaThis('This'); //= client: This
        plain.track('Plain'); //= client: Plain
        made.track('Made'); //= client: Made
        const { track: renamed } = analytics;
        renamed('Renamed'); //= client: Renamed
        === src/objects.js
        const track = (name) => FS.event(name);
        export default {
          track,
          nested: { deep: { track(name) { track(name); } } },
          viaThis(name) { this.track(name); },
        };
        export const plain = {};
        plain.track = function (name) { FS.event(name); };
        export const made = Object.freeze({ ...plain, track });
        """,
    "modules": """
        === src/a.js
        const { track } = require('./cjs');
        const cjs = require('./cjs');
        const whole = require('./whole');
        track('Required'); //= client: Required
        cjs.track('Member'); //= client: Member
        whole('Whole'); //= client: Whole
        function lazy() { require('./cjs').track('Lazy'); } //= client: Lazy
        async function dynamic() {
          const { track: t } = await import('./esm');
          t('Dynamic'); //= client: Dynamic
          (await import('./esm')).default.track('Dynamic default'); //= client: Dynamic default
          import('./esm').then((m) => m.track('Then')); //= client: Then
          import('./esm').then(({ track }) => { track('Then destructured'); }); //= client: Then destructured
        }
        === src/cjs.js
        function track(name) { FS.event(name); }
        module.exports = { track };
        === src/whole.js
        module.exports = (name) => FS.event(name);
        === src/esm.js
        export function track(name) { FS.event(name); }
        export default { track };
        === src/exports.js
        exports.track = function (name) { FS.event(name); };
        exports.twice = (name) => exports.track(name);
        === src/b.js
        import { track, twice } from './exports';
        track('Exports'); //= client: Exports
        twice('Twice'); //= client: Twice
        """,
    "barrels": """
        === src/a.ts
        import { track, Analytics, deep } from '@/lib';
        track('Barrel'); //= client: Barrel
        Analytics.track('Namespace barrel'); //= client: Namespace barrel
        deep('Deep'); //= client: Deep
        === tsconfig.json
        { "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }
        === src/lib/index.ts
        export * from './tracking';
        export * as Analytics from './tracking/track';
        export { default as deep } from './tracking/track';
        === src/lib/tracking/index.ts
        export { track } from './track';
        === src/lib/tracking/track.ts
        export const track = (name: string) => FS.event(name);
        export default track;
        """,
    "hooks": """
        === src/App.tsx
        import { useAnalytics, useTrack, useMemoized } from './hooks';
        export function App() {
          const { track } = useAnalytics();
          const analytics = useAnalytics();
          const send = useTrack();
          const { track: renamed } = useMemoized();
          useEffect(() => { track('Effect'); }, []); //= client: Effect
          const onClick = useCallback(() => { analytics.track('Callback'); }, []); //= client: Callback
          useMemoized().track('Direct'); //= client: Direct
          return <button onClick={() => send('Clicked')} onBlur={() => renamed('Blurred')} />; //= client: Clicked & client: Blurred
        }
        === src/hooks.ts
        import { useCallback, useMemo } from 'react';
        export function useAnalytics() {
          const track = useCallback((name: string, props?: object) => { FS.event(name, props); }, []);
          return { track };
        }
        export const useTrack = () => useCallback((name: string) => FS.event(name), []);
        export function useMemoized() {
          return useMemo(() => ({ track: (name: string) => FS.event(name) }), []);
        }
        """,
    "context": """
        === src/App.tsx
        import { useAnalytics, AnalyticsContext } from './context';
        export function App() {
          const analytics = useAnalytics();
          analytics.track('Custom hook'); //= client: Custom hook
          const { track } = useContext(AnalyticsContext)!;
          track('Context'); //= client: Context
          return <AnalyticsContext.Consumer>{(a) => <i onClick={() => a.track('Consumer')} />}</AnalyticsContext.Consumer>; //= client: Consumer
        }
        === src/context.tsx
        import { createContext, useContext, useMemo } from 'react';
        export const AnalyticsContext = createContext<{ track(name: string): void } | undefined>(undefined);
        export function AnalyticsProvider({ children }) {
          const track = (name: string) => { FS.event(name); };
          const value = useMemo(() => ({ track }), [track]);
          return <AnalyticsContext.Provider value={value}>{children}</AnalyticsContext.Provider>;
        }
        export function useAnalytics() {
          const context = useContext(AnalyticsContext);
          if (!context) { throw new Error('no provider'); }
          return context;
        }
        """,
    "currying": """
        === src/a.ts
        import { curry, forArea, partial, factory } from './curry';
        curry('Curried')({ a: 1 }); //= client: Curried
        const area = forArea('Cart');
        area('Opened'); //= client: Cart Opened
        partial('Partial'); //= client: Partial
        const onClick = () => curry('Later'); //= client: Later
        const tracker = factory({ prefix: 'P' });
        tracker.track('Made'); //= client: P Made
        const clicked = curry('Clicked'); //= client: Clicked
        === src/curry.ts
        export const curry = (name: string) => (props: object) => FS.event(name, props);
        export const forArea = (area: string) => (name: string) => FS.event(`${area} ${name}`);
        const send = (side: string, name: string) => FS.event(name, { side });
        export const partial = send.bind(null, 'web');
        export function factory({ prefix }: { prefix: string }) {
          return { track(name: string) { FS.event(`${prefix} ${name}`); } };
        }
        """,
    "call-apply-arguments": """
        === src/a.js
        import { args, applied, called, spread, rest } from './b';
        args('Arguments', {}); //= client: Arguments
        applied('Applied', {}); //= client: Applied
        called('Called'); //= client: Called
        spread('Spread', {}); //= client: Spread
        rest('Rest', {}); //= client: Rest
        FS.event.apply(FS, ['Direct apply', {}]); //= client: Direct apply
        FS.event.call(FS, 'Direct call'); //= client: Direct call
        FS.event(...['Direct spread']); //= client: Direct spread
        window.FS.apply(null, ['trackEvent', { name: 'FS apply' }]); //= client: FS apply
        === src/b.js
        export function args() { FS.event.apply(FS, arguments); }
        export function applied() { return send.apply(this, arguments); }
        export function called(name) { send.call(null, name); }
        export const spread = (...args) => FS.event(...args);
        export const rest = (name, ...others) => FS.event(name, ...others);
        function send(name, props) { FS.event(name, props); }
        """,
    "either": """
        === src/a.ts
        import { track } from './track';
        track('Both'); //= either: Both
        === src/track.ts
        export function track(name: string) {
          if (typeof window !== 'undefined') { window.FS.event(name); }
          else { fetch('https://api.fullstory.com/v2/events', { method: 'POST', body: JSON.stringify({ name }) }); }
        }
        """,
    "providers": """
        === src/a.ts
        import { analytics } from './manager';
        analytics.track('Looped'); //= client: Looped
        analytics.each('For of'); //= client: For of
        analytics.reduced('Map'); //= client: Map
        === src/manager.ts
        import type { Provider } from './provider';
        import { FullStoryProvider } from './fs';
        import { MixpanelProvider } from './mixpanel';
        class Manager {
          private providers: Provider[] = [];
          constructor(providers: Provider[]) { this.providers = providers; }
          track(name: string) { this.providers.forEach((p) => p.track(name)); }
          each(name: string) { for (const p of this.providers) { p.track(name); } }
          reduced(name: string) { this.providers.map(({ track }) => track(name)); }
        }
        export const analytics = new Manager([new FullStoryProvider(), new MixpanelProvider()]);
        === src/provider.ts
        export interface Provider { track(name: string): void }
        === src/fs.ts
        import type { Provider } from './provider';
        export class FullStoryProvider implements Provider { track(name: string) { FS.event(name); } }
        === src/mixpanel.ts
        import type { Provider } from './provider';
        export class MixpanelProvider implements Provider { track(name: string) { mixpanel.track(name); } }
        """,
    "interface-only": """
        === src/a.ts
        import type { Provider } from './provider';
        export class Shop { constructor(private readonly p: Provider) {} buy() { this.p.track('Bought'); } } //= client: Bought
        === src/provider.ts
        export interface Provider { track(name: string): void }
        === src/fs.ts
        import type { Provider } from './provider';
        export class FullStoryProvider implements Provider { track(name: string) { FS.event(name); } }
        """,
    "registered-providers": """
        === src/a.ts
        import { track } from './analytics';
        track('Registered'); //= client: Registered
        === src/analytics.ts
        const providers: { track(n: string): void }[] = [];
        export const register = (p) => { providers.push(p); };
        providers.push({ track: (n) => FS.event(n) });
        export const track = (name: string) => providers.forEach((p) => p.track(name));
        """,
    "nest": """
        === src/order.service.ts
        import { Injectable } from '@nestjs/common';
        import { FullStoryService } from './fs.service';
        @Injectable()
        export class OrderService {
          constructor(private readonly fs: FullStoryService, @Inject(AUDIT) private audit: Audit) {}
          async pay() { await this.fs.trackEvent('Order Paid', 'u'); } //= server: Order Paid
        }
        === src/other.service.ts
        import { FullStoryService } from './fs.service';
        export class OtherService {
          private readonly fs: FullStoryService;
          constructor(fs: FullStoryService) { this.fs = fs; }
          get client() { return this.fs; }
          pay() { this.client.trackEvent('Other Paid', 'u'); } //= server: Other Paid
        }
        === src/fs.service.ts
        import { Injectable } from '@nestjs/common';
        import { HttpService } from '@nestjs/axios';
        @Injectable()
        export class FullStoryService {
          constructor(private readonly http: HttpService) {}
          async trackEvent(name: string, uid: string) {
            await lastValueFrom(this.http.post('https://api.fullstory.com/v2/events', { name, user: { uid } }));
          }
        }
        """,
    "angular": """
        === src/a.component.ts
        import { Component, inject } from '@angular/core';
        import { AnalyticsService } from './analytics.service';
        @Component({ template: '' })
        export class A {
          private analytics = inject(AnalyticsService);
          #own = inject(AnalyticsService);
          constructor(private readonly injected: AnalyticsService) {}
          ngOnInit() {
            this.analytics.track('Inject'); //= client: Inject
            this.#own.track('Private'); //= client: Private
            this.injected.track('Constructor'); //= client: Constructor
            this.injected.fs.event('Through getter'); //= client: Through getter
          }
        }
        export const guard = () => inject(AnalyticsService).track('Guard'); //= client: Guard
        === src/analytics.service.ts
        @Injectable({ providedIn: 'root' })
        export class AnalyticsService {
          get fs() { return (window as any)['FS']; }
          track(name: string) { this.fs?.event(name); }
        }
        """,
    "angularjs": """
        === src/tracker.js
        angular.module('app').factory('tracker', function ($window) {
          return { track: function (name) { $window.FS.event(name); } };
        });
        angular.module('app').service('beacon', function () { this.send = function (name) { FS.event(name); }; });
        angular.module('app').constant('EVENTS', { OPENED: 'Opened' });
        === src/controller.js
        angular.module('app').controller('Main', function ($scope, tracker, EVENTS) {
          tracker.track('Factory'); //= client: Factory
          $scope.open = function () { tracker.track(EVENTS.OPENED); }; //= client: Opened
        });
        angular.module('app').controller('Second', ['$scope', 'tracker', 'beacon', function ($s, t, b) {
          t.track('Array'); //= client: Array
          b.send('Service'); //= client: Service
        }]);
        """,
    "vue": """
        === src/main.ts
        import { createApp } from 'vue';
        import plugin from './plugin';
        const app = createApp({});
        app.use(plugin);
        app.provide('track', (name: string) => FS.event(name));
        === src/plugin.ts
        import { track } from './track';
        export default { install(app) { app.config.globalProperties.$fs = { track }; } };
        === src/track.ts
        export const track = (name: string) => FS.event(name);
        === src/A.vue
        <script>
        export default {
          inject: ['track'],
          methods: { go() { this.$fs.track('Global property'); } }, //= client: Global property
        };
        </script>
        <template><button @click="$fs.track('Template')" /></template>
        === src/B.vue
        <script setup lang="ts">
        import { inject, provide } from 'vue';
        import { key } from './key';
        const track = inject('track');
        track('Injected'); //= client: Injected
        const byKey = inject(key)!;
        byKey('Injected by key'); //= client: Injected by key
        </script>
        === src/key.ts
        export const key = Symbol('track');
        === src/C.vue
        <script setup lang="ts">
        import { provide } from 'vue';
        import { key } from './key';
        import { track } from './track';
        provide(key, track);
        </script>
        """,
    "stores": """
        === src/a.ts
        import { useAnalyticsStore } from './pinia';
        const store = useAnalyticsStore();
        store.track('Pinia'); //= client: Pinia
        useSetup().track('Setup'); //= client: Setup
        import { useSetup } from './pinia';
        import { useZustand } from './zustand';
        const track = useZustand((s) => s.track);
        track('Zustand'); //= client: Zustand
        useZustand.getState().track('State'); //= client: State
        === src/pinia.ts
        import { defineStore } from 'pinia';
        export const useAnalyticsStore = defineStore('analytics', {
          state: () => ({ a: 1 }),
          actions: { track(name: string) { FS.event(name); } },
        });
        export const useSetup = defineStore('setup', () => {
          function track(name: string) { FS.event(name); }
          return { track };
        });
        === src/zustand.ts
        import { create } from 'zustand';
        export const useZustand = create((set) => ({ track: (name: string) => FS.event(name) }));
        """,
    "redux": """
        === src/middleware.ts
        import { track } from './track';
        export const analytics = (store) => (next) => (action) => {
          track('Middleware'); //= client: Middleware
          return next(action);
        };
        export const thunk = () => async (dispatch) => { track('Thunk'); dispatch({ type: 'X' }); }; //= client: Thunk
        === src/track.ts
        export const track = (name: string) => FS.event(name);
        """,
    "props": """
        === src/App.tsx
        import { Button } from './Button';
        import { track } from './track';
        export const App = () => <Button onTrack={track} label="x" />;
        === src/Button.tsx
        export function Button({ onTrack, label }: { onTrack: (n: string) => void; label: string }) {
          return <button onClick={() => onTrack('Prop')}>{label}</button>; //= client: Prop
        }
        === src/track.ts
        export const track = (name: string) => FS.event(name);
        """,
    "component-props": """
        === src/App.tsx
        import { Tracked } from './Tracked';
        export const App = () => <><Tracked event="Shown" /><Tracked event={'Other'} /></>; //= client: Shown & client: Other
        === src/Tracked.tsx
        export function Tracked({ event }: { event: string }) {
          useEffect(() => { FS.event(event); }, [event]);
          return null;
        }
        """,
    "higher-order": """
        === src/a.ts
        import { withFS, whenLoaded, onReady } from './ready';
        withFS((fs) => fs.event('With')); //= client: With
        whenLoaded((fs) => { fs('trackEvent', { name: 'Loaded' }); }); //= client: Loaded
        onReady(() => FS.event('Ready')); //= client: Ready
        === src/ready.ts
        export function withFS(callback: (fs: any) => void) { if (window.FS) callback(window.FS); }
        export const whenLoaded = (cb) => { load().then(() => cb(FS)); };
        export const onReady = (cb: () => void) => cb();
        """,
    "decorated": """
        === src/a.ts
        import { logged, debounced, memo } from './b';
        logged('Logged'); //= client: Logged
        debounced('Debounced'); //= client: Debounced
        memo('Once'); //= client: Once
        === src/b.ts
        import { debounce, once } from 'lodash';
        const track = (name: string) => FS.event(name);
        const log = (fn) => (...args) => { console.log(args); return fn(...args); };
        export const logged = log(track);
        export const debounced = debounce(track, 100);
        export const memo = once(track);
        """,
    "aliases": """
        === src/a.ts
        const fs = window.FS;
        const { FS } = window as any;
        const g = globalThis.FS;
        fs.event('Const'); //= client: Const
        FS.event('Destructured'); //= client: Destructured
        g('trackEvent', { name: 'Global this' }); //= client: Global this
        (window as any)['FS'].event('Subscript'); //= client: Subscript
        (window as { FS?: { event(n: string): void } }).FS?.event?.('Typed'); //= client: Typed
        self.FS?.('setIdentity', { uid: 'user-1' }); //= identify client
        const { event } = window.FS;
        event('Method'); //= client: Method
        === src/b.ts
        window._fs_namespace = 'FullStory';
        FullStory.event('Namespace'); //= client: Namespace
        const getFS = () => (typeof window === 'undefined' ? undefined : window['FullStory']);
        getFS()?.event('Got'); //= client: Got
        getFS()?.('trackEvent', { name: 'Got v2' }); //= client: Got v2
        """,
    "packages": """
        === src/a.ts
        import * as FullStory from '@fullstory/browser';
        import { FullStory as FS2, init } from '@fullstory/browser';
        import RN, { event as send } from '@fullstory/react-native';
        init({ orgId: 'o' });
        FullStory.event('Namespace', {}); //= client: Namespace
        FS2('trackEvent', { name: 'Renamed' }); //= client: Renamed
        RN.event('Native'); //= client: Native
        send('Named'); //= client: Named
        === src/b.js
        const { FullStory } = require('@fullstory/browser');
        const FS = require('@fullstory/browser');
        FullStory('trackEvent', { name: 'Required' }); //= client: Required
        FS.event('Required v1'); //= client: Required v1
        async function f() {
          const FS = await getFullStory();
          FS.event('Lazy'); //= client: Lazy
          const { FullStory: L } = await import('@fullstory/browser');
          L('trackEvent', { name: 'Imported' }); //= client: Imported
        }
        const getFullStory = async () => (await import('@fullstory/browser'));
        """,
    "classic-scripts": """
        === public/track.js
        function track(name) { FS.event(name); }
        window.sendEvent = function (name) { FS.event(name); };
        (function () { var app = window.app = window.app || {}; app.track = function (n) { FS.event(n); }; })();
        === public/page.html
        <script src="track.js"></script>
        <script>track('Declared');</script> <!--= client: Declared -->
        <button onclick="sendEvent('Handler')">x</button> <!--= client: Handler -->
        <script>app.track('Namespace');</script> <!--= client: Namespace -->
        === public/other.js
        sendEvent('Window'); //= client: Window
        window.sendEvent('Window member'); //= client: Window member
        """,
    "globals-from-modules": """
        === src/setup.ts
        import { track } from './track';
        window.trackEvent = track;
        === src/track.ts
        export const track = (name: string) => FS.event(name);
        === src/a.ts
        window.trackEvent('Global'); //= client: Global
        (window as any).trackEvent?.('Global optional'); //= client: Global optional
        """,
    "component-fields": """
        === src/a.ts
        import { track } from './track';
        class Page { track = track; handler = (e) => { this.track('Field function'); }; } //= client: Field function
        export const actions = { track, run() { this.track('Object this'); } }; //= client: Object this
        const map = { send: track };
        map.send('Map'); //= client: Map
        map['send']('Subscript'); //= client: Subscript
        const chosen = Math.random() > 0.5 ? track : console.log;
        chosen('Chosen'); //= client: Chosen
        (track || noop)('Or'); //= client: Or
        track?.('Optional'); //= client: Optional
        setTimeout(track, 100, 'Timer'); //= client: Timer
        setTimeout(() => track('Timer arrow'), 100); //= client: Timer arrow
        Promise.resolve().then(() => track('Then')); //= client: Then
        ['A', 'B'].forEach(track); //= client: A | B
        === src/track.ts
        export const track = (name: string) => FS.event(name);
        """,
    "facades": """
        === src/a.ts
        import { Tracking } from './facade';
        Tracking.cart.added(3);
        Tracking.raw('Raw'); //= client: Raw
        === src/facade.ts
        import { service } from './service';
        export const Tracking = {
          cart: { added: (n: number) => service.track('Cart Added', { n }) }, //= client: Cart Added
          raw: service.track.bind(service),
        };
        === src/service.ts
        import { client } from './client';
        class Service { track(name: string, props?: object) { client().event(name, props); } }
        export const service = new Service();
        === src/client.ts
        export function client() { return window.FS; }
        """,
    "identify": """
        === src/a.ts
        import { identify, setUser } from './b';
        identify(user.id, { plan: 'pro' }); //= identify client
        setUser({ uid: account.id }); //= identify client
        === src/b.ts
        export const identify = (uid: string, props?: object) => FS.identify(uid, props);
        export const setUser = (options: { uid: string }) => FS('setIdentity', options);
        export const fromUser = (user) => FS.identify(user.id); //= identify client
        """,
    "hoc": """
        === src/App.tsx
        import { withTracking } from './hoc';
        export default withTracking(function App({ track }) { track('HOC'); return null; }); //= client: HOC
        === src/hoc.tsx
        export function withTracking(Component) {
          const track = (name: string) => FS.event(name);
          return function Wrapped(props) { return <Component {...props} track={track} />; };
        }
        """,
    "workspace": """
        === package.json
        { "name": "root", "workspaces": ["packages/*", "apps/*"] }
        === packages/analytics/package.json
        { "name": "@acme/analytics", "main": "./src/index.ts" }
        === packages/analytics/src/index.ts
        export { track } from './track.js';
        === packages/analytics/src/track.ts
        export const track = (name: string) => FS.event(name);
        === apps/web/package.json
        { "name": "web", "dependencies": { "@acme/analytics": "workspace:*" } }
        === apps/web/src/a.ts
        import { track } from '@acme/analytics';
        track('Workspace'); //= client: Workspace
        """,
}


@pytest.mark.parametrize("name", NOTHING)
def test_not_fullstory(name: str) -> None:
    verify(NOTHING[name])


@pytest.mark.parametrize("name", JAVASCRIPT)
def test_javascript(name: str) -> None:
    verify(JAVASCRIPT[name])
