// Type-ahead over a search field that works without it: a combobox with a list (WAI-ARIA, list autocomplete).

const PAUSE = 150; // milliseconds of stillness before asking

/** Show what `input.dataset.suggest` answers to `?q=`: {"suggestions": [{"label": "…", "url": "/…"}]}. */
export function suggest(input) {
  const list = document.createElement("ul");
  let chosen = -1;
  let asking = new AbortController();
  let timer;

  list.id = `${input.id}-suggestions`;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.suggestLabel);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  input.after(list);

  const choose = (at) => {
    chosen = at;
    [...list.children].forEach((option, index) => option.setAttribute("aria-selected", index === at));
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", list.children[at].id);
  };
  const open = (visible) => {
    list.hidden = !visible;
    input.setAttribute("aria-expanded", visible);
    choose(-1);
  };
  const option = ({ label, url }, index) => {
    const item = document.createElement("li");
    item.id = `${list.id}-${index}`;
    item.textContent = label;
    item.dataset.url = url;
    item.setAttribute("role", "option");
    return item;
  };

  const ask = async () => {
    const q = input.value.trim();
    asking.abort();
    if (q.length < 2) return open(false);
    asking = new AbortController();
    const address = new URL(input.dataset.suggest, location.href);
    address.searchParams.set("q", q);
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: asking.signal });
      if (!answer.ok) return open(false);
      const { suggestions } = await answer.json();
      list.replaceChildren(...suggestions.map(option));
      open(suggestions.length > 0 && document.activeElement === input);
    } catch {
      open(false); // overtaken by a later question, or offline: the form still works
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    const count = list.children.length;
    if (list.hidden) return;
    if (event.key === "ArrowDown") choose((chosen + 1) % count);
    else if (event.key === "ArrowUp") choose((chosen - 1 + count) % count);
    else if (event.key === "Escape") open(false);
    else if (event.key === "Enter" && chosen >= 0) location.assign(list.children[chosen].dataset.url);
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", () => open(false));
  // Before the field loses the focus, which would close the list.
  list.addEventListener("mousedown", (event) => {
    const item = event.target.closest("[role=option]");
    event.preventDefault();
    if (item && event.button === 0) location.assign(item.dataset.url);
  });
}
