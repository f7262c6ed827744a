// The views ask for a page here, so that they need not import the router, which imports them.

export function go(path) {
  history.pushState(null, "", path);
  dispatchEvent(new PopStateEvent("popstate"));
}

export function reload() {
  dispatchEvent(new PopStateEvent("popstate"));
}
