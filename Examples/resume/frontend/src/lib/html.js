/** A tagged template that escapes what it is given, unless that came from html itself. */
export function html(strings, ...values) {
  const text = strings.reduce((all, part, index) => all + render(values[index - 1]) + part);
  return new Markup(text);
}

class Markup {
  constructor(text) {
    this.text = text;
  }
}

function render(value) {
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(render).join("");
  if (value === null || value === undefined || value === false) return "";
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export function mount(element, markup) {
  element.innerHTML = markup.text;
}
