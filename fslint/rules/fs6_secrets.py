"""FS601, FS602: FullStory keys in the code, and server keys in variables that a bundler publishes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..diagnostics import Diagnostic, Place
from ..facts import Call, CallRef, Entry, Literal, Member, Node, Object, OneOf, Secret, Value, encode
from ..frontends.syntax import secret_for
from ..link.modules import Module
from ..link.project import Project
from ..link.sides import side_at
from ..link.values import (
    Arr,
    CallV,
    Choice,
    EnvV,
    External,
    Lit,
    MemberV,
    Obj,
    Param,
    SecretV,
    Tmpl,
    Val,
    children,
    dotted,
    options,
    walk,
)
from . import rule
from .fs6_authorization import BASIC_AUTH, LOOK_UPS, encoded, key_kind
from .fs8_operations import others
from .fs8_payloads import variants
from .tables_api import ORG_KEYS, ORG_WORDS, SERVER_SDK, is_server_key_name, public_prefix, words_of

_SURE_KINDS = frozenset(["shape", "fs_api_key", "named"])
"""Secrets that are keys wherever they stand; a ``property`` is one only where it reaches FullStory."""

# ---------------------------------------------------------------------------------------- what reaches FullStory


def reaching(project: Project) -> Iterator[Val]:
    """Every value that is handed to a FullStory call or request."""
    for call in project.calls:
        yield from (v for v in (call.properties, call.payload, call.options, call.user_id, call.name) if v is not None)
        yield from call.args
        yield from (value for _, value in call.keywords)
    for request in project.requests:
        for variant in variants(request):
            given = (variant.authorization, variant.auth, variant.headers, variant.url, variant.body)
            yield from (value for value in given if value is not None)
    yield from sdk_keys(project)


def sdk_keys(project: Project) -> Iterator[Val]:
    """The ``apiKey`` of every ``init`` of the server SDK."""
    for module in project.modules.values():
        if not any(row.specifier.startswith(SERVER_SDK) for row in module.facts.imports):
            continue
        for call in module.facts.calls:
            callee = project.value(module, call.callee)
            if not isinstance(callee, External) or callee.package != SERVER_SDK or callee.path[-1:] != ("init",):
                continue
            for argument in call.args[:1]:
                for option in options(project.value(module, argument.value)):
                    entry = option.get("apiKey") if isinstance(option, Obj) else None
                    if entry is not None:
                        yield entry.value


def credentials(project: Project) -> Iterator[Val]:
    """The values that stand for the key: authorization headers, basic authentication, the SDK's ``apiKey``."""
    for request in project.requests:
        for variant in variants(request):
            if variant.authorization is not None:
                yield variant.authorization
            if variant.auth is not None:
                yield variant.auth
    yield from sdk_keys(project)


# ------------------------------------------------------------------------------------------------------------- FS601

_SCHEME = re.compile(r"(?:basic|bearer)\s+", re.I)


def as_secret(text: str, start: int = 0, end: int = 0) -> Secret | None:
    """A text that stands where a key stands, as a secret; None for placeholders and what else is no key."""
    bare = _SCHEME.sub("", text.strip(), count=1)
    return secret_for(bare, start, end, "fullstory_api_key") or secret_for(bare, start, end, "api_key")


@rule("FS601")
def exposed_api_key(project: Project) -> Iterator[Diagnostic]:
    """A key in a literal or a comment, in any file."""
    found: dict[Place, str] = {}
    comments: set[Place] = set()
    for module in project.all_modules.values():
        for secret in module.facts.literals:
            if secret.kind in _SURE_KINDS:
                found[module.place(secret)] = secret.mask
        for use in module.facts.comment_keys:
            found[module.place(use)] = use.secret.mask
            comments.add(module.place(use))
        for place, mask in _defaults(module):
            found.setdefault(place, mask)
    properties = _property_keys(project)
    seen: dict[int, Val] = {}
    for value in reaching(project):
        if id(value) in seen:
            continue
        seen[id(value)] = value
        for part in walk(value):
            given = project.default(part) if isinstance(part, Param) else part
            if isinstance(given, SecretV):
                found.setdefault(given.place, given.secret.mask)
    for credential in credentials(project):
        for value in (credential, *_by_default(project, credential)):
            for place, text in _texts(value):
                key = as_secret(text)
                if key is not None and not _covered(place, found):
                    found[place] = key.mask
    for place, mask in sorted(found.items()):
        origins = tuple(("property", key) for key in properties.get(place, ()))
        yield _exposed(project, place, mask, place in comments, origins)


