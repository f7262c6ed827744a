import { projects } from "../api.js";
import { el, onSubmit } from "../dom.js";
import { navigate } from "../router.js";

function card(project) {
  const total = project.open_tasks + project.done_tasks;
  return el(
    "a",
    { href: `/projects/${project.id}`, class: "card project" },
    el("span", { class: "key" }, project.key),
    el("h2", {}, project.name),
    el("p", {}, project.description),
    el("progress", { max: total || 1, value: project.done_tasks }),
    el("small", {}, `${project.done_tasks} of ${total} tasks done`),
  );
}

function creation() {
  return el(
    "form",
    {
      class: "row",
      onsubmit: onSubmit(async (values) => {
        const project = await projects.create(values);
        await navigate(`/projects/${project.id}`);
      }),
    },
    el("input", { name: "key", placeholder: "KEY", required: true, pattern: "[A-Z][A-Z0-9]{1,11}", size: 6 }),
    el("input", { name: "name", placeholder: "Name of a new project", required: true, maxlength: 120 }),
    el("button", {}, "Add project"),
  );
}

export async function page() {
  const all = await projects.all();
  return el(
    "section",
    {},
    el("h1", {}, "Projects"),
    el("div", { class: "grid" }, all.map(card)),
    all.length === 0 && el("p", { class: "quiet" }, "No project yet."),
    creation(),
  );
}
