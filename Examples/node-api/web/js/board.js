const list = document.querySelector("#messages");
const state = document.querySelector("#state");
const form = document.querySelector("#new");

function show(message) {
  if (document.getElementById(`message-${message.id}`)) return;
  const item = document.createElement("li");
  item.id = `message-${message.id}`;
  const time = document.createElement("time");
  time.dateTime = message.created_at;
  time.textContent = new Date(message.created_at).toLocaleTimeString();
  const author = document.createElement("strong");
  author.textContent = message.author;
  const text = document.createElement("p");
  text.textContent = message.text;
  item.append(time, author, text);
  list.prepend(item);
}

async function load() {
  const response = await fetch("/api/messages");
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  list.replaceChildren();
  (await response.json()).forEach(show);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = JSON.stringify(Object.fromEntries(new FormData(form)));
  const response = await fetch("/api/messages", { method: "POST", body });
  const answer = await response.json();
  if (!response.ok) {
    state.textContent = answer.error;
    return;
  }
  show(answer);
  form.elements.text.value = "";
});

const events = new EventSource("/api/events");
// Also after a reconnection: what was posted in between is in the list only.
events.addEventListener("open", async () => {
  state.textContent = "New notices appear by themselves.";
  await load().catch((error) => (state.textContent = error.message));
});
events.addEventListener("error", () => (state.textContent = "Connection lost, trying again…"));
events.addEventListener("message", (event) => show(JSON.parse(event.data)));
