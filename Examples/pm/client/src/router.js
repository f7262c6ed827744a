const routes = [];
let outlet;
let current = 0;

/** Adds a route. `load` imports the page's module, so that its code is fetched on the first visit only. */
export function route(pattern, load) {
  const names = [];
  const source = pattern.replace(/:(\w+)/g, (_, name) => {
    names.push(name);
    return "([^/]+)";
  });
  routes.push({ expression: new RegExp(`^${source}/?$`), names, load });
}

export function navigate(path) {
  history.pushState(null, "", path);
  return render();
}

export async function render() {
  const turn = ++current;
  let page;
  try {
    page = await find(location.pathname);
  } catch (error) {
    page = message("That did not work", error.message);
  }
  // A slower page that was left in the meantime must not replace the newer one.
  if (turn !== current) return;
  outlet.replaceChildren(page);
  document.querySelector("nav a[aria-current]")?.removeAttribute("aria-current");
  document.querySelector(`nav a[href="${location.pathname}"]`)?.setAttribute("aria-current", "page");
}

async function find(pathname) {
  for (const { expression, names, load } of routes) {
    const match = expression.exec(pathname);
    if (!match) continue;
    const module = await load();
    return module.page(Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(match[index + 1])])));
  }
  return message("Not found", `There is no page at ${pathname}.`);
}

function message(title, text) {
  const section = document.createElement("section");
  section.className = "card";
  section.append(Object.assign(document.createElement("h1"), { textContent: title }));
  section.append(Object.assign(document.createElement("p"), { textContent: text }));
  return section;
}

export function start(element) {
  outlet = element;
  addEventListener("popstate", render);
  addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='/']");
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (!link || !plain || link.target) return;
    event.preventDefault();
    navigate(link.getAttribute("href"));
  });
  return render();
}
