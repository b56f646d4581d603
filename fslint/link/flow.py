"""Control flow in one function, read off its regions: what guards a place, what catches, what excludes, what loops.

Pure functions on a ``Module`` and byte offsets or rows of its tables. None of them looks into another file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

from ..facts import (
    Array,
    Assign,
    Await,
    Binary,
    Call,
    CallRef,
    Cast,
    ClassRef,
    Comprehension,
    Element,
    Global,
    Literal,
    Member,
    Name,
    Object,
    OneOf,
    Region,
    Rest,
    Spread,
    Template,
    This,
    Unary,
    Value,
)
from .modules import Module


def words(text: str) -> frozenset[str]:
    """A set of names, written as text."""
    return frozenset(text.split())


Condition = tuple[Value, bool]
"""A test and what it is known to have come out as."""

GLOBAL_OBJECTS = frozenset({"window", "globalThis", "self", "global", "top", "parent"})
_TRUE_KINDS = frozenset({"then", "and", "ternary-then"})
_FALSE_KINDS = frozenset({"else", "or", "ternary-else"})
_CONDITIONAL_KINDS = frozenset(
    {"then", "else", "case", "default", "and", "or", "nullish", "ternary-then", "ternary-else", "except", "loop-else"}
)
_LOOP_KINDS = frozenset({"loop", "comprehension"})
_LIMIT = 200


class _Index:
    """What several questions about one module share."""

    def __init__(self, module: Module) -> None:
        self.children: dict[int, list[int]] = {}
        self.leaving: dict[int, list[int]] = {}  # children that are left where their test holds
        for number, region in enumerate(module.facts.regions):
            if region.parent >= 0:
                self.children.setdefault(region.parent, []).append(number)
                if region.exits and region.test is not None and region.kind in ("then", "else"):
                    self.leaving.setdefault(region.parent, []).append(number)


_INDEXES: WeakKeyDictionary[Module, _Index] = WeakKeyDictionary()


def _index(module: Module) -> _Index:
    index = _INDEXES.get(module)
    if index is None:
        index = _INDEXES[module] = _Index(module)
    return index


# --------------------------------------------------------------------------------------------------------- regions


def scope(module: Module, region: int, across: bool = False) -> list[int]:
    """A region and those around it, innermost first, up to the function's body (``across``: up to the module's)."""
    found: list[int] = []
    for number in module.ancestors(region):
        found.append(number)
        if not across and module.facts.regions[number].kind == "body":
            break
    return found


def inside(module: Module, region: int, outer: int) -> bool:
    """Whether ``region`` is ``outer`` or in it, without crossing a function's border."""
    return outer in scope(module, region)


def group(module: Module, number: int) -> list[int]:
    """A region and its siblings of one statement (then and else, try and its excepts), in source order."""
    region = module.facts.regions[number]
    return [
        other
        for other in _index(module).children.get(region.parent, [])
        if module.facts.regions[other].group == region.group and module.facts.regions[other].kind != "body"
    ]


def plain(value: Value) -> Value:
    """A value without ``await`` and casts around it."""
    if type(value) is Await or type(value) is Cast:
        for _ in range(_LIMIT):
            if not isinstance(value, (Await, Cast)):
                break
            value = value.value
    return value


def literal_key(value: Value) -> str | None:
    """The key of a member, if it is one and its key a known string."""
    if type(value) is Member and type(value.key) is Literal and type(value.key.value) is str:
        return value.key.value
    return None


def global_name(value: Value) -> str:
    """The global that a value is (``FS``, ``window.FS``, ``window['FS']``), or ""."""
    value = plain(value)
    if isinstance(value, Global):
        return value.name
    if isinstance(value, Member):
        owner = plain(value.object)
        if isinstance(owner, Global) and owner.name in GLOBAL_OBJECTS:
            return literal_key(value) or ""
    return ""


def same(left: Value, right: Value, depth: int = 0) -> bool:
    """Whether two expressions name one thing: the same bindings, globals and members, with ``?.`` or without."""
    left, right = plain(left), plain(right)
    if depth > 50:
        return False
    known = global_name(left)
    if known or global_name(right):
        return known == global_name(right)
    if isinstance(left, Name) and isinstance(right, Name):
        return left.binding == right.binding
    if isinstance(left, This) and isinstance(right, This):
        return left.function == right.function
    if isinstance(left, Member) and isinstance(right, Member):
        key = left.key, right.key
        if isinstance(key[0], Literal) and isinstance(key[1], Literal):
            equal = key[0].value == key[1].value
        else:
            equal = same(key[0], key[1], depth + 1)
        return equal and same(left.object, right.object, depth + 1)
    return False


