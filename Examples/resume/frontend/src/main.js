import { html, mount } from "./lib/html.js";
import { session } from "./lib/session.js";
import { go } from "./navigation.js";
import { start } from "./router.js";

const root = document.querySelector("#root");
mount(
  root,
  html`<header>
      <a class="brand" href="/">Smart Résumé</a>
      <nav></nav>
    </header>
    <main></main>`,
);

const nav = root.querySelector("nav");

function showNavigation() {
  const member = session.current;
  mount(
    nav,
    member
      ? html`<a href="/resumes">My résumés</a> <span>${member.email}</span> <button class="plain">Log out</button>`
      : html`<a href="/login">Log in</a>`,
  );
}

nav.addEventListener("click", (event) => {
  if (!event.target.closest("button")) return;
  session.end();
  go("/");
});

start(root.querySelector("main"), showNavigation);
