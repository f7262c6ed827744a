import threading
import time
from collections.abc import Callable


class CircuitBreaker:
    """Stops calling a service that keeps failing, and lets one call through from time to time to see if it is back."""

    def __init__(
        self, failures_to_open: int = 3, open_seconds: float = 30, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.failures_to_open = failures_to_open
        self.open_seconds = open_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._next_probe: float | None = None

    @property
    def state(self) -> str:
        if self._next_probe is None:
            return "closed"
        return "half-open" if self._clock() >= self._next_probe else "open"

    def allows(self) -> bool:
        with self._lock:
            if self.state == "open":
                return False
            if self.state == "half-open":
                # The next one waits until this probe has had its chance.
                self._next_probe = self._clock() + self.open_seconds
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._failures = 0
            self._next_probe = None

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= self.failures_to_open:
                self._next_probe = self._clock() + self.open_seconds