def parts(value: Value) -> Iterator[Value]:
    """The values that a value is directly made of (not those of calls and functions)."""
    if isinstance(value, Template):
        yield from value.parts
    elif isinstance(value, OneOf):
        yield from value.values
        if value.test is not None:
            yield value.test
    elif isinstance(value, Object):
        for entry in value.entries:
            if entry.key is not None and not isinstance(entry.key, Literal):
                yield entry.key
            yield entry.value
    elif isinstance(value, Array):
        yield from value.items
    elif isinstance(value, Member):
        yield value.object
        if not isinstance(value.key, Literal):
            yield value.key
    elif isinstance(value, (Spread, Await, Element, Rest, Unary, Cast)):
        yield value.value
    elif isinstance(value, Binary):
        yield value.left
        yield value.right
    elif isinstance(value, Comprehension):
        yield value.element
        if value.key is not None:
            yield value.key


def within(value: Value, calls: Sequence[Call] = (), limit: int = 2000) -> Iterator[Value]:
    """A value and all that it is made of; with ``calls`` also what the calls in it are made of."""
    stack = [value]
    while stack and limit:
        limit -= 1
        current = stack.pop()
        yield current
        if isinstance(current, CallRef) and 0 <= current.call < len(calls):
            call = calls[current.call]
            stack.append(call.callee)
            stack.extend(argument.value for argument in call.args)
        stack.extend(parts(current))


# ---------------------------------------------------------------------------------------------------------- guards


def conditions(test: Value, truth: bool) -> list[Condition]:
    """What follows when a test came out true or false: ``a && b`` true gives both, ``!x`` turns round."""
    found: list[Condition] = []
    stack = [(test, truth)]
    while stack and len(found) < _LIMIT:
        value, outcome = stack.pop()
        value = plain(value)
        if isinstance(value, Unary) and value.op in ("!", "not"):
            stack.append((value.value, not outcome))
        elif isinstance(value, OneOf) and (value.how, outcome) in (("and", True), ("or", False)):
            stack.extend((part, outcome) for part in reversed(value.values))
        else:
            found.append((value, outcome))
    return found


def guards(module: Module, offset: int, across: bool = False) -> list[Condition]:
    """Everything that is known to hold where ``offset`` is reached: tests of the branches around it, and of earlier
    branches that always leave. ``across``: also around the functions that it is written in."""
    regions = module.facts.regions
    found: list[Condition] = []
    for number in scope(module, module.region_at(offset), across):
        region = regions[number]
        if region.test is not None:
            if region.kind in _TRUE_KINDS or (region.kind == "loop" and region.how == "while"):
                found += conditions(region.test, True)
            elif region.kind in _FALSE_KINDS:
                found += conditions(region.test, False)
        for child in _index(module).leaving.get(number, []):
            sibling = regions[child]
            if sibling.end <= offset and sibling.test is not None:
                found += conditions(sibling.test, sibling.kind == "else")
    return found


_MISSING = frozenset({"undefined", "None"})
_PRESENT_IF_TRUE = frozenset({"!=", "!==", "is not", "not in"})
_PRESENT_IF_FALSE = frozenset({"==", "===", "is"})
_ORDER = frozenset({"<", ">", "<=", ">=", "in", "instanceof"})


def _is_missing(value: Value) -> bool:
    return (isinstance(value, Literal) and (value.value is None or value.kind == "undefined")) or (
        isinstance(value, Global) and value.name in _MISSING
    )


def _rests_on(module: Module, value: Value, path: Value, depth: int = 0) -> bool:
    """Whether a truthy ``value`` needs ``path``: it is the path, a member or a call of a member of it."""
    value = plain(value)
    while depth < _LIMIT:
        depth += 1
        if same(value, path):
            return True
        if isinstance(value, Member):
            value = plain(value.object)
        elif isinstance(value, CallRef) and 0 <= value.call < len(module.facts.calls):
            call = module.facts.calls[value.call]
            if not isinstance(plain(call.callee), Member):
                # Boolean(x), isinstance(x, T), hasattr(x, 'y')
                return any(_rests_on(module, argument.value, path, depth) for argument in call.args[:1])
            value = plain(call.callee)
        else:
            return False
    return False


