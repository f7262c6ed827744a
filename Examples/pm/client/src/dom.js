/** Creates an element: el("a", { href: "/", class: "link" }, "Home"). Functions become event listeners. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function formValues(form) {
  return Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
}

/** Runs the submit of a form, shows what went wrong beside it, and keeps it from being sent twice. */
export function onSubmit(action) {
  return async (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const button = form.querySelector("button");
    form.querySelector(".error")?.remove();
    button.disabled = true;
    try {
      await action(formValues(form), form);
    } catch (error) {
      form.append(el("p", { class: "error", role: "alert" }, error.message));
    } finally {
      button.disabled = false;
    }
  };
}
