// Sort by a click on a column's name; filter by text, by the values of columns with few of them, and by "lost" alone.
for (const box of document.querySelectorAll(".sortable")) {
  const body = box.querySelector("tbody"), rows = [...body.rows], heads = [...box.querySelectorAll("thead th")];
  const filters = [...box.querySelectorAll(".filters [data-column]")], text = box.querySelector("input[type=search]");
  const lost = box.querySelector("input[type=checkbox]"), count = box.querySelector("output");

  const show = () => {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) {
      const content = row.textContent.toLowerCase();
      row.hidden = !words.every(word => content.includes(word)) || (lost.checked && !row.querySelector(".loss")) ||
        filters.some(filter => filter.value && row.cells[filter.dataset.column].textContent !== filter.value);
    }
    count.textContent = `${rows.filter(row => !row.hidden).length} of ${rows.length}`;
  };
  box.addEventListener("input", show);
  show();

  heads.forEach((head, column) => head.querySelector("button").addEventListener("click", () => {
    const down = head.ariaSort === "ascending", numeric = head.classList.contains("number");
    const value = row => row.cells[column].textContent;
    const order = (a, b) => numeric ? (parseFloat(value(a)) || 0) - (parseFloat(value(b)) || 0) : value(a).localeCompare(value(b));
    heads.forEach(other => other.ariaSort = null);
    head.ariaSort = down ? "descending" : "ascending";
    body.append(...rows.sort((a, b) => down ? order(b, a) : order(a, b)));
  }));
}