def establishes(module: Module, condition: Condition, path: Value) -> bool:
    """Whether a condition shows that ``path`` is there (neither null nor undefined nor None)."""
    test, truth = condition
    if isinstance(test, Unary) and test.op == "typeof":
        return truth and same(test.value, path)
    if not isinstance(test, Binary):
        return truth and _rests_on(module, test, path)
    left, right = plain(test.left), plain(test.right)
    for value, other in ((left, right), (right, left)):
        if isinstance(value, Unary) and value.op == "typeof" and isinstance(other, Literal):
            absent = other.value == "undefined"
            wanted = _PRESENT_IF_TRUE if absent == truth else _PRESENT_IF_FALSE
            if test.op in wanted and _rests_on(module, value.value, path):
                return True
        elif _rests_on(module, value, path):
            if _is_missing(other):
                if test.op in (_PRESENT_IF_TRUE if truth else _PRESENT_IF_FALSE):
                    return True
            elif truth and (test.op in _PRESENT_IF_FALSE or test.op in _ORDER):
                return True
    return truth and test.op == "in" and isinstance(left, Literal) and _names_member(test.right, left, path)


def _names_member(owner: Value, key: Literal, path: Value) -> bool:
    """``'FS' in window`` as a test of ``window.FS``."""
    path = plain(path)
    if isinstance(path, Global):
        return isinstance(plain(owner), Global) and key.value == path.name
    if not isinstance(path, Member) or not isinstance(path.key, Literal) or path.key.value != key.value:
        return False
    return same(path.object, owner)


def guards_path(module: Module, known: Iterable[Condition], path: Value) -> bool:
    """Whether one of the conditions shows that ``path`` is there."""
    return any(establishes(module, condition, path) for condition in known)


def guarded(module: Module, offset: int, path: Value, across: bool = False) -> bool:
    """Whether ``path`` is known to be there where ``offset`` is reached."""
    return guards_path(module, guards(module, offset, across), path)


# -------------------------------------------------------------------------------------------------------- catching

BROAD = frozenset({"Exception", "BaseException"})
_NARROW = words(
    "ArithmeticError AssertionError AttributeError BlockingIOError BrokenPipeError BufferError ChildProcessError "
    "EOFError FileExistsError FileNotFoundError FloatingPointError GeneratorExit ImportError IndexError "
    "InterruptedError IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError ModuleNotFoundError "
    "NameError NotADirectoryError NotImplementedError OverflowError PermissionError ProcessLookupError "
    "RecursionError ReferenceError RuntimeError StopAsyncIteration StopIteration SyntaxError SystemError "
    "SystemExit TabError TypeError UnboundLocalError UnicodeError ValueError ZeroDivisionError TimeoutError "
    "ConnectionError ConnectionResetError ConnectionRefusedError JSONDecodeError DoesNotExist ObjectDoesNotExist "
    "IntegrityError ValidationError ReadTimeout ConnectTimeout Timeout HTTPStatusError CancelledError"
)
"""Exceptions that leave the failures of a request through (Python's own, and those that everybody knows)."""


def last_name(module: Module, value: Value) -> str:
    """The last name of a dotted reference: of an import its exported name, of a member its key."""
    value = plain(value)
    if isinstance(value, Name):
        binding = module.facts.bindings[value.binding]
        if 0 <= binding.imported < len(module.facts.imports):
            exported = module.facts.imports[binding.imported].name
            return exported if exported not in ("", "*", "default") else binding.name
        return binding.name
    if isinstance(value, Global):
        return value.name
    if isinstance(value, Member):
        return literal_key(value) or ""
    if isinstance(value, ClassRef):
        return module.facts.classes[value.cls].name
    return ""


def class_names(module: Module, test: Value | None) -> list[str]:
    """The classes of an except clause by their last names; [] catches all."""
    if test is None:
        return []
    value = plain(test)
    items = value.items if isinstance(value, Array) else (value,)
    return [last_name(module, item) for item in items] or [""]


