import { createServer } from "node:http";

import { EventStream } from "./lib/events.js";
import { createHandler } from "./lib/handler.js";
import { log } from "./lib/log.js";
import { MessageStore } from "./lib/messages.js";
import { acceptWebSocket } from "./lib/websocket.js";

const port = Number(process.env.PORT ?? 3000);
const host = process.env.HOST ?? "0.0.0.0";
const maxUploadBytes = Number(process.env.MAX_UPLOAD_BYTES ?? 1024 * 1024 * 1024);
const graceMilliseconds = Number(process.env.SHUTDOWN_GRACE_MS ?? 10_000);

const events = new EventStream();
const messages = new MessageStore({ onAdd: (message) => events.send("message", message) });
const sockets = new Set();
const server = createServer(createHandler({ events, messages, maxUploadBytes }));

server.on("upgrade", (request, socket, head) => {
  const peer = acceptWebSocket(request, socket, head);
  if (!peer) return;
  sockets.add(peer);
  peer.on("message", (data) => peer.send(data));
  peer.on("close", () => sockets.delete(peer));
});

server.listen(port, host, () => log("listening", { host, port: server.address().port }));
server.on("error", (error) => {
  log("cannot listen", { host, port, error: error.code });
  process.exit(1);
});

let stopping = false;

/** No new connections, streams told to go elsewhere, requests in flight finished, and an end to the waiting. */
function stop(signal) {
  if (stopping) return;
  stopping = true;
  log("stopping", { signal });
  server.close(() => {
    log("stopped");
    process.exit(0);
  });
  events.close();
  for (const peer of sockets) peer.close(1001);
  setTimeout(() => {
    log("requests were cut off", { after_ms: graceMilliseconds });
    process.exit(1);
  }, graceMilliseconds).unref();
}

process.on("SIGTERM", () => stop("SIGTERM"));
process.on("SIGINT", () => stop("SIGINT"));
