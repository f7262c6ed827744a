import { tasks } from "../api.js";
import { el, onSubmit } from "../dom.js";
import { navigate, render } from "../router.js";

const statuses = { todo: "To do", in_progress: "In progress", done: "Done" };
const priorities = { low: "Low", normal: "Normal", high: "High" };

function choice(task, name, options) {
  const select = el(
    "select",
    { name, onchange: () => tasks.change(task.id, { [name]: select.value }).then(render) },
    Object.entries(options).map(([value, label]) => el("option", { value, selected: task[name] === value }, label)),
  );
  return el("label", {}, `${name[0].toUpperCase()}${name.slice(1)} `, select);
}

function comment({ author, body, created_at: created }) {
  return el(
    "li",
    { class: "comment" },
    el("strong", {}, author),
    el("time", { datetime: created }, new Date(created).toLocaleString()),
    el("p", {}, body),
  );
}

export async function page({ id }) {
  const task = await tasks.one(id);
  return el(
    "section",
    { class: "card" },
    el("a", { href: `/projects/${task.project_id}` }, "← Board"),
    el("h1", {}, task.title),
    el("p", {}, task.description),
    el("div", { class: "row" }, choice(task, "status", statuses), choice(task, "priority", priorities)),
    el("h2", {}, "Comments"),
    el("ul", { class: "comments" }, task.comments.map(comment)),
    el(
      "form",
      {
        class: "row",
        onsubmit: onSubmit(async (values) => {
          await tasks.comment(id, values);
          await render();
        }),
      },
      el("input", { name: "author", placeholder: "Your name", required: true, maxlength: 80, size: 12 }),
      el("input", { name: "body", placeholder: "Say something", required: true }),
      el("button", {}, "Comment"),
    ),
    el(
      "button",
      {
        class: "danger",
        onclick: async () => {
          if (!confirm(`Delete “${task.title}”?`)) return;
          await tasks.remove(id);
          await navigate(`/projects/${task.project_id}`);
        },
      },
      "Delete task",
    ),
  );
}
