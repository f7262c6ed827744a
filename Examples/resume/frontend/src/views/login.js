import { login, register } from "../lib/api.js";
import { html, mount } from "../lib/html.js";
import { go } from "../navigation.js";

export function show(element) {
  element.className = "card narrow";
  mount(
    element,
    html`<h1>Log in</h1>
      <form>
        <label>E-mail <input name="email" type="email" required autocomplete="email" /></label>
        <label>Password <input name="password" type="password" required minlength="8" autocomplete="current-password" /></label>
        <p class="error" role="alert" hidden></p>
        <button name="action" value="login">Log in</button>
        <button name="action" value="register" class="plain">Create an account</button>
      </form>`,
  );
  const error = element.querySelector(".error");
  element.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const credentials = Object.fromEntries(new FormData(event.target));
    try {
      await (event.submitter?.value === "register" ? register : login)(credentials);
      await go("/resumes");
    } catch (failure) {
      error.textContent = failure.message;
      error.hidden = false;
    }
  });
}
