const heartbeatMilliseconds = 15_000;

/** Server-sent events to everyone who listens. */
export class EventStream {
  #listeners = new Set();
  #heartbeat;
  #id = 0;

  get size() {
    return this.#listeners.size;
  }

  subscribe(request, response) {
    response.writeHead(200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    });
    response.write("retry: 2000\n\n");
    this.#listeners.add(response);
    // Comments keep proxies from taking a quiet stream for a dead one.
    this.#heartbeat ??= setInterval(() => this.#write(": still here\n\n"), heartbeatMilliseconds);
    response.on("close", () => {
      this.#listeners.delete(response);
      if (this.#listeners.size === 0) this.#stopHeartbeat();
    });
  }

  send(name, data) {
    this.#write(`id: ${++this.#id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  close() {
    this.#stopHeartbeat();
    for (const response of this.#listeners) response.end();
  }

  #write(text) {
    for (const response of this.#listeners) response.write(text);
  }

  #stopHeartbeat() {
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }
}