def catches(names: Sequence[str], bases: frozenset[str], lenient: bool) -> bool:
    """Whether an except clause takes a request's failure. ``bases``: the client's base errors. ``lenient``: which
    errors the called code raises is not known, so that only well-known other errors are no match."""
    if not names:
        return True
    if any(name in BROAD or name in bases for name in names):
        return True
    return lenient and any(name not in _NARROW for name in names)


def rethrows(module: Module, number: int) -> bool:
    """Whether an except region throws (again)."""
    region = module.facts.regions[number]
    for throw in module.facts.throws:
        if region.start <= throw.start < region.end and throw.function == region.function:
            between = scope(module, throw.region)
            between = between[: between.index(number)] if number in between else []
            if not any(module.facts.regions[n].kind == "try" and _takes_all(module, n) for n in between):
                return True
    for row in module.calls_in.get(region.function, []):
        call = module.facts.calls[row]
        if region.start <= call.start < region.end and call_name(module, row) in (
            "Promise.reject",
            "process.exit",
            "sys.exit",
        ):
            return True
    return False


def rethrows_function(module: Module, function: int) -> bool:
    """Whether a handler function throws, or returns a rejected promise."""
    if any(throw.function == function for throw in module.facts.throws):
        return True
    return any(call_name(module, row) == "Promise.reject" for row in module.calls_in.get(function, []))


def _takes_all(module: Module, number: int) -> bool:
    return any(
        module.facts.regions[n].kind == "except" and module.facts.regions[n].test is None for n in group(module, number)
    )


def protected(module: Module, offset: int, bases: frozenset[str] = frozenset(), lenient: bool = True) -> bool:
    """Whether what fails at ``offset`` is caught in the same function and not thrown again."""
    regions = module.facts.regions
    for number in scope(module, module.region_at(offset)):
        region = regions[number]
        if region.kind == "try":
            for other in group(module, number):
                if regions[other].kind != "except" or regions[other].start < region.start:
                    continue
                if catches(class_names(module, regions[other].test), bases, lenient):
                    if not rethrows(module, other):
                        return True
                    break
        elif region.kind == "with" and region.source is not None and _suppresses(module, region, bases, lenient):
            return True
    return False


def _suppresses(module: Module, region: Region, bases: frozenset[str], lenient: bool) -> bool:
    source = plain(region.source) if region.source is not None else None
    if not isinstance(source, CallRef):
        return False
    call = module.facts.calls[source.call]
    if last_name(module, call.callee) != "suppress":
        return False
    return catches([last_name(module, argument.value) for argument in call.args] or [""], bases, lenient)


# ----------------------------------------------------------------------------------------------------------- names


def dotted(module: Module, value: Value) -> str:
    """A name for what is called, from this file alone: ``asyncio.gather``, ``Promise.all``, ``next/server.after``,
    ``.push`` for a method of something else, ``name`` for a function of this file, "" for the rest."""
    keys: list[str] = []
    while True:
        if type(value) is Await or type(value) is Cast:
            value = plain(value)
        if type(value) is not Member or len(keys) >= 20:
            break
        keys.append(literal_key(value) or "")
        value = value.object
    keys.reverse()
    if isinstance(value, Global):
        names = [value.name, *keys]
        if len(names) > 1 and names[0] in GLOBAL_OBJECTS:
            names = names[1:]
        return ".".join(names)
    if isinstance(value, Name):
        binding = module.facts.bindings[value.binding]
        if 0 <= binding.imported < len(module.facts.imports):
            imported = module.facts.imports[binding.imported]
            head = (
                imported.specifier if imported.name in ("*", "", "default") else f"{imported.specifier}.{imported.name}"
            )
            return ".".join([head, *keys])
        if not keys:
            return binding.name
    return "." + keys[-1] if keys else ""


def call_name(module: Module, row: int) -> str:
    """``dotted`` of what a call calls."""
    known: dict[int, str] = module.__dict__.setdefault("_call_names", {})
    name = known.get(row)
    if name is None:
        calls = module.facts.calls
        name = known[row] = dotted(module, calls[row].callee) if 0 <= row < len(calls) else ""
    return name


def root(value: Value, module: Module | None = None) -> Value:
    """The outermost object of members (and, with ``module``, of calls): ``res`` of ``res.status(1).json``."""
    for _ in range(_LIMIT):
        value = plain(value)
        if isinstance(value, Member):
            value = value.object
        elif module is not None and isinstance(value, CallRef) and 0 <= value.call < len(module.facts.calls):
            value = module.facts.calls[value.call].callee
        else:
            break
    return value


