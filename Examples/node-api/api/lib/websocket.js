import { createHash } from "node:crypto";
import { EventEmitter } from "node:events";

const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const maxMessageBytes = 1024 * 1024;
const opcodes = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa };

/** Answers the handshake for /api/ws (RFC 6455, section 4.2) or refuses it; returns the peer or nothing. */
export function acceptWebSocket(request, socket, head) {
  const key = request.headers["sec-websocket-key"];
  const { pathname } = new URL(request.url, "http://localhost");
  if (pathname !== "/api/ws") return refuse(socket, "404 Not Found");
  if (request.headers.upgrade?.toLowerCase() !== "websocket" || !key) return refuse(socket, "400 Bad Request");
  if (request.headers["sec-websocket-version"] !== "13") {
    return refuse(socket, "426 Upgrade Required", ["Sec-WebSocket-Version: 13"]);
  }
  const accept = createHash("sha1").update(key + guid).digest("base64");
  const lines = ["Upgrade: websocket", "Connection: Upgrade", `Sec-WebSocket-Accept: ${accept}`];
  socket.write(["HTTP/1.1 101 Switching Protocols", ...lines, "", ""].join("\r\n"));
  return new WebSocketPeer(socket, head);
}

function refuse(socket, status, headers = []) {
  socket.end([`HTTP/1.1 ${status}`, "Content-Length: 0", "Connection: close", ...headers, "", ""].join("\r\n"));
}

/** Emits "message" with a string or a Buffer, and "close" once. */
class WebSocketPeer extends EventEmitter {
  #socket;
  #received;
  #parts = [];
  #partsBytes = 0;
  #partsOpcode = 0;
  #closing = false;

  constructor(socket, head) {
    super();
    this.#socket = socket;
    this.#received = head;
    socket.setNoDelay(true);
    socket.setTimeout(0);
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.emit("close"));
    if (head.length > 0) setImmediate(() => this.#receive(Buffer.alloc(0)));
  }

  send(data) {
    const text = typeof data === "string";
    this.#write(text ? opcodes.text : opcodes.binary, text ? Buffer.from(data) : data);
  }

  close(code = 1000) {
    if (this.#closing) return;
    this.#closing = true;
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(code);
    this.#write(opcodes.close, payload);
    this.#socket.end();
    setTimeout(() => this.#socket.destroy(), 2000).unref();
  }

  #write(opcode, payload) {
    if (!this.#socket.writable) return;
    let header;
    if (payload.length < 126) {
      header = Buffer.from([0x80 | opcode, payload.length]);
    } else if (payload.length < 65_536) {
      header = Buffer.from([0x80 | opcode, 126, 0, 0]);
      header.writeUInt16BE(payload.length, 2);
    } else {
      header = Buffer.alloc(10);
      header[0] = 0x80 | opcode;
      header[1] = 127;
      header.writeBigUInt64BE(BigInt(payload.length), 2);
    }
    this.#socket.write(Buffer.concat([header, payload]));
  }

  #receive(chunk) {
    this.#received = Buffer.concat([this.#received, chunk]);
    while (!this.#closing) {
      const frame = this.#nextFrame();
      if (!frame) return;
      this.#handle(frame);
    }
  }

  /** Takes one whole frame off the received bytes, unmasked; nothing while bytes are missing. */
  #nextFrame() {
    const bytes = this.#received;
    if (bytes.length < 2) return;
    let length = bytes[1] & 0x7f;
    let offset = 2;
    if (length === 126) {
      if (bytes.length < 4) return;
      length = bytes.readUInt16BE(2);
      offset = 4;
    } else if (length === 127) {
      if (bytes.length < 10) return;
      length = Number(bytes.readBigUInt64BE(2));
      offset = 10;
    }
    const masked = (bytes[1] & 0x80) !== 0;
    if (!masked || (bytes[0] & 0x70) !== 0) return this.close(1002);
    if (length > maxMessageBytes) return this.close(1009);
    if (bytes.length < offset + 4 + length) return;
    const mask = bytes.subarray(offset, offset + 4);
    const payload = Buffer.from(bytes.subarray(offset + 4, offset + 4 + length));
    for (let index = 0; index < payload.length; index++) payload[index] ^= mask[index & 3];
    this.#received = bytes.subarray(offset + 4 + length);
    return { final: (bytes[0] & 0x80) !== 0, opcode: bytes[0] & 0x0f, payload };
  }

  #handle({ final, opcode, payload }) {
    if (opcode === opcodes.close) return this.close(payload.length >= 2 ? payload.readUInt16BE(0) : 1000);
    if (opcode === opcodes.ping) return this.#write(opcodes.pong, payload);
    if (opcode === opcodes.pong) return;
    const continues = opcode === opcodes.continuation;
    if (opcode > opcodes.binary || continues !== this.#parts.length > 0) return this.close(1002);
    if (!continues) this.#partsOpcode = opcode;
    this.#parts.push(payload);
    this.#partsBytes += payload.length;
    if (this.#partsBytes > maxMessageBytes) return this.close(1009);
    if (!final) return;
    const whole = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#partsBytes = 0;
    this.emit("message", this.#partsOpcode === opcodes.text ? whole.toString("utf8") : whole);
  }
}
