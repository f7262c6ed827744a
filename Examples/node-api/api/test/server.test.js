import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { EventStream } from "../lib/events.js";
import { createHandler } from "../lib/handler.js";
import { MessageStore } from "../lib/messages.js";

const events = new EventStream();
const messages = new MessageStore({ onAdd: (message) => events.send("message", message) });
const server = createServer(createHandler({ events, messages, maxUploadBytes: 1_000_000 }));
let base;

before(async () => {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${server.address().port}`;
});

after(() => {
  events.close();
  server.closeAllConnections();
  server.close();
});

function post(path, body) {
  return fetch(base + path, { method: "POST", body });
}

test("a message is added, read and removed", async () => {
  const added = await post("/api/messages", JSON.stringify({ author: "Ada", text: " hello " }));
  assert.equal(added.status, 201);
  const address = base + added.headers.get("location");
  assert.equal((await (await fetch(address)).json()).text, "hello");
  assert.equal((await fetch(address, { method: "DELETE" })).status, 204);
  assert.equal((await fetch(address)).status, 404);
});

for (const [body, status] of [
  ["", 400],
  ["{", 400],
  ["null", 422],
  ['{"author":"Ada"}', 422],
  ['{"author":"Ada","text":" "}', 422],
  [JSON.stringify({ author: "Ada", text: "x".repeat(70_000) }), 413],
]) {
  test(`a body of ${body.slice(0, 24)} is refused with ${status}`, async () => {
    assert.equal((await post("/api/messages", body)).status, status);
  });
}

test("an upload is counted and hashed", async () => {
  const body = Buffer.alloc(300_000, "upload");
  const answer = await (await post("/api/upload", body)).json();
  assert.deepEqual(answer, { bytes: body.length, sha256: createHash("sha256").update(body).digest("hex") });
});

test("an upload over the limit is refused", async () => {
  assert.equal((await post("/api/upload", Buffer.alloc(1_000_001))).status, 413);
});

test("a listener hears of a new message", async () => {
  const stream = await fetch(`${base}/api/events`);
  assert.equal(stream.headers.get("content-type"), "text/event-stream");
  const reader = stream.body.pipeThrough(new TextDecoderStream()).getReader();
  await post("/api/messages", JSON.stringify({ author: "Ada", text: "over here" }));
  let heard = "";
  while (!heard.includes("over here")) heard += (await reader.read()).value;
  assert.match(heard, /event: message\n/);
  await reader.cancel();
});

test("a wrong method says which ones are right", async () => {
  const answer = await fetch(`${base}/api/upload`);
  assert.equal(answer.status, 405);
  assert.equal(answer.headers.get("allow"), "POST, PUT");
});
