"use strict";
(() => {
  const words = JSON.parse(document.getElementById("words").textContent);
  const at = (id) => document.getElementById(id);
  const chosen = ["airflow"];
  const MOST = 4;
  let cube = null;
  const views = {};
  let shown = null;
  let drawing = Promise.resolve();

  async function unpack(id) {
    const bytes = Uint8Array.from(atob(at(id).textContent), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).text();
  }

  const lang = () => document.documentElement.dataset.lang;
  const say = (key, values = {}) =>
    words.text[lang()][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const count = (n) => n.toLocaleString("en-US");
  const toolName = (id) => words.skills.find((s) => s.id === id).name;
  const label = (kind, id) => words.labels[lang()][kind][id];
  const isDark = () => at("theme").getAttribute("aria-pressed") === "true";

  function unfold(raw) {
    raw.states = raw.states.map((flat) => {
      const found = new Map();
      for (let i = 0; i < flat.length; i += 2) found.set(flat[i], flat[i + 1]);
      return found;
    });
    raw.hits = raw.hits.map((levels) => levels.map((flat) => {
      const found = new Map();
      for (let i = 0, cell = 0; i < flat.length; i += 3) {
        cell += flat[i];
        found.set(cell, [flat[i + 1], flat[i + 2]]);
      }
      return found;
    }));
    return raw;
  }

  function wilson(rate, n, z) {
    const centre = (rate + z * z / (2 * n)) / (1 + z * z / n);
    const half = z * Math.sqrt(Math.max(rate * (1 - rate), 0) / n + z * z / (4 * n * n)) / (1 + z * z / n);
    return [Math.max(0, Math.min(centre - half, rate)), Math.min(1, Math.max(centre + half, rate))];
  }

  function look(tool, level, role, family, window) {
    const { roles, families, levels, windows, skills, base, states, hits, rule } = cube;
    const skill = skills.indexOf(tool);
    const cell = (families.indexOf(family) * roles.length + roles.indexOf(role)) * windows.length + window;
    const state = 5 * (states[skill].get(cell) || 0);
    const found = { tool, level, role, family, first: windows[window][0], last: windows[window][1] };
    if (!base[cell].length) return { ...found, n: 0, n_companies: 0, flag: "withheld" };
    const [n, companies, effective, z, dominated] = base[cell].slice(state, state + 5);
    const [k, size] = hits[skill][levels.indexOf(level)].get(cell) || [0, effective];
    const answer = { ...found, n, n_companies: companies };
    if (!(size >= rule.shown)) return { ...answer, flag: dominated ? "withheld;dominated" : "withheld" };
    const rate = k / n;
    const [low, high] = wilson(rate, size, z);
    const flags = [size < rule.firm && "small", high - low > rule.width && "imprecise", dominated && "dominated"];
    return { ...answer, k, n_eff: size, rate, low, high, flag: flags.filter(Boolean).join(";") };
  }

  function ask() {
    const [level, role, family] = ["level", "role", "family"].map((id) => at(id).value);
    const window = Number(at("period").value);
    const by = document.querySelector("input[name=by]:checked").value;
    const [first, last] = cube.windows[window];
    const years = cube.windows.map((w, i) => [...w, i]).filter(([a, b]) => a === b && first <= a && b <= last);
    const cells = by === "year"
      ? years.map(([year, , i]) => ({ name: String(year), at: [role, family, i] }))
      : cube.roles.map((id) => ({ name: label("roles", id), at: [id, family, window] }));
    const rows = chosen.flatMap((tool) => cells.map(({ name, at: place }, order) => ({
      ...look(tool, level, ...place), name, order,
    })));
    return { level, role, family, window, by, rows, pooled: chosen.map((t) => look(t, level, role, family, window)) };
  }

  function percent(share) {
    const points = share * 100;
    return points > 0 && points < 0.05 ? "<0.1" : points.toFixed(1);
  }

  function told(cell) {
    if (cell.rate === undefined) return say("withheld", { n: count(cell.n) });
    const flags = cell.flag.split(";").filter(Boolean).map((flag) => say(flag));
    const text = say("found", {
      rate: percent(cell.rate), low: percent(cell.low), high: percent(cell.high),
      n: count(cell.n), companies: count(cell.n_companies),
    });
    return flags.length ? `${text} (${flags.join(", ")})` : text;
  }

  const span = (cell) => cell.first === cell.last ? String(cell.first) : `${cell.first}–${cell.last}`;

  function describe(cell) {
    return [toolName(cell.tool), label("levels", cell.level), label("roles", cell.role),
      label("families", cell.family), span(cell)].join(", ");
  }

  function cellOf(tag, text, scope) {
    const node = document.createElement(tag);
    node.textContent = text;
    if (scope) node.scope = scope;
    return node;
  }

  function showTable(asked) {
    const head = at("rows-head");
    head.replaceChildren(...["tool", asked.by, "rate_head", "n_head", "companies_head", "n_eff_head", "flag_head"]
      .map((key) => cellOf("th", say(key), "col")));
    at("rows").replaceChildren(...asked.rows.map((row) => {
      const line = document.createElement("tr");
      const rate = row.rate === undefined ? say("withheld_cell")
        : `${percent(row.rate)}% (${percent(row.low)}–${percent(row.high)})`;
      const flags = row.rate === undefined ? "" : row.flag.split(";").filter(Boolean).map((f) => say(f)).join(", ");
      const name = cellOf("td", row.name);
      name.className = "word";
      line.append(cellOf("th", toolName(row.tool), "row"), name, cellOf("td", rate), cellOf("td", count(row.n)),
        cellOf("td", count(row.n_companies)),
        cellOf("td", row.n_eff === undefined ? "–" : count(Math.round(row.n_eff))), cellOf("td", flags));
      return line;
    }));
  }

  const room = () => at("explorer").clientWidth;

  function wrap(text, size) {
    const width = (line) => [...line].reduce((sum, c) => sum + (c > "\u1100" ? size : 0.6 * size), 0);
    const lines = [""];
    for (const word of text.split(" ")) {
      const longer = `${lines[lines.length - 1]} ${word}`.trim();
      if (width(longer) > room()) lines.push(word);
      else lines[lines.length - 1] = longer;
    }
    return lines;
  }

  function rowsOf(asked) {
    const isTight = asked.by === "year" && room() / asked.rows.length * chosen.length < 64;
    const first = new Map(asked.rows.filter((r) => r.tool === chosen[0]).map((r) => [r.order, count(r.n)]));
    return asked.rows.map((row) => ({
      tool: chosen.indexOf(row.tool), order: row.order,
      label: isTight ? row.name : `${row.name}|n=${first.get(row.order)}`,
      rate: row.rate ?? null, low: row.low ?? null, high: row.high ?? null, small: row.flag.includes("small"),
    }));
  }

  function signals(asked) {
    const names = chosen.map(toolName);
    const question = describe(asked.pooled[0]).split(", ").slice(1).join(" · ");
    const lines = [...wrap(question, 13), ...wrap(say("source"), 13)];
    return { heading: wrap(names.join(" / "), 18), lines, names, used: chosen.map((_, i) => i) };
  }

  function spec(asked) {
    const look = words.themes[isDark() ? "dark" : "light"];
    const chart = structuredClone(words.charts[asked.by]);
    const values = { ...signals(asked), paper: look.paper };
    chart.datasets = { rows: rowsOf(asked) };
    chart.background = look.paper;
    chart.params = Object.entries(values).map(([name, value]) => ({ name, value }));
    chart.title = {
      text: { expr: "heading" }, subtitle: { expr: "lines" }, anchor: "start", color: look.ink,
      subtitleColor: look.soft, fontSize: 18, subtitleFontSize: 13, subtitlePadding: 6,
    };
    chart.config = {
      font: getComputedStyle(document.documentElement).fontFamily, view: { stroke: null },
      axis: { labelColor: look.soft, gridColor: look.grid, domainColor: look.axis, labelFontSize: 13 },
      legend: {
        orient: "top", labelColor: look.ink, labelFontSize: 14, labelLimit: 0, symbolStrokeWidth: 2, symbolOpacity: 1,
        columns: room() < 500 ? 2 : 4,
      },
    };
    const ranges = { color: look.series, strokeDash: look.dashes, shape: look.shapes };
    for (const layer of chart.layer) {
      for (const [channel, range] of Object.entries(ranges)) {
        if (layer.encoding[channel]) layer.encoding[channel].scale.range = range;
      }
    }
    return chart;
  }

  async function embed(asked) {
    const options = { actions: false, renderer: "svg", ast: true, logLevel: 1 };
    const old = views[asked.by];
    views[asked.by] = { isDark: isDark(), ...await vegaEmbed(`#chart-${asked.by}`, spec(asked), options) };
    if (old) old.view.finalize();
  }

  async function draw(asked) {
    for (const kind of ["year", "role"]) at(`chart-${kind}`).hidden = kind !== asked.by;
    if (views[asked.by] && views[asked.by].isDark === isDark()) {
      const { view } = views[asked.by];
      for (const [name, value] of Object.entries(signals(asked))) view.signal(name, value);
      await view.data("rows", rowsOf(asked)).runAsync();
    } else {
      await embed(asked);
    }
    shown = views[asked.by].view;
    const drawn = at(`chart-${asked.by}`).querySelector("svg");
    for (const node of drawn.querySelectorAll("[role],[aria-roledescription],[aria-label]")) {
      for (const name of ["role", "aria-roledescription", "aria-label"]) node.removeAttribute(name);
    }
    drawn.setAttribute("role", "img");
    drawn.setAttribute("aria-label", asked.pooled.map((c) => `${describe(c)}: ${told(c)}`).join(". "));
  }

  async function answer() {
    if (!cube) return;
    const start = performance.now();
    const asked = ask();
    at("summary").replaceChildren(...asked.pooled.map((cell) => {
      const line = document.createElement("p");
      const number = cellOf("strong", told(cell));
      line.append(`${describe(cell)}: `, number);
      return line;
    }));
    showTable(asked);
    drawing = drawing.then(() => draw(asked));
    await drawing;
    at("explorer").dataset.ms = String(Math.round(performance.now() - start));
  }

  function options(select, entries) {
    const before = select.value;
    select.replaceChildren(...entries.map(([value, text]) => new Option(text, value)));
    if (entries.some(([value]) => String(value) === before)) select.value = before;
  }

  function relabel() {
    at("tools").replaceChildren(...words.skills.filter((s) => !chosen.includes(s.id)).map((s) => {
      const option = document.createElement("option");
      option.value = s.name;
      if (s.ko && lang() === "ko") option.label = s.ko;
      return option;
    }));
    options(at("level"), cube.levels.map((id) => [id, label("levels", id)]));
    options(at("role"), cube.roles.map((id) => [id, label("roles", id)]));
    options(at("family"), cube.families.map((id) => [id, label("families", id)]));
    options(at("period"), cube.windows.map(([a, b], i) => [i, a === b ? String(a) : `${a}–${b}`]));
    at("chosen").replaceChildren(...chosen.map((id) => {
      const button = cellOf("button", `${toolName(id)} ×`);
      button.type = "button";
      button.disabled = chosen.length === 1;
      button.setAttribute("aria-label", say("remove", { tool: toolName(id) }));
      button.addEventListener("click", () => { chosen.splice(chosen.indexOf(id), 1); refresh(); at("tool").focus(); });
      return button;
    }));
    at("tool").disabled = chosen.length >= MOST;
  }

  function refresh() {
    if (!cube) return Promise.resolve();
    relabel();
    return answer();
  }

  function add() {
    const typed = at("tool").value.trim().toLowerCase();
    if (!typed) return;
    const named = (test) => words.skills.find((s) => [s.name, s.id, s.ko].some((name) => test(name.toLowerCase())));
    const found = named((name) => name === typed) || named((name) => name.split(" ").some((w) => w.startsWith(typed)));
    at("tool-note").textContent = found ? "" : say("unknown_tool", { tool: at("tool").value.trim() });
    if (!found) return;
    at("tool").value = "";
    if (chosen.includes(found.id) || chosen.length >= MOST) return;
    chosen.push(found.id);
    refresh();
  }

  function save(name, href) {
    const link = document.createElement("a");
    link.download = name;
    link.href = href;
    link.click();
  }

  function stem() {
    const asked = ask();
    return ["airflow-demand", ...chosen, asked.level, asked.role, asked.family, span(asked.pooled[0]).replace("–", "-")]
      .join("_");
  }

  function toCsv() {
    const columns = ["tool", "level", "role", "family", "first", "last", "k", "n", "n_companies", "n_eff", "rate", "low",
      "high", "flag"];
    const value = (x) => typeof x === "number" ? String(Number(x.toFixed(6))) : x ?? "";
    const rows = ask().rows.map((row) => columns.map((name) => value(row[name])).join(","));
    return [columns.join(","), ...rows, ""].join("\n");
  }

  async function start() {
    const library = document.createElement("script");
    const [numbers, code] = await Promise.all([unpack("numbers"), unpack("library")]);
    library.textContent = code;
    document.head.append(library);
    cube = unfold(JSON.parse(numbers));
    for (const id of ["level", "role", "family", "period"]) at(id).addEventListener("change", answer);
    for (const radio of document.querySelectorAll("input[name=by]")) radio.addEventListener("change", answer);
    at("tool").addEventListener("change", add);
    at("add").addEventListener("click", add);
    at("csv").addEventListener("click", () =>
      save(`${stem()}.csv`, URL.createObjectURL(new Blob(["\ufeff", toCsv()], { type: "text/csv" }))));
    for (const kind of ["png", "svg"]) {
      at(kind).addEventListener("click", async () => save(`${stem()}.${kind}`, await shown.toImageURL(kind, 2)));
    }
    document.addEventListener("look", refresh);
    await refresh();
    at("explorer").dataset.ready = "yes";
  }

  window.airflowDemand = { look: (...cell) => look(...cell), csv: toCsv };
  start();
})();
