#!/usr/bin/env python3
"""Posts events over several kept connections and prints the rate and the latencies.

    TRIGGERS_API_KEY=tr_... python scripts/benchmark.py --url http://localhost:8000 --events 2000 --connections 8
"""

import argparse
import http.client
import json
import os
import sys
import threading
import time
from urllib.parse import urlsplit


def post_events(url: str, key: str, count: int, latencies: list[float], failures: list[str]) -> None:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=10)
    headers = {"content-type": "application/json", "x-api-key": key}
    for number in range(count):
        body = json.dumps({"type": "benchmark.tick", "payload": {"number": number}})
        started = time.perf_counter()
        try:
            connection.request("POST", f"{parts.path.rstrip('/')}/v1/events", body, headers)
            response = connection.getresponse()
            response.read()
            if response.status != 202:
                failures.append(f"status {response.status}")
        except (OSError, http.client.HTTPException) as error:
            failures.append(type(error).__name__)
            connection.close()
        latencies.append(time.perf_counter() - started)
    connection.close()


def percentile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="http://localhost:8000")
    parser.add_argument("--events", type=int, default=2000)
    parser.add_argument("--connections", type=int, default=8)
    options = parser.parse_args()
    key = os.environ.get("TRIGGERS_API_KEY")
    if not key:
        sys.exit("not set: TRIGGERS_API_KEY (python -m app.keys benchmark makes one)")

    latencies: list[float] = []
    failures: list[str] = []
    share = max(1, options.events // options.connections)
    threads = [
        threading.Thread(target=post_events, args=(options.url, key, share, latencies, failures))
        for _ in range(options.connections)
    ]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - started

    latencies.sort()
    print(f"{len(latencies)} events in {elapsed:.2f} s: {len(latencies) / elapsed:.0f}/s")
    print(f"p50 {percentile(latencies, 0.5):.1f} ms, p99 {percentile(latencies, 0.99):.1f} ms")
    if failures:
        sys.exit(f"{len(failures)} failed, the first with: {failures[0]}")


if __name__ == "__main__":
    main()
