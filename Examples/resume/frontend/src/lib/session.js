const key = "resume.session";

export const session = {
  get current() {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  },
  start(email, token) {
    localStorage.setItem(key, JSON.stringify({ email, token }));
  },
  end() {
    localStorage.removeItem(key);
  },
};
