import { resumes } from "../lib/api.js";
import { html, mount } from "../lib/html.js";
import { go, reload } from "../navigation.js";

function reviewed(review) {
  return html`<div class="card review">
    <meter min="0" max="100" low="50" high="75" optimum="100" value="${review.score}"></meter>
    <strong>${review.score} of 100</strong>
    <p>${review.summary}</p>
    <ul>
      ${review.suggestions.map((suggestion) => html`<li>${suggestion}</li>`)}
    </ul>
    <small>${review.source === "gemini" ? "Reviewed by Gemini." : "Reviewed with the checklist."}</small>
  </div>`;
}

export async function show(element, id) {
  const resume = await resumes.one(id);
  mount(
    element,
    html`<a href="/resumes">← My résumés</a>
      <h1>${resume.filename}</h1>
      ${resume.review && reviewed(resume.review)}
      <p>
        <button data-action="review">${resume.review ? "Review again" : "Review"}</button>
        <button data-action="remove" class="plain">Delete</button>
      </p>
      <pre class="card">${resume.content}</pre>`,
  );
  const actions = {
    async review() {
      await resumes.review(id);
      reload();
    },
    async remove() {
      await resumes.remove(id);
      go("/resumes");
    },
  };
  element.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-action]");
    if (!button) return;
    button.disabled = true;
    try {
      await actions[button.dataset.action]();
    } catch (error) {
      button.insertAdjacentText("afterend", ` ${error.message}`);
      button.disabled = false;
    }
  });
}
