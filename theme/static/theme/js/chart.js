/* Draws the table inside `[data-chart="bar|stacked|line|doughnut"]` as a chart; the table stays one click away.

   The first column names the rows, every further column is a series (`th[data-series="n"]` picks the color of token
   --chart-n; where one column says so, only those that do are drawn). A cell may carry its plain number in `data-value`. */

export async function bind(figure) {
  const table = figure.querySelector("table");
  // A chart of nothing but zeros is only a frame: the table says it better.
  if (!seriesOf(table).some((head) => rowsOf(table).some((row) => number(row.cells[head.cellIndex]) > 0))) return;
  await import("../../vendor/chart/chart.umd.min.js");
  const box = document.createElement("div");
  box.className = "chart__canvas";
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", table.caption?.textContent.trim() ?? "");
  box.append(canvas);
  figure.prepend(box);
  let chart = draw(canvas, table, figure.dataset.chart);
  const redraw = () => {
    chart.destroy();
    chart = draw(canvas, table, figure.dataset.chart);
  };
  document.addEventListener("scheme", redraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}

function draw(canvas, table, kind) {
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(`--${name}`).trim();
  const heads = seriesOf(table);
  const rows = rowsOf(table);
  const names = rows.map((row) => row.cells[0].textContent.trim());
  const color = (n) => token(`chart-${((n - 1) % 6) + 1}`);
  const isRound = kind === "doughnut";
  const datasets = heads.map((head, index) => ({
    label: head.textContent.trim(),
    data: rows.map((row) => number(row.cells[head.cellIndex])),
    backgroundColor: isRound ? names.map((_, n) => color(n + 1)) : color(Number(head.dataset.series ?? index + 1)),
    borderColor: kind === "line" ? color(Number(head.dataset.series ?? index + 1)) : token("surface"),
    borderWidth: kind === "line" ? 3 : isRound ? 3 : 0,
    borderRadius: kind === "line" ? 0 : 5,
    maxBarThickness: 36,
    tension: 0.25,
    pointRadius: 3,
  }));
  const { Chart } = globalThis;
  Chart.defaults.font.family = style.getPropertyValue("--font");
  Chart.defaults.color = token("ink-soft");
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const axis = { stacked: kind === "stacked", grid: { color: token("line") }, border: { display: false } };
  const isLying = kind !== "line" && !isRound && (rows.length > 6 || names.some((name) => name.length > 14));
  // Lying bars need room of their own each, whatever their number.
  const isDense = rows.length > 12;
  const breadth = isDense ? 1.75 : 1.5 + 1.25 * (kind === "stacked" ? 1 : heads.length);
  canvas.parentElement.style.height = isLying ? `${rows.length * breadth + 5}rem` : "";
  return new Chart(canvas, {
    type: isRound ? "doughnut" : kind === "line" ? "line" : "bar",
    data: { labels: names, datasets },
    options: {
      maintainAspectRatio: false,
      animation: isStill ? false : { duration: 400 },
      locale: document.documentElement.lang,
      indexAxis: isLying ? "y" : "x",
      cutout: "68%",
      plugins: {
        legend: { display: isRound || heads.length > 1, position: "bottom", labels: { usePointStyle: true, boxHeight: 7 } },
      },
      scales: isRound
        ? {}
        : {
            x: { ...axis, grid: { ...axis.grid, display: isLying }, beginAtZero: true, ticks: { precision: 0 } },
            y: { ...axis, grid: { ...axis.grid, display: !isLying }, beginAtZero: true, ticks: isLying ? { callback: isDense ? short : lines, autoSkip: false, font: { size: 11 } } : { precision: 0 } },
          },
    },
  });
}

function seriesOf(table) {
  const all = [...table.tHead.rows[0].cells].slice(1);
  const chosen = all.filter((head) => head.dataset.series);
  return chosen.length ? chosen : all;
}

function rowsOf(table) {
  return [...table.tBodies[0].rows];
}

/** A long name on one line. */
function short(value) {
  const label = this.getLabelForValue(value);
  return label.length > 24 ? `${label.slice(0, 23)}…` : label;
}

/** A long name in lines of some twenty letters, three at most. */
function lines(value) {
  const label = this.getLabelForValue(value);
  const all = [""];
  for (const word of label.split(" ")) {
    if (`${all.at(-1)} ${word}`.length > 20 && all.at(-1)) all.push("");
    all[all.length - 1] = `${all.at(-1)} ${word}`.trim();
  }
  return all.length > 3 ? [...all.slice(0, 2), `${all[2]} …`] : all;
}

function number(cell) {
  return Number(cell.dataset.value ?? cell.textContent.replace(/[^\d,-]/g, "").replace(",", "."));
}
