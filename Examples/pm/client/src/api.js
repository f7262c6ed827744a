const base = import.meta.env.VITE_API_URL ?? "";

export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

function describe(detail, status) {
  if (typeof detail === "string") return detail;
  if (Array.isArray(detail)) return detail.map((each) => `${each.loc?.at(-1)}: ${each.msg}`).join("; ");
  return `the server answered ${status}`;
}

async function call(method, path, body) {
  let response;
  try {
    response = await fetch(`${base}/api${path}`, {
      method,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new ApiError(0, "the server cannot be reached");
  }
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(response.status, describe(answer.detail, response.status));
  return answer;
}

export const projects = {
  all: () => call("GET", "/projects"),
  one: (id) => call("GET", `/projects/${id}`),
  create: (project) => call("POST", "/projects", project),
  tasks: (id) => call("GET", `/projects/${id}/tasks`),
  addTask: (id, task) => call("POST", `/projects/${id}/tasks`, task),
};

export const tasks = {
  one: (id) => call("GET", `/tasks/${id}`),
  change: (id, patch) => call("PATCH", `/tasks/${id}`, patch),
  remove: (id) => call("DELETE", `/tasks/${id}`),
  comment: (id, comment) => call("POST", `/tasks/${id}/comments`, comment),
};
