import { createHash } from "node:crypto";

import { log } from "./log.js";

const maxJsonBytes = 64 * 1024;
const startedAt = Date.now();

class HttpError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

function sendJson(response, status, body) {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
  });
  response.end(text);
}

async function readJson(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > maxJsonBytes) throw new HttpError(413, `a JSON body has at most ${maxJsonBytes} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new HttpError(400, "the body is not JSON");
  }
}

function requiredText(body, name, maxLength) {
  const value = body?.[name];
  if (typeof value !== "string" || value.trim() === "" || value.length > maxLength) {
    throw new HttpError(422, `${name} must be a text of 1 to ${maxLength} characters`);
  }
  return value.trim();
}

function integer(text, { name, min, max }) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new HttpError(422, `${name} must be a whole number from ${min} to ${max}`);
  }
  return value;
}

export function createHandler({ events, messages, maxUploadBytes }) {
  const routes = [
    ["GET", /^\/healthz$/, health],
    ["GET", /^\/api\/messages$/, listMessages],
    ["POST", /^\/api\/messages$/, addMessage],
    ["GET", /^\/api\/messages\/(\d+)$/, readMessage],
    ["DELETE", /^\/api\/messages\/(\d+)$/, removeMessage],
    ["GET", /^\/api\/events$/, (request, response) => events.subscribe(request, response)],
    ["GET", /^\/api\/echo$/, echo],
    ["GET", /^\/api\/slow$/, slow],
    ["POST", /^\/api\/upload$/, upload],
    ["PUT", /^\/api\/upload$/, upload],
  ];

  function health(request, response) {
    sendJson(response, 200, {
      status: "ok",
      uptime_seconds: Math.round((Date.now() - startedAt) / 1000),
      listeners: events.size,
    });
  }

  function listMessages(request, response) {
    sendJson(response, 200, messages.all());
  }

  async function addMessage(request, response) {
    const body = await readJson(request);
    const message = messages.add({ author: requiredText(body, "author", 80), text: requiredText(body, "text", 2000) });
    response.setHeader("location", `/api/messages/${message.id}`);
    sendJson(response, 201, message);
  }

  function readMessage(request, response, [id]) {
    const message = messages.get(Number(id));
    if (!message) throw new HttpError(404, `message ${id} does not exist`);
    sendJson(response, 200, message);
  }

  function removeMessage(request, response, [id]) {
    if (!messages.remove(Number(id))) throw new HttpError(404, `message ${id} does not exist`);
    response.writeHead(204).end();
  }

  /** What arrived here, after all proxies. */
  function echo(request, response) {
    const { authorization, cookie, ...headers } = request.headers;
    sendJson(response, 200, { method: request.method, url: request.url, address: request.socket.remoteAddress, headers });
  }

  /** Answers later, to see what a restart does to a request in flight. */
  async function slow(request, response, _, query) {
    const milliseconds = integer(query.get("ms") ?? "1000", { name: "ms", min: 0, max: 60_000 });
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    sendJson(response, 200, { waited_ms: milliseconds });
  }

  /** Reads a body of any size in constant memory and answers with its length and SHA-256. */
  async function upload(request, response) {
    if (Number(request.headers["content-length"]) > maxUploadBytes) {
      throw new HttpError(413, `an upload has at most ${maxUploadBytes} bytes`);
    }
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const chunk of request) {
      bytes += chunk.length;
      if (bytes > maxUploadBytes) throw new HttpError(413, `an upload has at most ${maxUploadBytes} bytes`);
      hash.update(chunk);
    }
    sendJson(response, 201, { bytes, sha256: hash.digest("hex") });
  }

  async function dispatch(request, response, { pathname, searchParams }) {
    const matches = routes.filter(([, expression]) => expression.test(pathname));
    if (matches.length === 0) throw new HttpError(404, `there is nothing at ${pathname}`);
    const method = request.method === "HEAD" ? "GET" : request.method;
    const found = matches.find(([allowed]) => allowed === method);
    if (!found) {
      response.setHeader("allow", matches.map(([allowed]) => allowed).join(", "));
      throw new HttpError(405, `${request.method} is not allowed here`);
    }
    await found[2](request, response, found[1].exec(pathname).slice(1), searchParams);
  }

  return async function handle(request, response) {
    const started = performance.now();
    let pathname = request.url;
    response.on("close", () => {
      const ms = Math.round((performance.now() - started) * 10) / 10;
      const status = response.headersSent ? response.statusCode : 499;
      log("request", { method: request.method, path: pathname, status, ms });
    });
    try {
      const url = new URL(request.url, "http://localhost");
      pathname = url.pathname;
      await dispatch(request, response, url);
    } catch (error) {
      if (response.headersSent || response.destroyed) return response.destroy();
      const status = error instanceof HttpError ? error.status : 500;
      if (status === 500) log("error", { path: pathname, error: error.stack });
      // What is left of a refused body would be taken for the next request.
      if (!request.complete) response.setHeader("connection", "close");
      sendJson(response, status, { error: status === 500 ? "something went wrong" : error.message });
    }
  };
}