# ------------------------------------------------------------------------------------------------------- exclusion


def exclusive(module: Module, first: int, second: int) -> bool:
    """Whether two places of one function cannot both be reached in one run of it (``first`` stands earlier)."""
    if first > second:
        first, second = second, first
    regions = module.facts.regions
    around_first = scope(module, module.region_at(first))
    around_second = scope(module, module.region_at(second))
    common = set(around_first) & set(around_second)
    only_first = [number for number in around_first if number not in common]
    only_second = [number for number in around_second if number not in common]
    if only_first and only_second:
        left, right = regions[only_first[-1]], regions[only_second[-1]]
        if left.group == right.group and left.parent == right.parent:
            kinds = {left.kind, right.kind}
            if kinds <= {"then", "else", "case", "default", "ternary-then", "ternary-else"} or kinds <= {
                "try",
                "except",
            }:
                return True
    loop = next((regions[n] for n in around_first if regions[n].kind == "loop"), None)
    for number in only_first:
        leaves = regions[number].exits
        if leaves in ("return", "throw"):
            return True
        if leaves in ("break", "continue") and loop is not None and loop.start <= second < loop.end:
            return True
    return False


def conditional(module: Module, offset: int, beside: int) -> bool:
    """Whether ``offset`` stands in a branch that ``beside`` is not in."""
    others = set(scope(module, module.region_at(beside)))
    return any(
        module.facts.regions[number].kind in _CONDITIONAL_KINDS
        for number in scope(module, module.region_at(offset))
        if number not in others
    )


def conditional_at(module: Module, offset: int) -> bool:
    """Whether something in its function decides that ``offset`` is reached: a branch, a loop, an early exit."""
    kinds = _CONDITIONAL_KINDS | _LOOP_KINDS
    around = scope(module, module.region_at(offset))
    return any(module.facts.regions[number].kind in kinds for number in around) or bool(guards(module, offset))


def loop_regions(module: Module, region: int) -> list[int]:
    """The loops and comprehensions of this function around a region, innermost first."""
    return [n for n in scope(module, region) if module.facts.regions[n].kind in _LOOP_KINDS]


def same_run(module: Module, first: Call, second: Call) -> bool:
    """Whether one run of one function surely may reach both calls: same function, same loops, no branches that exclude
    each other, and not both behind conditions of their own."""
    if first.function != second.function:
        return False
    if loop_regions(module, first.region) != loop_regions(module, second.region):
        return False
    if exclusive(module, first.start, second.start):
        return False
    return not (conditional(module, first.start, second.start) and conditional(module, second.start, first.start))


# ------------------------------------------------------------------------------------------------------- dominance


def always_before(module: Module, offset: int, hits: Sequence[tuple[int, int]]) -> bool:
    """Whether one of ``hits`` (offset, region) is passed on every path that reaches ``offset`` in its function."""
    return any(_passes(module, number, offset, hits) for number in scope(module, module.region_at(offset)))


def _passes(module: Module, number: int, limit: int, hits: Sequence[tuple[int, int]], depth: int = 0) -> bool:
    """Whether every run through the region, up to ``limit``, passes a hit."""
    if any(offset < limit and region == number for offset, region in hits):
        return True
    if depth > 20:
        return False
    regions = module.facts.regions
    statements: dict[int, list[int]] = {}
    for child in _index(module).children.get(number, []):
        if regions[child].end <= limit and regions[child].kind != "body":
            statements.setdefault(regions[child].group, []).append(child)
    for children in statements.values():
        kinds = {regions[child].kind for child in children}
        passing = {child for child in children if _passes(module, child, limit, hits, depth + 1)}
        if not passing:
            continue
        if any(regions[child].kind in ("with", "finally") for child in passing):
            return True
        complete = kinds == {"try"} or "except" in kinds or {"then", "else"} <= kinds or "default" in kinds
        left = [
            child
            for child in children
            if child not in passing
            and regions[child].kind not in ("finally", "try-else")
            and regions[child].exits not in ("return", "throw")
            and not (regions[child].exits and regions[child].kind in ("then", "else"))
        ]
        if complete and not left:
            return True
    return False


# ----------------------------------------------------------------------------------------------------------- loops

