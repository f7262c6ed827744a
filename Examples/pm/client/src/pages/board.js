import { projects, tasks } from "../api.js";
import { el, onSubmit } from "../dom.js";
import { render } from "../router.js";

const columns = [
  ["todo", "To do"],
  ["in_progress", "In progress"],
  ["done", "Done"],
];

function item(task) {
  return el(
    "li",
    { class: `task ${task.priority}`, draggable: "true", ondragstart: (event) => drag(event, task) },
    el("a", { href: `/tasks/${task.id}` }, task.title),
    el(
      "small",
      {},
      [task.assignee, task.due_on && `due ${task.due_on}`].filter(Boolean).join(" · ") || "nobody yet",
    ),
  );
}

function drag(event, task) {
  event.dataTransfer.setData("text/plain", String(task.id));
}

async function drop(event, status) {
  event.preventDefault();
  await tasks.change(Number(event.dataTransfer.getData("text/plain")), { status });
  await render();
}

function column([status, title], all) {
  const own = all.filter((task) => task.status === status);
  return el(
    "div",
    {
      class: "column",
      ondragover: (event) => event.preventDefault(),
      ondrop: (event) => drop(event, status),
    },
    el("h2", {}, `${title} `, el("span", { class: "count" }, own.length)),
    el("ul", {}, own.map(item)),
  );
}

export async function page({ id }) {
  const [project, all] = await Promise.all([projects.one(id), projects.tasks(id)]);
  return el(
    "section",
    {},
    el("h1", {}, project.name),
    el("p", { class: "quiet" }, project.description),
    el("div", { class: "board" }, columns.map((each) => column(each, all))),
    el(
      "form",
      {
        class: "row",
        onsubmit: onSubmit(async (values) => {
          await projects.addTask(id, values);
          await render();
        }),
      },
      el("input", { name: "title", placeholder: "What has to be done?", required: true, maxlength: 200 }),
      el("input", { name: "assignee", placeholder: "Who?", maxlength: 80, size: 10 }),
      el("input", { name: "due_on", type: "date", "aria-label": "Due on" }),
      el("button", {}, "Add task"),
    ),
  );
}
