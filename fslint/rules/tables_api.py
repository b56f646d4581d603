"""What FullStory's APIs are, as tables; each says where its rows come from."""

from __future__ import annotations

import re
from typing import NamedTuple


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# ------------------------------------------------------------------------------------------------------- browser API

V2_OPERATIONS = _words(
    # @fullstory/snippet 2.0.6 and 2.1.0, dist/index.d.ts (getConfig: 2.1.0); the last row is internal, accepted.
    "trackEvent setIdentity setProperties getSession log observe shutdown restart start setConfig getConfig "
    "getFullstoryId "
    "init source setPage stat"
)
"""Operations of ``FS('…')``; each also with ``Async`` behind."""

ASYNC = "Async"


class Became(NamedTuple):
    """``operation``: of v2; ``example``: how the call is written today; ``same_options``: renaming is enough."""

    operation: str
    example: str
    same_options: bool = False


V1_BECAME: dict[str, Became] = {
    # https://developer.fullstory.com/browser/: the v1 methods and what replaced each of them.
    "event": Became("trackEvent", "FS('trackEvent', { name, properties })", True),
    "identify": Became("setIdentity", "FS('setIdentity', { uid, properties })", True),
    "setUserVars": Became("setProperties", "FS('setProperties', { type: 'user', properties })"),
    "setVars": Became("setProperties", "FS('setProperties', { type: 'page', properties })"),
    "anonymize": Became("setIdentity", "FS('setIdentity', { anonymous: true })"),
    "consent": Became("setIdentity", "FS('setIdentity', { consent: true })"),
    "getCurrentSessionURL": Became("getSession", "FS('getSession', { format: 'url' })"),
    "getCurrentSession": Became("getSession", "FS('getSession', { format: 'id' })"),
    "disableConsole": Became("setConfig", "FS('setConfig', { console: false })"),
    "enableConsole": Became("setConfig", "FS('setConfig', { console: true })"),
    "clearUserCookie": Became("setIdentity", "FS('setIdentity', { anonymous: true })"),
    "identifyAccount": Became("setProperties", "FS('setProperties', { type: 'user', properties })"),
    # Names that people expect, from other products and from data layer rules (fullstory-data-layer-observer).
    "track": Became("trackEvent", "FS('trackEvent', { name, properties })", True),
    "page": Became("setProperties", "FS('setProperties', { type: 'page', properties })"),
    "user": Became("setProperties", "FS('setProperties', { type: 'user', properties })"),
    "setUserProperties": Became("setProperties", "FS('setProperties', { type: 'user', properties })"),
    "setPageProperties": Became("setProperties", "FS('setProperties', { type: 'page', properties })"),
    "setUser": Became("setIdentity", "FS('setIdentity', { uid, properties })"),
    "sendEvent": Became("trackEvent", "FS('trackEvent', { name, properties })", True),
    "logEvent": Became("trackEvent", "FS('trackEvent', { name, properties })", True),
    "customEvent": Became("trackEvent", "FS('trackEvent', { name, properties })", True),
    "getSessionURL": Became("getSession", "FS('getSession', { format: 'url' })"),
    "getSessionUrl": Became("getSession", "FS('getSession', { format: 'url' })"),
    "getSessionId": Became("getSession", "FS('getSession', { format: 'id' })"),
    "stop": Became("shutdown", "FS('shutdown')", True),
    "reset": Became("setIdentity", "FS('setIdentity', { anonymous: true })"),
    "logout": Became("setIdentity", "FS('setIdentity', { anonymous: true })"),
}

EXAMPLES: dict[str, str] = {
    "trackEvent": "FS('trackEvent', { name: '…', properties: { … } })",
    "setIdentity": "FS('setIdentity', { uid: '…', properties: { … } })",
    "setProperties": "FS('setProperties', { type: 'user', properties: { … } })",
    "observe": "FS('observe', { type: 'start', callback: () => { … } })",
}


class OptionKeys(NamedTuple):
    """The keys of an operation's options object (snippet 2.1.0, dist/index.d.ts). ``needs``: one of these."""

    allowed: frozenset[str]
    needs: tuple[str, ...]


OPTION_KEYS: dict[str, OptionKeys] = {
    "trackEvent": OptionKeys(_words("name properties schema"), ("name",)),
    "setProperties": OptionKeys(_words("type properties schema"), ("type",)),
    "setIdentity": OptionKeys(_words("uid anonymous consent properties schema"), ("uid", "anonymous", "consent")),
}

PROPERTY_TYPES = _words("user page document")
"""``type`` of ``setProperties``."""

OBSERVE_TYPES = _words("start shutdown")
"""``type`` of ``observe``; ``internal/…`` is accepted too."""

NAME_LIKE_KEYS = ("event", "eventName", "event_name", "title", "action", "eventType", "event_type")
"""Keys under which people put an event's name."""

BROWSER_SDK = "@fullstory/browser"
SDK_2_EXPORTS = _words("FullStory init isInitialized")
"""All that ``@fullstory/browser`` 2.x exports (its src/index.ts)."""

# -------------------------------------------------------------------------------------------------------- server API

SERVER_SDK = "@fullstory/server-api-client"

EVENT_ENDPOINT = re.compile(r"/v2(?:beta)?/events$")
EVENT_BATCH_ENDPOINT = re.compile(r"/v2(?:beta)?/events/batch$")
V1_EVENT_ENDPOINT = re.compile(r"/users/v1/individual/[^/]*/customevent$")
WRITING_METHODS = _words("POST PUT PATCH DELETE")

TOP_LEVEL_USER = ("userId", "user_id", "event_name")
"""Top-level keys of an event that FullStory's documentation does not know (facts §4.7)."""


# ------------------------------------------------------------------------------------------------------ environments

PUBLIC_PREFIXES: tuple[tuple[str, str], ...] = (
    # Variables that a bundler writes into the browser's code, and which one does.
    ("NEXT_PUBLIC_", "Next.js"),
    ("VITE_", "Vite"),
    ("REACT_APP_", "Create React App"),
    ("GATSBY_", "Gatsby"),
    ("NUXT_PUBLIC_", "Nuxt"),
    ("EXPO_PUBLIC_", "Expo"),
    ("STORYBOOK_", "Storybook"),
    ("VUE_APP_", "Vue CLI"),
    ("PUBLIC_", "SvelteKit or Astro"),
)

ORG_WORDS = _words("org orgid organization organisation")
"""A variable with one of these words holds the org ID, which is public."""

ORG_KEYS = _words("orgId org_id orgID org organizationId fullstoryOrg fullstoryOrgId _fs_org")
"""Names of options and variables that take the org ID."""


def public_prefix(name: str) -> tuple[str, str] | None:
    """The bundler's prefix of a variable and whose it is, None if no bundler publishes it."""
    return next(((prefix, bundler) for prefix, bundler in PUBLIC_PREFIXES if name.startswith(prefix)), None)


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def words_of(name: str) -> list[str]:
    """The words of a name in any case style, in lower case."""
    return [word.lower() for word in _WORD.findall(name)]


_SERVER_KEY = re.compile(r"fullstory|full_story|(?:^|_)fs_?api(?:_|$|key)")
_KEY_WORDS = _words("key keys token secret apikey credential credentials")


def is_server_key_name(name: str) -> bool:
    """A variable's name says that it holds a server key: FullStory's name, a key word, and no org ID."""
    words = words_of(name)
    if not _SERVER_KEY.search("_".join(words)) or ORG_WORDS.intersection(words):
        return False
    return bool(_KEY_WORDS.intersection(words)) or any(word.endswith("apikey") for word in words)