def _covered(place: Place, found: Iterable[Place]) -> bool:
    return any(p.path == place.path and p.start < place.end and place.start < p.end for p in found)


def _exposed(
    project: Project, place: Place, mask: str, is_comment: bool, origins: tuple[tuple[str, Place], ...]
) -> Diagnostic:
    module = project.all_modules.get(place.path)
    side = side_at(module, place.start)[0] if module is not None else None
    where, why = "in the code", "everyone who can read the repository can use it"
    if module is not None and module.facts.language == "dotenv":
        where = "in a tracked environment file"
    elif is_comment:
        where = "in a comment"
    elif side == "client":
        where, why = "in client code", "everyone who opens the page can use it"
    elif side == "server":
        where = "in server code"
    return Diagnostic(
        "FS601",
        f"a FullStory API key ({mask}) stands {where}: {why}",
        place,
        help="revoke this key, and read the new one from the environment of the server or from a secret store",
        origins=(("key", place), *origins),
        subject=mask,
    )


_MENTION = re.compile(
    rb"(?:full_?story|fs_?api)[a-z0-9_]*?(?:key|token|secret|credential)"
    rb"|(?:key|token|secret|credential)[a-z0-9_]*?(?:full_?story|fs_?api)"
)
_ORG_MENTION = re.compile(rb"org_?id|_fs_org|organi[sz]ation|(?:^|[^a-z])org(?:[^a-z]|$)|fullstoryorg")


def mentions(module: Module, names: Iterable[str] = (), org: bool = False) -> bool:
    """Whether a file holds a server key's name at all (quick: most files need no look at every value)."""
    known: bool | None = module.__dict__.get("_mentions")
    # A name that is one of a server key by its words is found by these.
    rest = [name.encode() for name in names if _MENTION.search(name.encode().lower()) is None]
    if known or (known is not None and not rest and not org):
        return known
    try:
        text = encode(module.facts)
    except RecursionError:  # nested too deeply to be written down: look at every value
        return True
    lowered = text.lower()
    if known is None:
        is_named = any(word in lowered for word in (b"fullstory", b"full_story", b"fs_api", b"fsapi"))
        known = module.__dict__["_mentions"] = is_named and _MENTION.search(lowered) is not None
    return known or any(name in text for name in rest) or (org and _ORG_MENTION.search(lowered) is not None)


def _defaults(module: Module) -> Iterator[tuple[Place, str]]:
    """Literal defaults of look-ups whose name says that they hold a server key."""
    if module.facts.language in ("json", "yaml", "dotenv") or not mentions(module):
        return
    for node in module.nodes:
        if isinstance(node, OneOf) and node.how in ("or", "nullish") and _looks_up(module, node.values[0]):
            for value in node.values[1:]:
                yield from _plain_key(module, value)
        elif isinstance(node, Call) and len(node.args) > 1 and _is_key_name(node.args[0].value):
            for argument in node.args[1:]:
                if argument.name in ("", "default", "fallback", "default_value"):
                    yield from _plain_key(module, argument.value)


def _plain_key(module: Module, value: Value) -> Iterator[tuple[Place, str]]:
    if isinstance(value, Secret):
        yield module.place(value), value.mask
    elif isinstance(value, Literal) and isinstance(value.value, str) and not value.kind:
        secret = secret_for(value.value, value.start, value.end, "fullstory_api_key")
        if secret is not None:
            yield module.place(value), secret.mask


