import assert from "node:assert/strict";
import { test } from "node:test";

import { MessageStore } from "../lib/messages.js";

test("the oldest message makes room", () => {
  const store = new MessageStore({ capacity: 2 });
  for (const text of ["one", "two", "three"]) store.add({ author: "Ada", text });
  assert.deepEqual(store.all().map((message) => message.text), ["two", "three"]);
});

test("an added message is announced once and can be removed", () => {
  const heard = [];
  const store = new MessageStore({ onAdd: (message) => heard.push(message.id) });
  const { id } = store.add({ author: "Ada", text: "hello" });
  assert.deepEqual(heard, [id]);
  assert.equal(store.remove(id), true);
  assert.equal(store.remove(id), false);
  assert.equal(store.get(id), undefined);
});
