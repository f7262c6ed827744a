/** The last messages, in memory: older ones make room for new ones. */
export class MessageStore {
  #messages = new Map();
  #next = 1;

  constructor({ capacity = 1000, onAdd = () => {} } = {}) {
    this.capacity = capacity;
    this.onAdd = onAdd;
  }

  all() {
    return [...this.#messages.values()];
  }

  get(id) {
    return this.#messages.get(id);
  }

  add({ author, text }) {
    const message = { id: this.#next++, author, text, created_at: new Date().toISOString() };
    this.#messages.set(message.id, message);
    if (this.#messages.size > this.capacity) {
      this.#messages.delete(this.#messages.keys().next().value);
    }
    this.onAdd(message);
    return message;
  }

  remove(id) {
    return this.#messages.delete(id);
  }
}