def _looks_up(module: Module, value: Value) -> bool:
    if isinstance(value, CallRef):
        args = module.facts.calls[value.call].args
        return bool(args) and _is_key_name(args[0].value)
    return isinstance(value, Member) and _is_key_name(value.key)


def _is_key_name(value: object) -> bool:
    return (
        isinstance(value, Literal)
        and isinstance(value.value, str)
        and len(value.value) < 100
        and value.value.isidentifier()
        and is_server_key_name(value.value)
    )


def _by_default(project: Project, value: Val) -> Iterator[Val]:
    """What the parameters in a value are where no caller gives them."""
    for part in walk(value):
        default = project.default(part) if isinstance(part, Param) else None
        if default is not None:
            yield default


def _texts(value: Val) -> Iterator[tuple[Place, str]]:
    """The known texts in a credential that are, or hold, the key; arguments of look-ups are none."""
    stack, limit = [value], 200
    while stack and limit:
        limit -= 1
        part = stack.pop()
        if isinstance(part, Lit) and isinstance(part.value, str) and not part.kind:
            yield part.core or part.place, part.value
        elif isinstance(part, Tmpl):
            stack.extend(part.holes)
            if len(part.parts) == 2 and isinstance(part.parts[1], str) and not part.parts[1].startswith(":"):
                yield part.spans[1], part.parts[1]
        elif isinstance(part, CallV):
            inner = encoded(part)
            if inner is not None:
                stack.append(inner)
            elif part.name in BASIC_AUTH:
                stack.extend((*part.args, *(given for _, given in part.keywords)))
        elif isinstance(part, (Choice, Arr, Obj, EnvV)):
            stack.extend(children(part))


def _property_keys(project: Project) -> dict[Place, list[Place]]:
    """Secret's place → the keys of the properties that carry it."""
    found: dict[Place, list[Place]] = {}
    for call in project.calls:
        stack: list[Val] = [v for v in (call.properties, call.payload, call.options, *call.args) if v is not None]
        limit = 2000
        while stack and limit:
            limit -= 1
            for option in options(stack.pop()):
                if not isinstance(option, Obj):
                    continue
                for entry in option.entries:
                    stack.append(entry.value)
                    for part in options(entry.value):
                        if isinstance(part, SecretV) and entry.key_place not in found.setdefault(part.place, []):
                            found[part.place].append(entry.key_place)
    return found


# ------------------------------------------------------------------------------------------------------------- FS602


@rule("FS602")
def public_env_api_key(project: Project) -> Iterator[Diagnostic]:
    """A server key in a variable that ends up in the browser; once a variable, at its first wrong read."""
    keys = _names_in(credentials(project), credential=True)
    scans = [_Scan(project, module) for _, module in sorted(project.modules.items()) if mentions(module, keys)]
    public = _public_names(project, scans)
    wrong: dict[str, tuple[Place, str]] = {}
    reads: dict[str, list[Place]] = {}
    for scan in scans:
        for name, place in sorted(scan.reads, key=lambda read: read[1]):
            reads.setdefault(name, []).append(place)
            reason = _why_public(scan.module, name, place, is_server_key_name(name) or name in keys)
            if reason and name not in public:
                wrong.setdefault(name, (place, reason))
        for name, place, reason in scan.published:
            reads.setdefault(name, []).append(place)
            if name not in public and (is_server_key_name(name) or name in keys):
                wrong[name] = min(wrong.get(name, (place, reason)), (place, reason))
    for module in project.all_modules.values():
        if module.facts.language != "dotenv":
            continue
        for name, place in _dotenv(module):
            prefix = public_prefix(name)
            if prefix and name not in reads and name not in wrong and (is_server_key_name(name) or name in keys):
                wrong[name] = (place, f"{prefix[1]} writes every {prefix[0]}… variable into the browser's code")
    for name, (place, reason) in sorted(wrong.items(), key=lambda item: item[1][0]):
        prefix = public_prefix(name)
        right = name[len(prefix[0]) :] if prefix else name
        yield Diagnostic(
            "FS602",
            f"the server key in '{name}' is public: {reason}",
            place,
            help=f"read it as `{right}` in code that only runs on the server, and revoke the key that was published",
            related=others([p for p in sorted(reads.get(name, ())) if p != place], "read here too"),
            origins=(("variable", name),),
            subject=name,
        )


