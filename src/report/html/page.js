"use strict";
// Without this the page is complete; with it tables can be sorted and matches filtered.
(() => {
  const all = (query, root = document) => [...root.querySelectorAll(query)];
  const value = (row, at) => {
    const cell = row.cells[at];
    return cell.dataset.n === undefined ? cell.textContent.trim() : Number(cell.dataset.n);
  };
  const compare = (a, b) =>
    typeof a === "number" && typeof b === "number"
      ? a - b
      : String(a).localeCompare(String(b), "en", { numeric: true });

  for (const table of all("table[data-sort]")) {
    const heads = all("thead th", table);
    heads.forEach((head, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((h) => h.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const body = table.tBodies[0];
        const rows = [...body.rows].sort((a, b) => compare(value(a, at), value(b, at)));
        body.append(...(down ? rows.reverse() : rows));
      });
    });
  }

  const form = document.querySelector(".filter");
  if (form) {
    form.hidden = false;
    const [text, timing] = [form.querySelector("input"), form.querySelector("select")];
    const shown = form.querySelector("output");
    const rows = all("article tbody tr");
    const texts = rows.map((row) =>
      (row.closest("article").querySelector("header").textContent + " " + row.textContent).toLowerCase());
    const apply = () => {
      const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
      let count = 0;
      rows.forEach((row, at) => {
        const fits = (!timing.value || row.dataset.timing === timing.value) &&
          words.every((word) => texts[at].includes(word));
        row.hidden = !fits;
        count += fits;
      });
      for (const article of all("article")) {
        article.hidden = !article.querySelector("tbody tr:not([hidden])");
      }
      shown.textContent = `${count} of ${rows.length} matches shown`;
    };
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    apply();
  }

  addEventListener("beforeprint", () => all("details").forEach((d) => { d.open = true; }));
})();
