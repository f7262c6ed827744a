import { el } from "../dom.js";

export function page() {
  return el(
    "section",
    { class: "card" },
    el("h1", {}, "About"),
    el("p", {}, "Projects with boards, tasks and comments. Drag a task from column to column to move it."),
    el("p", { class: "quiet" }, `Built for ${import.meta.env.MODE}.`),
  );
}
