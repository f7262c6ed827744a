// Builds dist/ as Vite would, with Node alone: modules and styles that index.html reaches get names with
// a hash of their content, import.meta.env and %VITE_...% are replaced, public/ is copied as it is.
//
//   node build.mjs           build once
//   node build.mjs --serve   build, serve on port 5173, build again when a file changes

import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { access, cp, mkdir, readFile, rm, watch, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(root, "dist");
const serve = process.argv.includes("--serve");

async function readEnvironment() {
  const values = {};
  for (const name of [".env", ".env.local"]) {
    const text = await readFile(path.join(root, name), "utf8").catch(() => "");
    for (const line of text.split(/\r?\n/)) {
      const match = /^\s*(VITE_\w+)\s*=\s*(.*?)\s*$/.exec(line);
      if (match) values[match[1]] = match[2].replace(/^(["'])(.*)\1$/, "$2");
    }
  }
  for (const [name, value] of Object.entries(process.env)) {
    if (name.startsWith("VITE_")) values[name] = value;
  }
  const mode = serve ? "development" : "production";
  return { ...values, BASE_URL: "/", MODE: mode, DEV: serve, PROD: !serve };
}

function replaceEnvironment(code, env) {
  return code.replace(/\bimport\.meta\.env\.(\w+)/g, (_, name) => JSON.stringify(env[name]) ?? "undefined");
}

const specifier = /(\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)(["'])(\.{1,2}\/[^"'\n]+)\2/g;

class Bundle {
  constructor(env) {
    this.env = env;
    this.assets = new Map();
    this.open = [];
  }

  /** Writes one source file with all that it imports and returns its public address. */
  async add(file) {
    const known = this.assets.get(file);
    if (known) return known;
    if (this.open.includes(file)) {
      const circle = [...this.open.slice(this.open.indexOf(file)), file].map((each) => path.relative(root, each));
      throw new Error(`modules import each other in a circle: ${circle.join(" -> ")}`);
    }
    this.open.push(file);
    const address = await this.write(file, await this.transform(file));
    this.open.pop();
    this.assets.set(file, address);
    return address;
  }

  async transform(file) {
    if (!file.endsWith(".js")) return readFile(file);
    const code = replaceEnvironment(await readFile(file, "utf8"), this.env);
    let result = "";
    let end = 0;
    for (const match of code.matchAll(specifier)) {
      const address = await this.add(path.resolve(path.dirname(file), match[3]));
      result += code.slice(end, match.index) + `${match[1]}"./${path.posix.basename(address)}"`;
      end = match.index + match[0].length;
    }
    return Buffer.from(result + code.slice(end));
  }

  async write(file, content) {
    const hash = createHash("sha256").update(content).digest("base64url").slice(0, 8);
    const { name, ext } = path.parse(file);
    const address = `/assets/${name}-${hash}${ext}`;
    await writeFile(path.join(dist, address), content);
    return address;
  }
}

async function build() {
  const started = performance.now();
  const env = await readEnvironment();
  await rm(dist, { recursive: true, force: true });
  await mkdir(path.join(dist, "assets"), { recursive: true });
  const hasPublic = await access(path.join(root, "public")).then(() => true, () => false);
  if (hasPublic) await cp(path.join(root, "public"), dist, { recursive: true });

  const bundle = new Bundle(env);
  let html = await readFile(path.join(root, "index.html"), "utf8");
  for (const [, source] of html.matchAll(/(?:src|href)="(\/src\/[^"]+)"/g)) {
    html = html.replaceAll(`"${source}"`, `"${await bundle.add(path.join(root, source))}"`);
  }
  html = html.replace(/%(VITE_\w+)%/g, (whole, name) => env[name] ?? whole);
  await writeFile(path.join(dist, "index.html"), html);
  console.log(`dist/ built: ${bundle.assets.size} assets, ${Math.round(performance.now() - started)} ms`);
}

const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };

/** Pages from dist/, everything under /api passed to the API on port 8000. */
async function answer(request, response) {
  const { pathname } = new URL(request.url, "http://localhost");
  if (pathname.startsWith("/api/")) {
    const hasBody = !["GET", "HEAD"].includes(request.method);
    const target = process.env.API_PROXY ?? "http://localhost:8000";
    const headers = { ...request.headers };
    delete headers.connection;
    delete headers.host;
    const reply = await fetch(target + request.url, {
      method: request.method,
      headers,
      body: hasBody ? request : undefined,
      duplex: "half",
    });
    const type = reply.headers.get("content-type");
    response.writeHead(reply.status, type ? { "content-type": type } : {});
    response.end(Buffer.from(await reply.arrayBuffer()));
    return;
  }
  const file = path.join(dist, path.normalize(pathname));
  const found = path.extname(file) ? file : path.join(dist, "index.html");
  response.writeHead(200, { "content-type": types[path.extname(found)] ?? "application/octet-stream" });
  response.end(await readFile(found));
}

await build();
if (serve) {
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => {
      if (!response.headersSent) response.writeHead(error.code === "ENOENT" ? 404 : 502);
      response.end(`${error.message}\n`);
    });
  });
  server.listen(Number(process.env.PORT ?? 5173), "localhost", () => {
    console.log(`http://localhost:${server.address().port}`);
  });
  for await (const _ of watch(path.join(root, "src"), { recursive: true })) {
    await build().catch((error) => console.error(error.message));
  }
}
