"""What is known of the type of names, calls and declarations, as tables that ``types`` reads.

Keys are names as ``values.dotted`` gives them (``Date.now``, ``datetime.datetime.now``, ``.toFixed`` without its dot),
values are type names of ``types``. A name that is in no table says nothing.
"""

from __future__ import annotations


def _rows(**names: str) -> dict[str, str]:
    """``{type: "name name …"}`` turned into ``{name: type}``."""
    return {name: kind for kind, listed in names.items() for name in listed.split()}


JS_CALLS = _rows(
    str="String JSON.stringify encodeURIComponent decodeURIComponent encodeURI decodeURI escape btoa atob "
    "crypto.randomUUID String.fromCharCode String.raw localStorage.getItem sessionStorage.getItem "
    "uuid.v1 uuid.v4 uuid.v7 nanoid.nanoid path.basename path.join path.extname path.dirname os.hostname",
    num="Number parseFloat Number.parseFloat Math.abs Math.max Math.min Math.pow Math.sqrt Math.cbrt Math.log "
    "Math.log2 Math.log10 Math.exp Math.hypot performance.now process.uptime",
    int="parseInt Number.parseInt BigInt Math.round Math.floor Math.ceil Math.trunc Math.sign Date.now Date.UTC "
    "Date.parse setTimeout setInterval",
    real="Math.random",
    bool="Boolean Array.isArray Number.isInteger Number.isNaN Number.isFinite Number.isSafeInteger Object.is "
    "Object.hasOwn isNaN isFinite navigator.sendBeacon confirm",
    strs="Object.keys Object.getOwnPropertyNames",
    array="Object.values Object.entries Array.from Array.of Array",
)
"""JavaScript's own functions (ECMA-262, MDN) and a few packages everyone uses."""

JS_NAMESPACES = frozenset({"Math", "Object", "Number", "JSON", "Array", "Reflect", "Promise", "console", "document"})
"""Globals whose members are not those of a value."""

JS_METHODS = _rows(
    str="toFixed toPrecision toExponential toString toLowerCase toUpperCase toLocaleLowerCase toLocaleUpperCase "
    "toLocaleString toLocaleDateString toLocaleTimeString toUTCString toDateString toTimeString trim trimStart "
    "trimEnd padStart padEnd charAt substring substr replaceAll replace join getAttribute repeat format "
    "toJSON",
    isodate="toISOString",
    int="getTime getFullYear getMonth getDate getDay getHours getMinutes getSeconds getMilliseconds getUTCFullYear "
    "getTimezoneOffset indexOf lastIndexOf findIndex findLastIndex charCodeAt codePointAt",
    bool="includes startsWith endsWith some every has test hasOwnProperty hasAttribute contains matches checkValidity",
    array="map filter flatMap sort reverse toSorted toReversed",
    strs="split",
)
"""Methods whose result has one type on whatever built-in they are called."""

JS_GLOBALS = _rows(
    str="location.href location.pathname location.search location.hash location.host location.hostname "
    "location.origin location.protocol document.title document.referrer document.URL document.cookie "
    "document.visibilityState document.readyState navigator.userAgent navigator.language navigator.platform "
    "navigator.vendor process.version process.platform process.arch",
    int="innerWidth innerHeight outerWidth outerHeight screen.width screen.height history.length "
    "Number.MAX_SAFE_INTEGER Number.MIN_SAFE_INTEGER process.pid",
    num="scrollX scrollY pageXOffset pageYOffset devicePixelRatio Infinity Number.MAX_VALUE",
    real="Math.PI Math.E Math.SQRT2 Math.LN2 Math.LN10 Number.EPSILON",
    bool="navigator.onLine navigator.cookieEnabled document.hidden",
    strs="navigator.languages process.argv",
)

JS_NAMES = _rows(
    str="string String",
    num="number Number",
    bool="boolean Boolean true false",
    int="bigint",
    date="Date",
    function="Function",
    object="object Record Object Map WeakMap Event MouseEvent KeyboardEvent HTMLElement FormData File Error",
    array="Set ReadonlySet Array ReadonlyArray",
    null="null undefined void",
)
"""Predefined types of TypeScript."""

