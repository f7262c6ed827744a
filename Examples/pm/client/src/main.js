import { el } from "./dom.js";
import { route, start } from "./router.js";

route("/", () => import("./pages/projects.js"));
route("/projects/:id", () => import("./pages/board.js"));
route("/tasks/:id", () => import("./pages/task.js"));
route("/about", () => import("./pages/about.js"));

const outlet = el("main");
document.querySelector("#app").append(
  el(
    "header",
    {},
    el("a", { href: "/", class: "brand" }, import.meta.env.VITE_APP_TITLE ?? "Project manager"),
    el("nav", {}, el("a", { href: "/" }, "Projects"), el("a", { href: "/about" }, "About")),
  ),
  outlet,
);
start(outlet);