ITERATORS = frozenset(
    {"map", "forEach", "flatMap", "filter", "reduce", "reduceRight", "some", "every", "each", "mapSeries"}
)
"""Methods that call their function once per element."""
ITERATOR_FUNCTIONS = words(
    "map p-map p-map.default p-each-series async.each async.map async.eachSeries _.each _.map _.forEach "
    "lodash.each lodash.map lodash.forEach"
)
_DRAINS = frozenset({"pop", "shift", "popleft", "next", "get_nowait", "read", "readline"})
"""Methods whose result differs from one iteration to the next."""


class Loop(NamedTuple):
    """A loop around a call: a region, or a call (``map``, ``forEach``) whose function the call stands in.

    ``start``/``end``: its place. ``function``: of the call, that the loop runs. ``varying``: the bindings that change.
    """

    start: int
    end: int
    region: int
    call: int
    function: int

    @property
    def is_callback(self) -> bool:
        return self.call >= 0


def iterates(module: Module, row: int) -> bool:
    """Whether a call runs its function argument once per element."""
    name = call_name(module, row)
    return name.rsplit(".", 1)[-1] in ITERATORS if "." in name else name in ITERATOR_FUNCTIONS


def loops_around(module: Module, call: Call) -> list[Loop]:
    """The loops that a call runs in, innermost first; across functions only where an iterating method runs them."""
    found: list[Loop] = []
    region, function = call.region, call.function
    for _ in range(20):
        for number in loop_regions(module, region):
            loop = module.facts.regions[number]
            found.append(Loop(loop.group if loop.group <= loop.start else loop.start, loop.end, number, -1, function))
        callback = module.callbacks.get(function)
        if callback is None or not iterates(module, callback[0]):
            break
        outer = module.facts.calls[callback[0]]
        found.append(Loop(outer.start, outer.end, -1, callback[0], function))
        region, function = outer.region, outer.function
    return found


def varies(module: Module, loop: Loop, values: Iterable[Value]) -> bool:
    """Whether one of the values depends on the iteration of the loop."""
    seen: set[int] = set()
    stack = list(values)
    steps = 3000
    while stack and steps:
        steps -= 1
        value = stack.pop()
        if isinstance(value, Name):
            if value.binding in seen:
                continue
            seen.add(value.binding)
            outcome = _binding_varies(module, loop, value.binding)
            if outcome is None:
                return True
            stack.extend(outcome)
        elif isinstance(value, CallRef) and 0 <= value.call < len(module.facts.calls):
            call = module.facts.calls[value.call]
            callee = plain(call.callee)
            if isinstance(callee, Member) and literal_key(callee) in _DRAINS and not loop.is_callback:
                return True
            stack.append(call.callee)
            stack.extend(argument.value for argument in call.args)
        else:
            stack.extend(parts(value))
    return False


def _binding_varies(module: Module, loop: Loop, number: int) -> list[Value] | None:
    """None if it varies, else the values that it is bound to inside the loop."""
    binding = module.facts.bindings[number]
    if binding.kind == "param" or number in module.param_of:
        owner = module.param_of.get(number, (binding.function, 0))[0]
        return None if loop.is_callback and owner == loop.function else [assign.value for assign in binding.assigns]
    follow: list[Value] = []
    for assign in binding.assigns:
        if not _in_loop(module, loop, assign):
            continue
        if assign.op not in ("=", "default", "walrus"):
            return None
        follow.append(assign.value)
    return follow


def _in_loop(module: Module, loop: Loop, assign: Assign) -> bool:
    if loop.region >= 0:
        return loop.region in module.ancestors(assign.region) or loop.start <= assign.start < loop.end
    body = module.facts.functions[loop.function]
    return body.region in module.ancestors(assign.region)


def leaves_loop(module: Module, call: Call) -> bool:
    """Whether the loop around a call is left right after it: ``break`` or ``return`` follow in the same stretch."""
    if call.use == "return":
        return True
    regions = module.facts.regions
    for number in scope(module, call.region):
        region = regions[number]
        if region.kind in _LOOP_KINDS:
            return region.exits in ("break", "return", "throw")
        if region.exits in ("break", "return"):
            return True
        if region.kind == "try":
            after = [n for n in group(module, number) if regions[n].kind == "try-else"]
            if any(regions[n].exits in ("break", "return") for n in after):
                return True
    return False