def _why_public(module: Module, name: str, place: Place, is_key: bool) -> str:
    """Why a read is wrong, "" where it is not."""
    if not is_key:
        return ""
    prefix = public_prefix(name)
    if prefix:
        return f"{prefix[1]} writes every {prefix[0]}… variable into the browser's code"
    side, reason = side_at(module, place.start)
    return f"it is read in client code ({reason})" if side == "client" else ""


def _names_in(values: Iterable[Val], credential: bool = False) -> set[str]:
    """The variables in values. ``credential``: those that are the key or may be (no user names, no org IDs)."""
    return {
        part.name
        for value in values
        for part in walk(value)
        if isinstance(part, EnvV) and (not credential or key_kind(part) != "org")
    }


def _dotenv(module: Module) -> Iterator[tuple[str, Place]]:
    """The variables of an environment file, with the place of their line; those that hold an org ID are no keys."""
    for binding in module.facts.bindings:
        value = binding.assigns[-1].value if binding.assigns else None
        text = value.value if isinstance(value, Literal) else None
        if binding.name and not (isinstance(text, str) and re.fullmatch(r"o-[A-Za-z0-9]+(?:-(?:na|eu)\d)?", text)):
            yield binding.name, module.place(binding)


_STATIC_ENV = ("$env/static/public", "$env/static/private")
_ENV_NAME = re.compile(r"[A-Z][A-Z0-9_]*$")
_PLUGINS = ("DefinePlugin", "EnvironmentPlugin")


