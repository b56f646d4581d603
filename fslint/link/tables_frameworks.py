"""Web frameworks: how each registers what answers a request, whether it waits for a returned promise, where it runs.

One row a framework or a way to register. Whatever is not in here is no handler: background workers (Celery, RQ,
Dramatiq, arq, Huey, APScheduler, BullMQ, Agenda, node-cron, kafkajs), signal receivers, event listeners, commands and
scripts need no row, because nothing but these tables makes a handler. ``BACKGROUND_DECORATORS`` names those that a
handler's own registration could be mistaken for.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .flow import words


class Framework(NamedTuple):
    """``waits``: the response waits for a promise that the handler returns. ``platform``: a serverless platform that
    freezes the process after the response (``next`` ``vercel`` ``cloudflare`` ``lambda``), else "".
    ``responds``: something waits for its answer (False: Cloudflare's ``scheduled``, ``queue``; Lambda is FS510's)."""

    name: str
    waits: bool = True
    platform: str = ""
    responds: bool = True


EXPRESS = Framework("Express", waits=False)
KOA = Framework("Koa")
FASTIFY = Framework("Fastify")
HONO = Framework("Hono")
HAPI = Framework("hapi")
NEST = Framework("NestJS")
NEXT = Framework("Next.js", platform="next")
NEXT_API = Framework("Next.js", waits=False, platform="next")
REMIX = Framework("Remix")
SVELTEKIT = Framework("SvelteKit")
NUXT = Framework("Nuxt")
ASTRO = Framework("Astro")
TRPC = Framework("tRPC")
GRAPHQL = Framework("GraphQL")
VERCEL = Framework("Vercel", platform="vercel")
CLOUDFLARE = Framework("Cloudflare Workers", platform="cloudflare")
CLOUDFLARE_BACKGROUND = Framework("Cloudflare Workers", platform="cloudflare", responds=False)
LAMBDA = Framework("AWS Lambda", platform="lambda", responds=False)
FUNCTIONS = Framework("Cloud Functions", waits=False)
FASTAPI = Framework("FastAPI")
FLASK = Framework("Flask")
DJANGO = Framework("Django")
PYTHON_WEB = Framework("web framework")

JAVASCRIPT_PACKAGES: dict[str, Framework] = {
    # Packages whose objects have the verbs below: expressjs.com/en/4x/api.html, koajs.com, fastify.dev, hono.dev
    "express": EXPRESS,
    "express-promise-router": EXPRESS,
    "restify": EXPRESS,
    "polka": EXPRESS,
    "connect": EXPRESS,
    "router": EXPRESS,
    "next-connect": EXPRESS,
    "koa": KOA,
    "@koa/router": KOA,
    "koa-router": KOA,
    "koa-route": KOA,
    "fastify": FASTIFY,
    "hono": HONO,
    "hono/quick": HONO,
    "@hono/zod-openapi": HONO,
    "elysia": HONO,
    "itty-router": HONO,
    "@hapi/hapi": HAPI,
    "h3": NUXT,
}
VERBS = words("get post put patch delete del all use head options route any param")
HOOKS_BEFORE = words("preHandler onRequest preValidation preParsing preSerialization onSend")
"""Fastify hooks that the response waits for; ``onResponse`` runs after it (fastify.dev/docs/latest/Reference/Hooks)."""
RECEIVER_NAMES = re.compile(r"(?i)(?:^|_|[a-z])(?:app|router|routes?|server|api|fastify|express|koa|hono)$")
"""What a receiver that is only a parameter or an unresolved import is called."""

PARAMETER_TYPES: dict[str, Framework] = {
    "express.Request": EXPRESS,
    "express.RequestHandler": EXPRESS,
    "fastify.FastifyRequest": FASTIFY,
    "koa.Context": KOA,
    "koa.ParameterizedContext": KOA,
    "hono.Context": HONO,
    "next.NextApiRequest": NEXT_API,
    "@vercel/node.VercelRequest": VERCEL,
}
FUNCTION_TYPES: dict[str, Framework] = {
    # The declared type of a variable that holds the handler.
    "express.RequestHandler": EXPRESS,
    "express.ErrorRequestHandler": EXPRESS,
    "express.Handler": EXPRESS,
    "koa.Middleware": KOA,
    "fastify.RouteHandlerMethod": FASTIFY,
    "hono.Handler": HONO,
    "hono.MiddlewareHandler": HONO,
    "next.NextApiHandler": NEXT_API,
    "next.GetServerSideProps": NEXT,
    "@sveltejs/kit.RequestHandler": SVELTEKIT,
    "@sveltejs/kit.Handle": SVELTEKIT,
    "astro.APIRoute": ASTRO,
    "aws-lambda.Handler": LAMBDA,
    "aws-lambda.APIGatewayProxyHandler": LAMBDA,
    "aws-lambda.APIGatewayProxyHandlerV2": LAMBDA,
    "aws-lambda.SQSHandler": LAMBDA,
    "aws-lambda.SNSHandler": LAMBDA,
    "aws-lambda.ScheduledHandler": LAMBDA,
    "aws-lambda.EventBridgeHandler": LAMBDA,
    "aws-lambda.DynamoDBStreamHandler": LAMBDA,
    "aws-lambda.S3Handler": LAMBDA,
    "@netlify/functions.Handler": LAMBDA,
}

HANDLER_CALLS: dict[str, Framework] = {
    # A call whose function argument (or ``handler`` entry) answers a request.
    "defineEventHandler": NUXT,
    "eventHandler": NUXT,
    "defineCachedEventHandler": NUXT,
    "h3.defineEventHandler": NUXT,
    "h3.eventHandler": NUXT,
    "nitropack/runtime.defineEventHandler": NUXT,
    "firebase-functions.https.onRequest": FUNCTIONS,
    "firebase-functions/https.onRequest": FUNCTIONS,
    "firebase-functions/v2/https.onRequest": FUNCTIONS,
    "firebase-functions.https.onCall": FUNCTIONS,
    "firebase-functions/v2/https.onCall": FUNCTIONS,
    "@google-cloud/functions-framework.http": FUNCTIONS,
    "@middy/core": LAMBDA,
    "@middy/core.default": LAMBDA,
    "next-safe-action.action": NEXT,
    "astro:actions.defineAction": ASTRO,
}

NEST_DECORATORS = words("Get Post Put Patch Delete Head Options All Sse MessagePattern GrpcMethod")
NEST_PACKAGES = ("@nestjs/common", "@nestjs/microservices")
GRAPHQL_DECORATORS = words("Query Mutation ResolveField FieldResolver")
GRAPHQL_PACKAGES = ("@nestjs/graphql", "type-graphql")
NEST_INTERFACES: dict[str, str] = {
    "CanActivate": "canActivate",
    "NestInterceptor": "intercept",
    "NestMiddleware": "use",
    "PipeTransform": "transform",
    "ExceptionFilter": "catch",
}

ROUTE_METHODS = words("GET POST PUT PATCH DELETE HEAD OPTIONS ALL fallback")


class FileRule(NamedTuple):
    """Exported names of files whose path matches are handlers. ``names``: "default" is the default export.
    ``entries``: exported objects (``actions``) whose functions are."""

    path: re.Pattern[str]
    names: frozenset[str]
    framework: Framework
    entries: frozenset[str] = frozenset()
    packages: tuple[str, ...] = ()


_EXT = r"\.[cm]?[jt]sx?$"
FILE_RULES: tuple[FileRule, ...] = (
    # nextjs.org/docs/app/api-reference/file-conventions, pages/building-your-application/routing/api-routes
    FileRule(re.compile(r"(?:^|/)app/(?:.*/)?route" + _EXT), ROUTE_METHODS, NEXT),
    FileRule(re.compile(r"(?:^|/)pages/api/.*" + _EXT), words("default"), NEXT_API),
    FileRule(re.compile(r"(?:^|/)pages/(?!api/).*" + _EXT), words("getServerSideProps"), NEXT),
    FileRule(re.compile(r"(?:^|^src/|/src/|/)(?:middleware|proxy)" + _EXT), words("middleware proxy default"), NEXT, packages=("next/server",)),
    # svelte.dev/docs/kit/routing
    FileRule(re.compile(r"(?:^|/)\+server" + _EXT), ROUTE_METHODS, SVELTEKIT),
    FileRule(re.compile(r"(?:^|/)\+(?:page|layout)\.server" + _EXT), words("load"), SVELTEKIT, words("actions")),
    FileRule(re.compile(r"(?:^|/)hooks\.server" + _EXT), words("handle"), SVELTEKIT),
    # remix.run/docs/route, reactrouter.com
    FileRule(re.compile(r"(?:^|/)(?:app/)?(?:routes/.*|root)" + _EXT), words("loader action"), REMIX),
    FileRule(re.compile(_EXT), words("loader action"), REMIX, packages=("@remix-run/node", "@remix-run/server-runtime", "@remix-run/cloudflare", "react-router")),
    # docs.astro.build/en/guides/endpoints
    FileRule(re.compile(r"(?:^|/)src/pages/(?!api/).*" + _EXT), ROUTE_METHODS, ASTRO, packages=("astro",)),
    # developers.cloudflare.com/pages/functions
    FileRule(re.compile(r"(?:^|/)functions/.*" + _EXT), words("onRequest onRequestGet onRequestPost onRequestPut onRequestPatch onRequestDelete"), CLOUDFLARE),
    # vercel.com/docs/functions
    FileRule(re.compile(r"(?:^|/)api/.*" + _EXT), words("default") | ROUTE_METHODS, VERCEL, packages=("@vercel/node", "@vercel/functions", "@vercel/edge")),
)  # fmt: skip
NUXT_FILES = re.compile(r"(?:^|/)server/(?:api|routes|middleware)/.*" + _EXT)

# --------------------------------------------------------------------------------------------------------- Python

PYTHON_PACKAGES: dict[str, Framework] = {
    "fastapi": FASTAPI,
    "starlette": FASTAPI,
    "flask": FLASK,
    "quart": FLASK,
    "flask_restx": FLASK,
    "flask_openapi3": FLASK,
    "apiflask": FLASK,
    "flask_smorest": FLASK,
    "aiohttp": Framework("aiohttp"),
    "sanic": Framework("Sanic"),
    "litestar": Framework("Litestar"),
    "bottle": Framework("Bottle"),
    "ninja": DJANGO,
    "robyn": PYTHON_WEB,
    "chalice": LAMBDA,
    "strawberry": Framework("Strawberry"),
    "ariadne": GRAPHQL,
}
PYTHON_VERBS = words(
    # Methods of an app, router or blueprint that register the decorated function.
    "get post put patch delete head options trace route api_route websocket websocket_route view api_operation "
    "before_request before_app_request after_request after_app_request middleware exception_handler errorhandler "
    "app_errorhandler on_request on_response field url_value_preprocessor"
)
PYTHON_DECORATORS: dict[str, Framework] = {
    # Decorators that stand alone.
    "rest_framework.decorators.api_view": DJANGO,
    "rest_framework.decorators.action": DJANGO,
    "rest_framework.decorators.detail_route": DJANGO,
    "rest_framework.decorators.list_route": DJANGO,
    "django.views.decorators.http.require_http_methods": DJANGO,
    "django.views.decorators.http.require_POST": DJANGO,
    "django.views.decorators.http.require_GET": DJANGO,
    "django.views.decorators.http.require_safe": DJANGO,
    "django.views.decorators.csrf.csrf_exempt": DJANGO,
    "django.views.decorators.cache.never_cache": DJANGO,
    "django.contrib.auth.decorators.login_required": DJANGO,
    "django.contrib.auth.decorators.permission_required": DJANGO,
    **{f"litestar.{verb}": PYTHON_PACKAGES["litestar"] for verb in ("get", "post", "put", "patch", "delete", "head", "route", "websocket")},
    **{f"strawberry.{verb}": PYTHON_PACKAGES["strawberry"] for verb in ("mutation", "field", "subscription")},
    **{f"bottle.{verb}": PYTHON_PACKAGES["bottle"] for verb in ("route", "get", "post", "put", "delete", "hook")},
    "functions_framework.http": FUNCTIONS,
    "strawberry_django.mutation": PYTHON_PACKAGES["strawberry"],
    "strawberry_django.field": PYTHON_PACKAGES["strawberry"],
}  # fmt: skip
BACKGROUND_DECORATORS = words(
    "task shared_task job periodic_task actor receiver command cli on_event listens_for db_task cron subscriber "
    "on_after_configure agent timer fixture event lifespan"
)
DEPENDENCY_CALLS = words("fastapi.Depends fastapi.Security fastapi.params.Depends litestar.di.Provide litestar.Provide")


class ClassRule(NamedTuple):
    """Methods of classes with a base from a package are handlers. ``prefix``: methods that begin so, too."""

    packages: tuple[str, ...]
    methods: frozenset[str]
    framework: Framework
    prefix: str = ""


_HTTP = words("get post put patch delete head options")
CLASS_RULES: tuple[ClassRule, ...] = (
    # docs.djangoproject.com/en/stable/ref/class-based-views, django-rest-framework.org/api-guide
    ClassRule(("django.views",), _HTTP | words("dispatch setup form_valid form_invalid get_context_data get_object get_queryset delete"), DJANGO),
    ClassRule(("rest_framework.views", "rest_framework.viewsets", "rest_framework.generics", "rest_framework.mixins", "rest_framework_simplejwt.views"),
              _HTTP | words("list create retrieve update partial_update destroy perform_create perform_update perform_destroy initial dispatch finalize_response"), DJANGO),
    ClassRule(("django.utils.deprecation",), words("process_request process_response process_view process_exception __call__"), DJANGO),
    ClassRule(("rest_framework.permissions",), words("has_permission has_object_permission"), DJANGO),
    ClassRule(("rest_framework.authentication",), words("authenticate"), DJANGO),
    # flask.palletsprojects.com/en/stable/views
    ClassRule(("flask.views", "quart.views", "flask_restful", "flask_restx", "flask_classful"), _HTTP | words("dispatch_request"), FLASK),
    ClassRule(("starlette.endpoints",), _HTTP | words("on_connect on_receive"), FASTAPI),
    ClassRule(("starlette.middleware",), words("dispatch __call__"), FASTAPI),
    ClassRule(("aiohttp.web",), _HTTP, PYTHON_PACKAGES["aiohttp"]),
    ClassRule(("sanic.views",), _HTTP, PYTHON_PACKAGES["sanic"]),
    ClassRule(("tornado.web",), _HTTP | words("prepare"), Framework("Tornado")),
    ClassRule(("graphene",), words("mutate mutate_and_get_payload"), GRAPHQL, "resolve_"),
)  # fmt: skip
DJANGO_ROUTES = words("django.urls.path django.urls.re_path django.conf.urls.url django.conf.urls.path")
DJANGO_IMPORTS = (
    "django.http",
    "django.shortcuts",
    "django.views",
    "django.contrib.auth",
    "django.contrib.messages",
    "rest_framework",
)
ROUTE_CALLS = words(
    # app.add_url_rule('/x', view_func=f), app.router.add_post('/x', f), Route('/x', f), app.add_api_route('/x', f)
    "add_url_rule add_api_route add_route add_get add_post add_put add_patch add_delete add_api_websocket_route"
)
ROUTE_OBJECTS = words(
    "starlette.routing.Route starlette.routing.WebSocketRoute aiohttp.web.get aiohttp.web.post aiohttp.web.put "
    "aiohttp.web.patch aiohttp.web.delete aiohttp.web.route fastapi.routing.APIRoute"
)
INLINE_PYTHON = words("django.db.transaction.on_commit .on_commit transaction.on_commit")
"""Run their function in the request that registers it (docs.djangoproject.com/…/transactions/#django.db.transaction.on_commit)."""

INLINE_METHODS = words(
    # Run their function at once and settle with it: rate limiters, retries, transactions, spans, promise chains.
    "then catch finally schedule run transaction $transaction execute wrap retry withSpan startSpan startActiveSpan "
    "runExclusive acquire use step"
)
INLINE_FUNCTIONS = words(
    "p-retry p-retry.default async-retry async-retry.default pRetry retry promise-retry promise-retry.default "
    "@sentry/node.startSpan @sentry/nextjs.startSpan p-limit p-throttle Promise backOff exponential-backoff.backOff "
    "asyncRetry withRetry withTimeout"
)
QUEUE_METHODS = words(
    # What puts work on a queue or into a buffer, and returns at once.
    "push add addBulk enqueue lpush rpush lPush rPush xadd xAdd publish produce put put_nowait sendToQueue emit "
    "send_message sendMessage sendMessageBatch unshift append setItem write log debug info warn error warning exception "
    "delay apply_async enqueue_job defer kiq schedule submit add_task create_task ensure_future toISOString isoformat "
    "publish_message send_task putRecord putRecords dispatch"
)
