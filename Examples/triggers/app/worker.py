"""Matches events with rules and delivers webhooks: ``python -m app.worker``, as many of them as are needed."""

import json
import logging
import random
import signal
import threading
import time

import httpx
import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from app.database import make_pool
from app.matching import matches
from app.settings import Settings, configure_logging, load_settings
from app.signing import sign

log = logging.getLogger("triggers.worker")

BATCH = 50
LONGEST_PAUSE_SECONDS = 3600


def backoff_seconds(attempt: int) -> float:
    """5 s after the first failure, then twice as long each time, an hour at most, without the jitter."""
    return min(LONGEST_PAUSE_SECONDS, 5 * 2 ** (attempt - 1))


class Worker:
    def __init__(self, settings: Settings, pool: ConnectionPool, client: httpx.Client) -> None:
        self.settings = settings
        self.pool = pool
        self.client = client
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                busy = self.match_events() + self.deliver()
            except (psycopg.OperationalError, PoolTimeout) as error:
                log.warning("the database does not answer: %s", type(error).__name__)
                busy = 0
            if busy == 0:
                self.stopping.wait(self.settings.poll_seconds)

    def match_events(self) -> int:
        """Turns new events into deliveries; the rows stay locked until both are written."""
        with self.pool.connection() as database:
            events = database.execute(
                "SELECT id, api_key_id, type, payload FROM events WHERE processed_at IS NULL"
                " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
                (BATCH,),
            ).fetchall()
            for event in events:
                rules = database.execute(
                    "SELECT id, conditions FROM rules WHERE api_key_id = %s AND event_type = %s",
                    (event["api_key_id"], event["type"]),
                ).fetchall()
                for rule in rules:
                    if matches(rule["conditions"], event["payload"]):
                        database.execute(
                            "INSERT INTO deliveries (event_id, rule_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                            (event["id"], rule["id"]),
                        )
            database.execute(
                "UPDATE events SET processed_at = now() WHERE id = ANY(%s)", ([event["id"] for event in events],)
            )
        return len(events)

    def deliver(self) -> int:
        done = 0
        while done < BATCH and not self.stopping.is_set():
            delivery = self.claim()
            if delivery is None:
                break
            self.finish(delivery, self.send(delivery))
            done += 1
        return done

    def claim(self) -> dict | None:
        """Takes one due delivery; if this process dies, the row is due again after the pause."""
        lease = self.settings.delivery_timeout_seconds + 30
        with self.pool.connection() as database:
            return database.execute(
                "UPDATE deliveries SET attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => %s)"
                " FROM events, rules WHERE events.id = deliveries.event_id AND rules.id = deliveries.rule_id"
                " AND deliveries.id = (SELECT id FROM deliveries WHERE status = 'pending' AND next_attempt_at <= now()"
                "   ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED)"
                " RETURNING deliveries.id, deliveries.attempts, event_id, rule_id, target_url,"
                "   events.type, events.payload",
                (lease,),
            ).fetchone()

    def send(self, delivery: dict) -> str:
        """Answers "200" and the like, or the kind of failure."""
        body = json.dumps(
            {"event_id": delivery["event_id"], "type": delivery["type"], "payload": delivery["payload"]},
            separators=(",", ":"),
        ).encode()
        headers = {
            "content-type": "application/json",
            "x-delivery-id": str(delivery["id"]),
            "x-signature": sign(body, int(time.time()), self.settings.webhook_secret),
        }
        try:
            return str(self.client.post(delivery["target_url"], content=body, headers=headers).status_code)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return type(error).__name__

    def finish(self, delivery: dict, result: str) -> None:
        attempts = delivery["attempts"]
        if result.startswith("2"):
            status = "delivered"
        else:
            status = "failed" if attempts >= self.settings.max_attempts else "pending"
        pause = backoff_seconds(attempts) * random.uniform(0.8, 1.2)
        with self.pool.connection() as database:
            database.execute(
                "UPDATE deliveries SET status = %s, last_result = %s,"
                " next_attempt_at = now() + make_interval(secs => %s) WHERE id = %s",
                (status, result, pause, delivery["id"]),
            )
        log.info("delivery %d, attempt %d: %s (%s)", delivery["id"], attempts, status, result)


def main() -> None:
    settings = load_settings()
    configure_logging(settings.log_level)
    timeout = httpx.Timeout(settings.delivery_timeout_seconds)
    with make_pool(settings.database_url, max_size=2) as pool, httpx.Client(timeout=timeout) as client:
        worker = Worker(settings, pool, client)
        for number in (signal.SIGTERM, signal.SIGINT):
            # The delivery in hand is finished first.
            signal.signal(number, lambda *_: worker.stopping.set())
        log.info("ready")
        worker.run()
    log.info("stopped")


if __name__ == "__main__":
    main()
