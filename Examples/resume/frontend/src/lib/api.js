import { session } from "./session.js";

const base = `${import.meta.env.VITE_API_URL ?? ""}/api/v1`;

export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function call(method, path, { json, form } = {}) {
  const headers = {};
  const token = session.current?.token;
  if (token) headers.authorization = `Bearer ${token}`;
  if (json) headers["content-type"] = "application/json";
  let response;
  try {
    response = await fetch(base + path, { method, headers, body: json ? JSON.stringify(json) : form });
  } catch {
    throw new ApiError(0, "The server cannot be reached.");
  }
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  if (response.status === 401) session.end();
  const detail = Array.isArray(answer.detail)
    ? answer.detail.map((each) => `${each.loc.at(-1)}: ${each.msg}`).join("; ")
    : answer.detail;
  throw new ApiError(response.status, detail ?? `The server answered ${response.status}.`);
}

async function enter(action, credentials) {
  const { access_token: token } = await call("POST", `/auth/${action}`, { json: credentials });
  session.start(credentials.email, token);
}

export const login = (credentials) => enter("login", credentials);
export const register = (credentials) => enter("register", credentials);

export const resumes = {
  all: () => call("GET", "/resumes"),
  one: (id) => call("GET", `/resumes/${id}`),
  review: (id) => call("POST", `/resumes/${id}/review`),
  remove: (id) => call("DELETE", `/resumes/${id}`),
  upload(file) {
    const form = new FormData();
    form.append("file", file);
    return call("POST", "/resumes", { form });
  },
};
