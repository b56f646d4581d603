"""Call specifications: which functions track, and which argument is what. Data, applied by link.

Sources: fullstory-api.md §1.1 (browser v1), §2.1 (browser v2), §4 (server), §5 (mobile); DESIGN.md, Wrappers
(``trackServerEvent``-style functions).
"""

from __future__ import annotations

from typing import NamedTuple

Arg = tuple[int | str, ...]
"""Where a value stands: position of the argument, then keys in it (``(1, "properties")``)."""


class Spec(NamedTuple):
    """One tracking function. ``kind``: as ``link.project.TrackingCall.kind``."""

    kind: str
    side: str
    api: str
    operation: str
    name: Arg | None = None
    user_id: Arg | None = None
    properties: Arg | None = None
    schema: Arg | None = None
    options: Arg | None = None


def _v1(kind: str, operation: str, **where: Arg) -> Spec:
    return Spec(kind, "client", "v1", operation, **where)


V1_METHODS: dict[str, Spec] = {
    "event": _v1("event", "event", name=(0,), properties=(1,)),
    "identify": _v1("identify", "identify", user_id=(0,), properties=(1,)),
    "setUserVars": _v1("user-properties", "setUserVars", user_id=(0, "uid"), properties=(0,)),
    "setVars": _v1("page-properties", "setVars", properties=(1,)),
    "anonymize": _v1("other", "anonymize"),
    "consent": _v1("other", "consent"),
    "log": _v1("log", "log"),
    "shutdown": _v1("other", "shutdown"),
    "restart": _v1("other", "restart"),
    "getCurrentSessionURL": _v1("other", "getCurrentSessionURL"),
    "getCurrentSession": _v1("other", "getCurrentSession"),
    "disableConsole": _v1("other", "disableConsole"),
    "enableConsole": _v1("other", "enableConsole"),
    "getFullstoryId": _v1("other", "getFullstoryId"),
    "clearUserCookie": _v1("other", "clearUserCookie"),
    "identifyAccount": _v1("other", "identifyAccount"),
}
"""Methods of the browser API (fullstory-api.md §1.1)."""

_OPTIONS: Arg = (1,)

V2_OPERATIONS: dict[str, Spec] = {
    "trackEvent": Spec(
        "event", "client", "v2", "trackEvent", (1, "name"), None, (1, "properties"), (1, "schema"), _OPTIONS
    ),
    "setIdentity": Spec(
        "identify", "client", "v2", "setIdentity", None, (1, "uid"), (1, "properties"), (1, "schema"), _OPTIONS
    ),
    "setProperties": Spec(
        "page-properties", "client", "v2", "setProperties", None, None, (1, "properties"), (1, "schema"), _OPTIONS
    ),
    "log": Spec("log", "client", "v2", "log", options=_OPTIONS),
}
"""Operations of the browser API that carry data (fullstory-api.md §2.1); every other one is kind ``other``."""

V2_ONLY = frozenset(
    ["trackEvent", "setIdentity", "setProperties", "getSession", "observe", "setConfig", "getConfig", "start"]
)
"""Operations that are no v1 method, so ``FS.trackEvent(…)`` is a mistake (@fullstory/snippet 2.1.0, dist/index.d.ts)."""

METHODS = frozenset({*V1_METHODS, *V2_ONLY, *(f"{operation}Async" for operation in V2_ONLY)})
"""Members by which a global ``FS`` is FullStory's and not Emscripten's or a file system's (fullstory-api.md §1.2)."""

BROWSER_PACKAGES = frozenset({"@fullstory/browser", "@fullstory/snippet"})
MOBILE_PACKAGES = frozenset({"@fullstory/react-native", "@fullstory/capacitor-plugin", "@fullstory/cordova-plugin"})
SDK_PACKAGE = "@fullstory/server-api-client"

API_HOSTS = ("api.fullstory.com", "api.eu1.fullstory.com", "api.na1.fullstory.com", "api.staging.fullstory.com")
"""Hosts of the server API (fullstory-api.md §4.1)."""

SERVER_FUNCTIONS = frozenset(
    name + ending
    for name, endings in (
        ("trackServerEvent", ("", "Async")),
        ("TrackServerEvent", ("", "Async")),
        ("track_server_event", ("", "_async")),
    )
    for ending in endings
)
"""``trackServerEvent``-style functions, known by name (DESIGN.md, Wrappers)."""

NAME_KEYWORDS = ("name", "event", "event_name", "eventName", "action")
USER_KEYWORDS = ("user_id", "userId", "uid", "distinct_id", "distinctId", "user")
PROPERTY_KEYWORDS = ("properties", "props", "data", "params", "payload")
NOT_USER = frozenset({"db", "session", "req", "request", "ctx", "conn", "client"})
"""Names of arguments that come before an event's name and are no user ID."""

HTTP_METHODS = frozenset({"post", "put", "patch", "delete", "get", "head", "request", "options"})


class Client(NamedTuple):
    """How one HTTP client's calls are read. Positions of the arguments; keywords or option keys by the same names.

    ``style``: ``python`` (keywords) · ``fetch`` (url, options) · ``axios`` (url, body, config; ``config`` alone for the
    bare call) · ``got`` (url, options with ``json``) · ``jquery`` (one settings object) · ``beacon`` (url, data).
    ``body``: (how, where) pairs. ``factories``: calls that make a client, with where its own options stand.
    ``base``: option of a factory that is put before the URL.
    """

    name: str
    style: str
    packages: tuple[str, ...]
    unit: str
    bodies: tuple[str, ...]
    factories: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    base: str = ""


CLIENTS: tuple[Client, ...] = (
    Client("requests", "python", ("requests",), "s", ("json", "data"), ("requests.Session", "requests.session"), ("requests.Session", "requests.sessions.Session")),
    Client("httpx", "python", ("httpx",), "s", ("json", "content", "data"), ("httpx.Client", "httpx.AsyncClient"), ("httpx.Client", "httpx.AsyncClient"), "base_url"),
    Client("aiohttp", "python", ("aiohttp",), "s", ("json", "data"), ("aiohttp.ClientSession",), ("aiohttp.ClientSession",), "base_url"),
    Client("urllib3", "python", ("urllib3",), "s", ("json", "body", "fields"), ("urllib3.PoolManager",), ("urllib3.PoolManager",)),
    Client("axios", "axios", ("axios",), "ms", ("data",), ("axios.create", "axios.Axios"), ("axios.AxiosInstance", "axios.Axios", "axios.AxiosStatic"), "baseURL"),
    Client("nest", "axios", ("@nestjs/axios",), "ms", ("data",), (), ("@nestjs/axios.HttpService",), "baseURL"),
    Client("angular", "axios", ("@angular/common/http",), "ms", ("body",), (), ("@angular/common/http.HttpClient", "@angular/common.HttpClient")),
    Client("got", "got", ("got",), "ms", ("json", "body", "form"), ("got.extend",), ("got.Got",), "prefixUrl"),
    Client("ky", "got", ("ky",), "ms", ("json", "body"), ("ky.create", "ky.extend"), ("ky.KyInstance",), "prefixUrl"),
    Client("fetch", "fetch", ("node-fetch", "undici", "cross-fetch", "isomorphic-fetch", "node-fetch-native", "ofetch"), "ms", ("body",)),
)  # fmt: skip
"""HTTP clients (their own documentation). ``urllib.request`` and ``http.client`` are read by ``link.requests`` itself."""
