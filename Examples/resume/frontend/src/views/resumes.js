import { resumes } from "../lib/api.js";
import { html, mount } from "../lib/html.js";
import { go } from "../navigation.js";

function row(resume) {
  const score = resume.review ? `${resume.review.score} of 100` : "not reviewed";
  const pages = resume.pages === 1 ? "1 page" : `${resume.pages} pages`;
  return html`<li>
    <a href="/resumes/${resume.id}">${resume.filename}</a>
    <small>${pages}, ${new Date(resume.created_at).toLocaleDateString()}</small>
    <strong>${score}</strong>
  </li>`;
}

export async function show(element) {
  const all = await resumes.all();
  mount(
    element,
    html`<h1>My résumés</h1>
      <label class="drop">
        <input type="file" accept="application/pdf,text/plain" hidden />
        <b>Choose a PDF</b> or drop it here
      </label>
      <p class="error" role="alert" hidden></p>
      <ul class="list">
        ${all.map(row)}
      </ul>
      ${all.length === 0 && html`<p class="quiet">Nothing uploaded yet.</p>`}`,
  );
  const zone = element.querySelector(".drop");
  const error = element.querySelector(".error");

  async function upload(file) {
    if (!file) return;
    zone.classList.add("busy");
    error.hidden = true;
    try {
      const { id } = await resumes.upload(file);
      go(`/resumes/${id}`);
    } catch (failure) {
      error.textContent = failure.message;
      error.hidden = false;
    } finally {
      zone.classList.remove("busy");
    }
  }

  zone.querySelector("input").addEventListener("change", (event) => upload(event.target.files[0]));
  zone.addEventListener("dragover", (event) => event.preventDefault());
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    upload(event.dataTransfer.files[0]);
  });
}
