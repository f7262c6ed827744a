import time

from prometheus_client import Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

EVENTS = Counter("triggers_events_total", "Events accepted", ["outcome"])
REQUESTS = Counter("triggers_http_requests_total", "HTTP requests", ["method", "route", "status"])
DURATION = Histogram("triggers_http_request_seconds", "Duration of HTTP requests", ["route"])
UNPROCESSED = Gauge("triggers_events_unprocessed", "Events that no worker has matched yet")
DELIVERIES = Gauge("triggers_deliveries", "Deliveries by status", ["status"])


class RequestMetrics:
    """Counts by the route's pattern: counting by path would make a series of every id."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watch)
        finally:
            route = getattr(scope.get("route"), "path", "unmatched")
            REQUESTS.labels(scope["method"], route, status).inc()
            DURATION.labels(route).observe(time.perf_counter() - started)
