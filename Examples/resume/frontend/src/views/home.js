import { html, mount } from "../lib/html.js";
import { session } from "../lib/session.js";

export function show(element) {
  element.className = "hero";
  mount(
    element,
    html`<h1>A better résumé in a minute</h1>
      <p>Upload a PDF, read what is missing, send the next application with more confidence.</p>
      <a class="button" href="${session.current ? "/resumes" : "/login"}">Start</a>`,
  );
}