PY_CALLS = _rows(
    str="str repr ascii chr hex bin oct format input json.dumps time.strftime time.ctime os.getcwd os.getlogin "
    "os.path.join os.path.basename os.path.dirname os.path.abspath secrets.token_hex secrets.token_urlsafe "
    "urllib.parse.quote urllib.parse.quote_plus urllib.parse.urlencode urllib.parse.unquote socket.gethostname "
    "platform.system platform.node platform.machine platform.python_version re.sub re.escape html.escape "
    "django.utils.text.slugify django.urls.reverse django.utils.translation.gettext textwrap.shorten",
    int="int len ord hash id time.time_ns time.monotonic_ns time.perf_counter_ns random.randint random.randrange "
    "os.getpid os.cpu_count math.floor math.ceil math.trunc math.isqrt math.comb math.gcd math.factorial "
    "os.path.getsize sys.getsizeof",
    real="float time.time time.monotonic time.perf_counter time.process_time random.random random.uniform "
    "math.sqrt math.log math.log2 math.log10 math.exp math.pow math.fabs math.sin math.cos math.hypot math.fsum "
    "os.path.getmtime",
    num="sum statistics.mean statistics.median",
    bool="bool isinstance issubclass hasattr callable any all math.isnan math.isinf math.isfinite math.isclose "
    "os.path.exists os.path.isfile os.path.isdir hmac.compare_digest",
    strs="os.listdir dir",
    array="list tuple set frozenset sorted",
    object="dict vars",
    date="datetime.datetime datetime.date datetime.datetime.now datetime.datetime.utcnow datetime.datetime.today "
    "datetime.datetime.fromtimestamp datetime.datetime.utcfromtimestamp datetime.datetime.strptime "
    "datetime.datetime.fromisoformat datetime.datetime.combine datetime.date.today datetime.date.fromisoformat "
    "datetime.date.fromtimestamp django.utils.timezone.now django.utils.timezone.localtime "
    "django.utils.timezone.localdate",
)
"""Python's built-ins and standard library, and Django's clock."""

PY_METHODS = _rows(
    str="lower upper strip lstrip rstrip title capitalize casefold swapcase zfill strftime join hexdigest "
    "removeprefix removesuffix",
    isodate="isoformat",
    int="count weekday isoweekday toordinal bit_length",
    real="total_seconds timestamp",
    bool="startswith endswith isdigit isdecimal isnumeric isalpha isalnum isupper islower isspace is_integer "
    "is_file is_dir issubset issuperset isdisjoint",
    date="astimezone",
    strs="split rsplit splitlines",
)

PY_GLOBALS = _rows(
    str="__name__ __file__ __version__ sys.platform sys.version sys.executable os.name os.sep",
    real="math.pi math.e math.tau math.inf",
    int="sys.maxsize",
    strs="sys.argv",
)

PY_NAMES = _rows(
    str="str EmailStr AnyStr LiteralString StrictStr SecretStr AnyUrl HttpUrl AnyHttpUrl constr",
    int="int PositiveInt NonNegativeInt NegativeInt NonPositiveInt StrictInt conint",
    real="float PositiveFloat NonNegativeFloat StrictFloat FiniteFloat confloat",
    bool="bool StrictBool",
    date="date datetime AwareDatetime NaiveDatetime PastDatetime FutureDatetime PastDate FutureDate",
    object="dict Dict Mapping MutableMapping OrderedDict defaultdict DefaultDict TypedDict object_",
    array="list List tuple Tuple set Set frozenset FrozenSet Sequence MutableSequence",
    function="Callable",
    null="None NoneType",
)
"""Python's types, typing's, datetime's and pydantic's. ``Decimal``, ``UUID``, ``bytes``, ``Any`` say nothing."""

UUIDS = frozenset({"UUID", "UUID1", "UUID3", "UUID4", "UUID5", "UUIDField", "Uuid"})
"""Python's ``uuid.UUID``, pydantic's, and the columns and fields that hold one (SQLAlchemy, Django)."""

FIELD_CALLS = _rows(
    int="IntegerField BigIntegerField SmallIntegerField PositiveIntegerField PositiveBigIntegerField "
    "PositiveSmallIntegerField AutoField BigAutoField SmallAutoField IntField BigIntField SmallIntField",
    real="FloatField",
    str="CharField TextField SlugField EmailField URLField FileField FilePathField GenericIPAddressField "
    "CICharField StringField",
    bool="BooleanField NullBooleanField",
    date="DateTimeField DateField DatetimeField",
    object="JSONField HStoreField",
)
"""What an attribute holds that is declared by such a call: Django, DRF, Tortoise, peewee."""

COLUMN_CALLS = frozenset({"Column", "mapped_column"})

COLUMN_TYPES = _rows(
    int="Integer BigInteger SmallInteger INTEGER BIGINT SMALLINT",
    real="Float Double FLOAT REAL",
    str="String Text Unicode UnicodeText VARCHAR TEXT CHAR",
    bool="Boolean BOOLEAN",
    date="DateTime Date DATETIME DATE TIMESTAMP",
)
"""SQLAlchemy's column types. ``Numeric`` gives Decimals."""

TRANSPARENT = frozenset({"Mapped", "InstrumentedAttribute", "Required", "NotRequired", "ReadOnly", "Final", "ClassVar"})
"""Generic types that say of a value what their first argument says (beside the evaluator's own)."""

DATE_PARTS = frozenset({"year", "month", "day", "hour", "minute", "second", "microsecond"})
"""Attributes of Python's dates that are ints."""

DURATION_PARTS = frozenset({"days", "seconds", "microseconds"})
"""Attributes of Python's timedelta that are ints."""

VITE_FLAGS = frozenset({"DEV", "PROD", "SSR"})
"""Members of ``import.meta.env`` that are booleans (Vite); all others are strings."""
