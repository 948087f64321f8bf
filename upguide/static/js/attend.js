// While this page is open, the webmaster is there: said every half minute, and the log comes in return.

const EVERY = 30_000; // milliseconds

function row([seen, number, items], labels) {
  const line = document.createElement("tr");
  const cells = [seen, number, items].map((text, at) => {
    const cell = document.createElement(at ? "td" : "th");
    cell.setAttribute("role", at ? "cell" : "rowheader");
    if (at) cell.dataset.label = labels[at];
    else cell.scope = "row";
    cell.textContent = text;
    return cell;
  });
  line.setAttribute("role", "row");
  line.append(...cells);
  return line;
}

async function tell(form, log) {
  const show = (here) => {
    document.querySelector("[data-here]").hidden = !here;
    document.querySelector("[data-away]").hidden = here;
  };
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    const { here, looks } = await answer.json();
    show(here);
    if (!here) return;
    const labels = [...log.closest("table").querySelectorAll("thead th")].map((cell) => cell.textContent);
    if (looks.length !== log.rows.length) log.replaceChildren(...looks.map((look) => row(look, labels)));
    document.querySelector("[data-nothing]")?.toggleAttribute("hidden", looks.length > 0);
  } catch {
    show(false); // offline, signed out, or ended by somebody else
  }
}

const form = document.querySelector("[data-attend]");
const log = document.querySelector("[data-log]");
if (form && log) {
  form.hidden = true;
  tell(form, log);
  setInterval(() => tell(form, log), EVERY);
}