class _Scan:
    """What one file reads from the environment, and what its bundler configuration publishes."""

    def __init__(self, project: Project, module: Module) -> None:
        self.project = project
        self.module = module
        self.reads: list[tuple[str, Place]] = []
        self.published: list[tuple[str, Place, str]] = []
        self.org_entries: list[Value] = []
        self.name = module.path.rsplit("/", 1)[-1]
        if module.facts.language in ("json", "yaml", "dotenv"):
            return
        for row in module.facts.imports:
            if row.specifier in _STATIC_ENV and row.name not in ("*", ""):
                self.reads.append((row.name, module.place(row)))
        for node in module.nodes:
            self._visit(node)
        for binding in module.facts.bindings:
            if binding.name in ORG_KEYS or ORG_WORDS.intersection(words_of(binding.name)):
                self.org_entries.extend(assign.value for assign in binding.assigns)
        for write in module.facts.writes:
            if isinstance(write.key, Literal) and write.key.value in ORG_KEYS:
                self.org_entries.append(write.value)

    def _visit(self, node: Node) -> None:
        if isinstance(node, Member):
            key = node.key
            if isinstance(key, Literal) and isinstance(key.value, str):
                self._member(node, key.value)
        elif isinstance(node, CallRef):
            call = self.module.facts.calls[node.call]
            first = call.args[0].value if call.args else None
            if isinstance(first, Literal) and isinstance(first.value, str) and _ENV_NAME.match(first.value):
                self._environment(node)
        elif isinstance(node, Call):
            self._call(node)
        elif isinstance(node, Entry) and isinstance(node.key, Literal):
            self._entry(str(node.key.value), node.value)

    def _member(self, node: Member, key: str) -> None:
        if _ENV_NAME.match(key):
            self._environment(node)
        elif is_server_key_name(key) and isinstance(node.object, Member) and _literal(node.object.key) == "public":
            base = self.project.value(self.module, node.object.object)
            if any(isinstance(o, CallV) and o.name.endswith("useRuntimeConfig") for o in options(base)):
                self.published.append((key, self.module.place(node), "Nuxt publishes all of runtimeConfig.public"))

    def _environment(self, node: Member | CallRef) -> None:
        for option in options(self.project.value(self.module, node)):
            if isinstance(option, EnvV):
                self.reads.append((option.name, self.module.place(node)))
            elif isinstance(option, External) and option.path[:1] == ("env",) and len(option.path) == 2:
                # SvelteKit's `import { env } from '$env/dynamic/public'`.
                self.reads.append((option.path[1], self.module.place(node)))
            elif isinstance(option, CallV) and option.name.rsplit(".", 1)[-1] in LOOK_UPS and option.args:
                first = option.args[0]  # `config('VITE_…')` of decouple, `configService.get('VITE_…')`
                if isinstance(first, Lit) and isinstance(first.value, str) and public_prefix(first.value):
                    self.reads.append((first.value, self.module.place(node)))

    def _call(self, call: Call) -> None:
        name = dotted(self.project.value(self.module, call.callee)).rsplit(".", 1)[-1] if call.kind == "new" else ""
        if name in _PLUGINS:
            for argument in call.args[:1]:
                self._publish(argument.value, f"webpack's {name} writes it into the browser's code")

    def _entry(self, key: str, value: Value) -> None:
        if key in ORG_KEYS:
            self.org_entries.append(value)
        if key == "define":
            self._publish(value, "'define' writes it into the browser's code")
        elif self.name.startswith("next.config.") and key in ("env", "publicRuntimeConfig"):
            self._publish(value, f"Next.js writes all of '{key}' into the browser's code")
        elif self.name.startswith("nuxt.config.") and key == "public":
            self._publish(value, "Nuxt publishes all of runtimeConfig.public")

    def _publish(self, node: Value, reason: str) -> None:
        """The environment look-ups in an object that a bundler publishes."""
        if not isinstance(node, Object):
            for option in options(self.project.value(self.module, node)):
                if isinstance(option, Obj):
                    for entry in option.entries:
                        self._published_value(entry.name, entry.value, entry.key_place, reason)
            return
        for item in node.entries:
            if isinstance(item.key, Literal) and isinstance(item.key.value, str):
                value = self.project.value(self.module, item.value)
                self._published_value(item.key.value, value, self.module.place(item.key), reason)

    def _published_value(self, key: str, value: Val, place: Place, reason: str) -> None:
        found = False
        for part in walk(value):
            if isinstance(part, EnvV):
                self.published.append((part.name, part.place, reason))
                found = True
            elif isinstance(part, MemberV) and part.key and _ENV_NAME.match(part.key) and is_server_key_name(part.key):
                self.published.append((part.key, part.place, reason))
                found = True
        if not found:
            name = key.rsplit(".", 1)[-1].strip("_")
            if is_server_key_name(name):
                self.published.append((name, place, reason))


def _public_names(project: Project, scans: list[_Scan]) -> set[str]:
    """The variables that hold an org ID by their use: asked only where a key might be published at all."""
    if not any(scan.reads or scan.published for scan in scans):
        return set()
    scanned = {scan.module.path for scan in scans}
    more = [
        _Scan(project, module)
        for path, module in sorted(project.modules.items())
        if path not in scanned and mentions(module, org=True)
    ]
    return _names_in(_org_values(project, [*scans, *more]))


def _literal(value: Value) -> str:
    return str(value.value) if isinstance(value, Literal) else ""


def _org_values(project: Project, scans: list[_Scan]) -> Iterator[Val]:
    """The values that are used as org ID, which is public; a parameter's at each caller."""
    for scan in scans:
        for node in scan.org_entries:
            for option in options(project.value(scan.module, node)):
                yield option
                if isinstance(option, Param):
                    yield from _given(project, option)


def _given(project: Project, param: Param) -> Iterator[Val]:
    for edge in project.edges_in.get((param.module.path, param.function), ()):
        args = edge.frame.fact.args
        named = [a for a in args if a.name == param.name]
        position = [a for a in args if not a.name][param.index : param.index + 1]
        for argument in (named or position)[:1]:
            yield project.value(edge.frame.module, argument.value)
