"""What rules see: the linked project.

Everything here is plain data plus pure look-ups. Rules never parse, read files or ask for a language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..calls import BROWSER_PACKAGES
from ..diagnostics import Place
from ..facts import Call, Function
from .modules import Env, Module
from .values import Param, Val

if TYPE_CHECKING:
    from ..registry import Registry
    from ..settings import Settings
    from .evaluate import Evaluator


@dataclass(frozen=True, slots=True)
class Frame:
    """One call on the way to a tracking call: a call of ``module``."""

    module: Module
    call: int

    @property
    def fact(self) -> Call:
        return self.module.facts.calls[self.call]

    @property
    def place(self) -> Place:
        return self.module.place(self.fact)

    @property
    def function(self) -> Function:
        return self.module.facts.functions[self.fact.function]

    @property
    def key(self) -> tuple[str, int]:
        """Identity of the call: path and row."""
        return (self.module.path, self.call)


@dataclass(slots=True, eq=False)
class TrackingCall:
    """One way in which data reaches FullStory: a tracking call (the *sink*) with everything that its callers give.

    A wrapper with three callers gives three of these, which share ``sink``. Parameters that no caller gives remain
    ``values.Param``.

    ``kind``: ``event`` ``identify`` ``user-properties`` ``page-properties`` ``log`` ``other`` (other operations of the
    browser API: ``anonymize``, ``consent``, ``shutdown``, ``getSession`` …).
    ``side``: ``client`` ``server`` ``either`` (reached by exclusive branches of one wrapper).
    ``api``: ``v1`` ``v2`` ``mobile`` ``server-v1`` ``server-v2`` ``server`` (by name only: version not visible) ``other``
    (a ``trackServerEvent``-style function in view that sends to another service, or configured).
    ``operation``: method or operation name for browser calls (``event``, ``trackEvent``, ``setIdentity`` …), ``POST /v2/events`` …
    ``frames``: from the sink outwards; ``frames[0]`` is the sink, ``frames[-1]`` the outermost call that still gives
    anything. ``site``: the call that gives the name (DESIGN.md, "The call site"), one of ``frames``.
    ``name``, ``user_id``, ``properties``, ``schema``: evaluated; None where the call has no such thing.
    ``payload``: the server event's own object (an entry of ``events``/``requests`` in batches); ``options``: a v2
    operation's options object, or the body as a whole. ``args``: all arguments of the sink, evaluated.
    ``by_name``: a ``trackServerEvent``-style function whose way to FullStory is not in view.
    ``request``: the HTTP request that is the sink, else None. ``bare``: through a bare global (FS508, FS513).
    """

    kind: str
    side: str
    api: str
    operation: str
    frames: tuple[Frame, ...]
    site: Frame
    name: Val | None = None
    user_id: Val | None = None
    properties: Val | None = None
    schema: Val | None = None
    payload: Val | None = None
    options: Val | None = None
    args: tuple[Val, ...] = ()
    keywords: tuple[tuple[str, Val], ...] = ()
    by_name: bool = False
    request: Request | None = None
    bare: bool = False
    apps: tuple[str, ...] = ("",)
    env: Env | None = None
    user_id_place: Place | None = None
    properties_place: Place | None = None

    @property
    def sink(self) -> Frame:
        return self.frames[0]

    @property
    def outer(self) -> Frame:
        return self.frames[-1]

    @property
    def v2(self) -> bool:
        """Properties go without type suffix."""
        return self.api in ("v2", "server-v2")

    @property
    def v1(self) -> bool:
        """Properties need a type suffix."""
        return self.api in ("v1", "server-v1")


@dataclass(slots=True, eq=False)
class Request:
    """One HTTP request to FullStory's server API, or one call of its Node SDK (``client`` = ``sdk``), as it stands.

    Values are evaluated without callers (parameters are ``Param``); ``variants`` holds the same request once per chain of
    callers. ``client``: row of ``calls.CLIENTS`` (``requests``, ``httpx``, ``fetch``, ``axios``, ``sdk`` …).
    ``method``: upper case, "" unknown. ``url``: evaluated; ``endpoint``: path below the host with parameters as ``{}``
    (``/v2/events``, ``/v2/events/batch``, ``/v2/users``, ``/users/v1/individual/{}/customevent``), "" unknown.
    ``body``: the JSON value that is sent (``json.dumps``/``JSON.stringify`` looked through), ``body_raw``: the argument as it
    stands, ``body_how``: by which argument (``json`` ``data`` ``content`` ``body`` …).
    ``headers``: merged with the client's own; ``authorization``: the header's value, ``auth``: ``auth=`` argument.
    ``timeout``: evaluated timeout or signal, ``timeout_unit``: s or ms. ``timeout_known``: False where options are partly
    unknown (a spread, a client whose creation is not in view), so that nothing can be said of what is absent.
    """

    frame: Frame
    client: str
    method: str
    endpoint: str
    url: Val | None = None
    body: Val | None = None
    body_raw: Val | None = None
    body_how: str = ""
    headers: Val | None = None
    authorization: Val | None = None
    auth: Val | None = None
    timeout: Val | None = None
    timeout_unit: str = "s"
    timeout_known: bool = True
    created: Val | None = None
    variants: list[Request] = field(default_factory=list)
    frames: tuple[Frame, ...] = ()


@dataclass(slots=True, eq=False)
class Site:
    """All TrackingCalls that share a call site, kind and side: one row of ``fslint events``."""

    frame: Frame
    kind: str
    side: str
    calls: list[TrackingCall]

    @property
    def place(self) -> Place:
        return self.frame.place

    @property
    def first(self) -> TrackingCall:
        return self.calls[0]

    @property
    def apps(self) -> tuple[str, ...]:
        return self.first.apps


@dataclass(slots=True)
class CallEdge:
    """A call of a project function: ``caller`` (module, function) calls ``callee`` at ``frame``.

    ``handed``: the function was not called here but handed over with its arguments: ``""`` (called), ``background``
    (``add_task``, ``submit``, ``Thread``, ``.delay`` …), ``offload`` (``to_thread``, ``run_in_executor``: can be awaited),
    ``callback`` (a function argument of a call that is not in view).
    """

    frame: Frame
    callee: tuple[str, int]
    handed: str = ""


class Project:
    """The linked project.

    ``modules``: parsed files by path (tests excluded unless settings bring them in; FS601 looks at ``all_modules``).
    ``calls``: every TrackingCall, in order of path and place of the site. ``requests``: every request to the server API.
    ``edges``: calls of project functions by caller and by callee. ``unresolved``: what could not be resolved, for
    ``events --unresolved``. ``registries``: per app (key "" is the only app); None where there is none.
    ``broken``: files that a second parser calls broken too and that by their text, or what they import, may track.
    ``unreadable``: files that should be checked and cannot be read, with the reason. ``tracked_env``: ``.env*`` files that
    Git tracks. ``files``: all paths of the project. ``notes``: for stderr. ``package_version(path, package)``: the range
    that the nearest package.json of a file gives for a package, or None. ``linked_contents``: stand-ins for the files of
    linked repositories, by which places in them become lines.
    """

    def __init__(self, evaluator: Evaluator, settings: Settings) -> None:
        self.evaluator = evaluator
        self.settings = settings
        self.modules: dict[str, Module] = {}
        self.all_modules: dict[str, Module] = {}
        self.calls: list[TrackingCall] = []
        self.requests: list[Request] = []
        self.edges_out: dict[tuple[str, int], list[CallEdge]] = {}
        self.edges_in: dict[tuple[str, int], list[CallEdge]] = {}
        self.registries: dict[str, Registry | None] = {}
        self.apps: tuple[str, ...] = ("",)
        self.unresolved: list[tuple[Frame, str]] = []
        self.unreadable: dict[str, str] = {}
        self.broken: set[str] = set()
        self.tracked_env: frozenset[str] = frozenset()
        self.files: tuple[str, ...] = ()
        self.notes: list[str] = []
        self.linked_contents: dict[str, bytes] = {}
        self.package_version: Callable[[str, str], str | None] = lambda path, package: None
        self.read: Callable[[str], bytes | None] = lambda path: None
        self._sites: list[Site] | None = None

    def registry(self, app: str = "") -> Registry | None:
        """The registry of an app."""
        return self.registries.get(app, self.registries.get(""))

    def sites(self, kind: str | None = None) -> list[Site]:
        """Call sites in order of path and place, of one kind or all."""
        if self._sites is None:
            grouped: dict[tuple[object, ...], Site] = {}
            for call in self.calls:
                key = (call.site.key, call.kind, call.side)
                site = grouped.get(key)
                if site is None:
                    grouped[key] = Site(call.site, call.kind, call.side, [call])
                else:
                    site.calls.append(call)
            self._sites = sorted(grouped.values(), key=lambda s: (s.place, s.kind, s.side))
        return [site for site in self._sites if kind is None or site.kind == kind]

    def has_client(self, app: str) -> bool:
        """Whether an app has client FullStory code: calls, or an import of the browser SDK."""
        return any(app in c.apps and c.side in ("client", "either") for c in self.calls) or any(
            app in m.apps and any(i.specifier in BROWSER_PACKAGES and not i.type_only for i in m.facts.imports)
            for m in self.modules.values()
        )

    def reset_sites(self) -> None:
        """Group the call sites anew, after ``calls`` has changed."""
        self._sites = None

    def of_kind(self, *kinds: str) -> Iterator[TrackingCall]:
        return (call for call in self.calls if call.kind in kinds)

    def value(self, module: Module, node: object, env: Env | None = None) -> Val:
        """Evaluate any facts value of a module (``facts.Value``)."""
        return self.evaluator.eval(module, node, env)

    def default(self, param: Param) -> Val | None:
        """What a parameter is where no caller gives it; None if it has no default."""
        params = param.module.function(param.function).params
        given = params[param.index].default if 0 <= param.index < len(params) else None
        return self.value(param.module, given) if given is not None else None

    def function_name(self, frame: Frame) -> str:
        """Name of the function around a call, ``<module>`` at top level."""
        for number in frame.module.enclosing(frame.fact.function):
            name = frame.module.facts.functions[number].name
            if name:
                return name
        return "<module>"
