import { ApiError } from "./lib/api.js";
import { html, mount } from "./lib/html.js";
import { session } from "./lib/session.js";
import { go } from "./navigation.js";

// Each view is a chunk of its own, fetched when somebody goes there.
const routes = [
  { path: /^\/$/, load: () => import("./views/home.js") },
  { path: /^\/login$/, load: () => import("./views/login.js") },
  { path: /^\/resumes$/, load: () => import("./views/resumes.js"), member: true },
  { path: /^\/resumes\/(\d+)$/, load: () => import("./views/resume.js"), member: true },
];

let outlet;
let visit = 0;
let onChange = () => {};

async function show() {
  const current = ++visit;
  const path = location.pathname;
  const route = routes.find((each) => each.path.test(path));
  onChange(path);
  if (!route) return mount(outlet, html`<h1>Not found</h1><p>There is no page at ${path}.</p>`);
  if (route.member && !session.current) return go("/login");
  try {
    const view = await route.load();
    const content = document.createElement("section");
    await view.show(content, ...route.path.exec(path).slice(1));
    if (current === visit) outlet.replaceChildren(content);
  } catch (error) {
    if (current !== visit) return;
    if (error instanceof ApiError && error.status === 401) return go("/login");
    mount(outlet, html`<h1>That did not work</h1><p role="alert">${error.message}</p>`);
  }
}

export function start(element, changed) {
  outlet = element;
  onChange = changed;
  addEventListener("popstate", show);
  addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='/']");
    if (!link || link.target || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go(link.getAttribute("href"));
  });
  return show();
}
