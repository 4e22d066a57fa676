"use strict";
(() => {
  const page = JSON.parse(document.getElementById("data").textContent);
  const { model, words } = page, MOST_ROWS = 400, SVG = "http://www.w3.org/2000/svg";
  const state = {
    groups: model.moved.map((group) => ({ weights: [...group.weights], memory: [...group.weights] })),
    league: model.groups.length > 1 && model.units > MOST_ROWS ? 0 : -1,
    search: "", unit: -1, all: false,
  };

  // -- small things ------------------------------------------------------------------------------
  function element(tag, settings, ...inside) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(settings || {})) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...inside.filter((x) => x !== null));
    return made;
  }
  function shape(tag, settings) {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(settings)) made.setAttribute(name, value);
    return made;
  }
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const percents = (part) => `${(100 * part).toFixed(3)}%`;

  function figure(value, decimals) {
    if (Number.isNaN(value)) return "";
    const [whole, rest] = Math.abs(value).toFixed(decimals).split(".");
    const sign = value < 0 && /[1-9]/.test(whole + (rest || "")) ? "-" : "";
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, page.number.thousands);
    return sign + grouped + (rest ? page.number.decimal + rest : "");
  }
  const percent = (share) =>
    `${figure(Explorer.round(100 * share, { decimals: 1, mode: "half-up" }), 1)} %`;
  // What a person types: a comma or a point before the decimals.
  function typed(text) {
    const clean = text.trim().replace(",", ".");
    return /^\d*\.?\d+$|^\d+\.$/.test(clean) ? Number(clean) : NaN;
  }
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
  const plainNames = page.units.map(({ code, name }) => plain(`${name} ${code}`));
  const groupName = ({ league, period }) =>
    [period, league === null && model.groups.some((g) => g.league !== null) ? words.no_league : league]
      .filter((text) => text !== null).join(" · ");
  const groupOf = new Array(model.units);
  model.groups.forEach((group, number) => group.members.forEach((u) => { groupOf[u] = number; }));

  // -- numbers -----------------------------------------------------------------------------------
  const asDeclared = Explorer.evaluate(model, []);
  const published = Explorer.rank(model, asDeclared, 0).ranks;
  const publishedLabels = Explorer.labels(model, published);
  let run = asDeclared, ranks = published, labels = publishedLabels;
  let scores = Explorer.printed(model, run, 0);
  let nodeRanks = new Map();

  const pairs = () =>
    model.moved.flatMap((group, g) => group.nodes.map((node, i) => [node, state.groups[g].weights[i]]));
  const isDeclared = () =>
    model.moved.every((group, g) => group.weights.every((w, i) => w === state.groups[g].weights[i]));

  function compute() {
    const found = Explorer.evaluate(model, pairs());
    problem.hidden = found.problems.length === 0;
    ranking.classList.toggle("stale", !problem.hidden);
    if (found.problems.length) {
      const [{ kind, node }] = found.problems;
      const units = new Set(found.problems.filter((p) => p.kind === "refused").map((p) => p.unit));
      problem.textContent = filled(words[kind], { node: page.names[node], count: units.size });
      return false;
    }
    run = found;
    ranks = Explorer.rank(model, run, 0).ranks;
    labels = Explorer.labels(model, ranks);
    scores = Explorer.printed(model, run, 0);
    nodeRanks = new Map();
    return true;
  }
  function ranksAt(node) {
    if (!nodeRanks.has(node)) nodeRanks.set(node, Explorer.rank(model, run, node).ranks);
    return nodeRanks.get(node);
  }

  // -- weights -----------------------------------------------------------------------------------
  const isPoints = model.scale === null;
  const shown = (group, weight) => (isPoints ? weight : (100 * weight) / group.total);
  const decimals = (group) => (isPoints && group.total < 1 ? 4 : 2);
  const sliders = [];

  function weightRow(group, g, node, i) {
    const id = `w${g}-${i}`, name = page.names[node], unit = isPoints ? words.points : "%";
    const range = element("input", { type: "range", id, min: 0, max: group.total, step: "any",
      oninput: () => move(g, i, Number(range.value)) });
    const number = element("input", { type: "text", inputmode: "decimal", "aria-label": `${name}, ${unit}`,
      onchange: () => {
        const value = typed(number.value);
        if (Number.isNaN(value)) return showWeights();
        return move(g, i, isPoints ? value : (value * group.total) / 100);
      } });
    const was = element("small");
    sliders.push({ g, i, range, number, was });
    return element("div", { class: "weight" }, element("label", { for: id }, name), range,
      element("span", null, number, unit), was);
  }
  function move(g, i, weight) {
    state.groups[g] = Explorer.moved(model.moved[g], state.groups[g].memory, i, weight);
    changed();
  }
  function showWeights() {
    for (const { g, i, range, number, was } of sliders) {
      const group = model.moved[g], weight = state.groups[g].weights[i], places = decimals(group);
      const text = figure(shown(group, weight), places), before = figure(shown(group, group.weights[i]), places);
      range.value = weight;
      range.setAttribute("aria-valuetext", `${text} ${isPoints ? words.points : "%"}`);
      number.value = text;
      was.textContent = text === before ? ""
        : filled(words.declared, { weight: `${before} ${isPoints ? words.points : "%"}` });
    }
    const every = pairs().map(([node, w]) => `  ${JSON.stringify(page.codes[node])}: ${w}`);
    text.value = `{\n${every.join(",\n")}\n}`;
    reset.disabled = isDeclared();
  }
  const reset = element("button", { type: "button", onclick: () => {
    state.groups = model.moved.map(({ weights }) => ({ weights: [...weights], memory: [...weights] }));
    changed();
  } }, words.reset);
  const text = element("textarea", { readonly: true, rows: 6, "aria-label": words.as_text, spellcheck: "false" });
  const groupsOfWeights = model.moved.map((group, g) => {
    const rows = group.nodes.map((node, i) => weightRow(group, g, node, i));
    if (model.moved.length === 1) return element("div", null, ...rows);
    return element("details", { open: g === 0 }, element("summary", null, page.names[group.parent]), ...rows);
  });
  const weights = element("section", { class: "panel", "aria-label": words.weights },
    element("div", { class: "head" }, element("h2", null, words.weights), reset),
    element("p", { class: "soft" }, words.others_follow), ...groupsOfWeights,
    element("details", null, element("summary", null, words.as_text), text));

  // -- ranking -----------------------------------------------------------------------------------
  const problem = element("p", { class: "problem", role: "alert", hidden: true });
  const status = element("p", { class: "soft", role: "status" });
  const body = element("tbody");
  const axis = element("span");
  const head = element("thead", null, element("tr", null,
    element("th", { class: "number", scope: "col" }, words.rank),
    element("th", { scope: "col" }, words.published),
    element("th", { scope: "col" }, words.unit),
    element("th", { class: "number", scope: "col" }, words.score),
    element("th", { class: "score hide", scope: "col", "aria-hidden": "true" }),
    element("th", { class: "track hide", scope: "col" }, axis)));
  const more = element("button", { type: "button", hidden: true,
    onclick: () => { state.all = true; showRanking(); } });
  const league = element("select", { "aria-label": words.league,
    onchange: () => { state.league = Number(league.value); changed(false); } },
    element("option", { value: -1 }, words.all_leagues),
    ...model.groups.map((group, number) => element("option", { value: number }, groupName(group))));
  const search = element("input", { type: "search", placeholder: words.search, "aria-label": words.search,
    oninput: () => { state.search = plain(search.value.trim()); showRanking(); } });
  const rows = page.units.map((unit, u) => {
    const row = { rank: element("td", { class: "number rank" }), was: element("td", { class: "was number" }),
      score: element("td", { class: "number" }), bar: element("i"), track: shape("svg", { "aria-hidden": "true" }),
      note: element("span", { class: "note" }) };
    const mark = page.marks[u] ? element("span", { class: "note", title: page.marks[u] }, " *") : null;
    const name = element("button", { type: "button", onclick: () => choose(u) }, unit.name, mark);
    row.name = name;
    row.whole = element("tr", null, row.rank, row.was, element("td", { class: "unit" }, name, row.note),
      row.score, element("td", { class: "score hide" }, element("div", { class: "bar" }, row.bar)),
      element("td", { class: "track hide" }, row.track));
    return row;
  });

  function change(u) {
    if (Number.isNaN(ranks[u]) || Number.isNaN(published[u])) return element("span", { class: "chip" });
    const steps = published[u] - ranks[u];
    if (steps === 0) return element("span", { class: "chip same" }, "=");
    const size = figure(Math.abs(steps), Number.isInteger(steps) ? 0 : 1);
    return element("span", { class: `chip ${steps > 0 ? "up" : "down"}` },
      element("span", { "aria-hidden": "true" }, steps > 0 ? "▲" : "▼"),
      element("span", { class: "out" }, steps > 0 ? words.up : words.down), ` ${size}`);
  }
  function across(settings) { return shape("line", { y1: "50%", y2: "50%", ...settings }); }
  function upright(x, className, from = "12%", to = "88%") {
    return shape("line", { x1: x, x2: x, y1: from, y2: to, class: className });
  }
  function track(u, count) {
    const at = (rank) => percents(count > 1 ? (rank - 1) / (count - 1) : 0.5);
    const made = [across({ x1: 0, x2: "100%", class: "axis" })], interval = page.intervals && page.intervals[u];
    if (interval) made.push(across({ x1: at(interval[0] - 0.4), x2: at(interval[1] + 0.4), class: "range" }));
    if (Number.isNaN(ranks[u]) || Number.isNaN(published[u])) return interval ? made : [];
    made.push(across({ x1: at(published[u]), x2: at(ranks[u]), class: "path" }), upright(at(published[u]), "old"),
      shape("circle", { cx: at(ranks[u]), cy: "50%", r: 4.5, class: "now" }));
    return made;
  }
  function showRow(u, low, high, count) {
    const row = rows[u], score = scores[u], width = high - low, zero = (0 - low) / width;
    const part = Number.isNaN(score) ? 0 : score / width;
    row.rank.textContent = labels[u] || "–";
    row.was.replaceChildren(`${publishedLabels[u] || "–"} `, change(u));
    row.score.textContent = Number.isNaN(score) ? words.no_score : figure(score, model.decimals);
    row.note.textContent = model.ranked[u] ? "" : ` (${words.not_ranked})`;
    row.bar.style.left = percents(Math.min(zero, zero + part));
    row.bar.style.width = percents(Math.abs(part));
    const interval = page.intervals && page.intervals[u];
    row.track.replaceChildren(...track(u, count));
    row.track.parentNode.title = [
      `${words.published}: ${publishedLabels[u] || "–"}`, `${words.rank}: ${labels[u] || "–"}`,
      ...(interval ? [`${page.interval_title}: ${interval[0]}–${interval[1]}`] : [])].join("\n");
    row.whole.classList.toggle("chosen", u === state.unit);
    row.name.setAttribute("aria-pressed", u === state.unit);
  }
  const ordered = (members) => [...members].sort((a, b) => {
    const first = Number.isNaN(ranks[a]) ? Infinity : ranks[a], then = Number.isNaN(ranks[b]) ? Infinity : ranks[b];
    return first === then ? model.order[a] - model.order[b] : first - then;
  });
  const rankedIn = (group) => group.members.filter((u) => !Number.isNaN(published[u]) || !Number.isNaN(ranks[u])).length;

  function showRanking() {
    const chosen = model.groups.filter((_, number) => state.league < 0 || number === state.league);
    const known = scores.filter((score) => !Number.isNaN(score));
    const low = known.reduce((a, b) => Math.min(a, b), 0);
    const high = known.reduce((a, b) => Math.max(a, b), Math.max(run.maxima[0], low + 1e-9));
    const shownRows = [];
    let hidden = 0, changes = 0, total = 0;
    for (const group of chosen) {
      const count = rankedIn(group), members = ordered(group.members);
      const found = members.filter((u) => plainNames[u].includes(state.search));
      total += count;
      changes += members.filter((u) => ranks[u] !== published[u] && !(Number.isNaN(ranks[u]) && Number.isNaN(published[u]))).length;
      const room = state.all ? Infinity : MOST_ROWS - shownRows.length;
      hidden += Math.max(found.length - room, 0);
      if (chosen.length > 1 && found.length && room > 0)
        shownRows.push(element("tr", { class: "group" }, element("th", { colspan: 6, scope: "rowgroup" }, groupName(group))));
      for (const u of found.slice(0, Math.max(room, 0))) {
        showRow(u, low, high, count);
        shownRows.push(rows[u].whole);
      }
    }
    if (!shownRows.length) shownRows.push(element("tr", null, element("td", { colspan: 6 }, words.no_match)));
    // A moved row loses the focus of the keyboard.
    const focused = document.activeElement;
    body.replaceChildren(...shownRows);
    if (body.contains(focused)) focused.focus({ preventScroll: true });
    more.hidden = hidden === 0;
    more.textContent = filled(words.show_more, { count: figure(hidden, 0) });
    axis.textContent = chosen.length === 1 ? `${words.rank} 1–${rankedIn(chosen[0])}` : words.rank;
    status.textContent = isDeclared() ? words.as_declared
      : filled(words.changes, { changes: figure(changes, 0), count: figure(total, 0) });
  }
  function keyOf(label, ...shapes) {
    const picture = shape("svg", { "aria-hidden": "true" });
    picture.append(...shapes);
    return element("span", null, picture, label);
  }
  const legend = element("div", { class: "key soft hide" },
    keyOf(words.rank, shape("circle", { cx: "50%", cy: "50%", r: 4.5, class: "now" })),
    keyOf(words.published, upright("50%", "old")),
    page.intervals ? keyOf(page.interval_title, across({ x1: 0, x2: "100%", class: "range" })) : null);
  const marked = page.marks.some((text) => text)
    ? element("p", { class: "soft" }, `* ${words.marked}`) : null;
  const ranking = element("div", null, element("table", null, element("caption", { class: "out" }, words.ranking), head, body), more);
  const rankings = element("section", { class: "panel", "aria-label": words.ranking },
    element("h2", null, words.ranking),
    element("div", { class: "tools" }, model.groups.length > 1 ? league : null, search),
    problem, status, ranking, legend, marked);

  // -- one unit ----------------------------------------------------------------------------------
  const profile = element("section", { class: "panel last", "aria-label": words.profile });

  function dots(node, u, peers) {
    const { share } = run.states[node], known = peers.map((p) => share[p]).filter((x) => !Number.isNaN(x));
    const low = Math.min(0, ...known), width = Math.max(1, ...known) - low;
    const at = (value) => percents((value - low) / width);
    const made = shape("svg", { "aria-hidden": "true" });
    made.append(across({ x1: 0, x2: "100%", class: "axis" }));
    if (known.length) made.append(across({ x1: at(Math.min(...known)), x2: at(Math.max(...known)), class: "range" }));
    for (const value of known.slice(0, 1000)) made.append(upright(at(value), "peer", "30%", "70%"));
    if (!Number.isNaN(share[u])) made.append(shape("circle", { cx: at(share[u]), cy: "50%", r: 5, class: "now" }));
    return made;
  }
  function nodeRow(node, u, peers, isInner) {
    const share = run.states[node].share[u], places = ranksAt(node), label = Explorer.labels(model, places)[u];
    const count = peers.filter((p) => !Number.isNaN(places[p])).length;
    const place = label ? ` · ${filled(words.rank_of, { rank: label, count })}` : "";
    const text = Number.isNaN(share) ? statusWord(run.states[node].status[u]) : percent(share) + place;
    return element("div", { class: isInner ? "node inner" : "node" },
      element("div", null, element("span", null, page.names[node]), element("span", { class: "number" }, text)),
      dots(node, u, peers));
  }
  const statusWord = (kind) => page.statuses[kind] || "";
  function leafRow(node, number, u) {
    const { share, status: kinds } = run.states[number], treated = node.treated.includes(u);
    const notes = [kinds[u] ? statusWord(kinds[u]) : "", treated ? page.treated : ""].filter((x) => x).join(", ");
    return element("tr", null, element("td", null, page.names[number]),
      element("td", { class: "number" }, Number.isNaN(share[u]) ? "–" : percent(share[u])),
      element("td", { class: "note" }, notes));
  }
  function showProfile() {
    const u = state.unit;
    if (u < 0) return profile.replaceChildren(element("h2", null, words.profile), element("p", { class: "soft" }, words.choose));
    const group = model.groups[groupOf[u]], peers = group.members, open = profile.querySelector("details")?.open;
    const place = labels[u] ? filled(words.rank_of, { rank: labels[u], count: peers.filter((p) => !Number.isNaN(ranks[p])).length })
      : model.ranked[u] ? words.no_score : words.not_ranked;
    const facts = [Number.isNaN(scores[u]) ? null : `${words.score} ${figure(scores[u], model.decimals)}`, place, groupName(group) || null];
    const nodes = [...new Set(model.moved.flatMap(({ parent, nodes: kids }) => (parent ? [parent, ...kids] : kids)))];
    const inner = new Set(model.moved.flatMap(({ parent, nodes: kids }) => (parent ? kids : [])));
    const leaves = model.nodes.map((node, number) => ({ node, number })).filter(({ node }) => node.shares);
    const table = element("table", { class: "leaves" }, element("tbody", null, ...leaves.map(({ node, number }) => leafRow(node, number, u))));
    return profile.replaceChildren(element("h2", null, page.units[u].name),
      element("p", { class: "soft" }, facts.filter((x) => x).join(" · ")),
      ...nodes.map((node) => nodeRow(node, u, peers, inner.has(node))),
      element("p", { class: "soft" }, words.peers),
      page.marks[u] ? element("p", { class: "soft" }, `* ${page.marks[u]}`) : "",
      element("details", { open: Boolean(open) }, element("summary", null, filled(words.indicators, { count: leaves.length })), table));
  }
  function choose(u) {
    state.unit = state.unit === u ? -1 : u;
    changed(false);
  }

  // -- the address keeps what is shown -----------------------------------------------------------
  function remember() {
    const address = new URLSearchParams();
    if (!isDeclared()) address.set("w", state.groups.map(({ weights: w }) => w.join(",")).join(";"));
    if (state.league >= 0) address.set("l", state.league);
    if (state.unit >= 0) address.set("u", page.units[state.unit].code);
    try {
      history.replaceState(null, "", `#${address}`);
    } catch { /* inside a notebook the page has no address */ }
  }
  function recall() {
    const address = new URLSearchParams(location.hash.slice(1));
    (address.get("w") || "").split(";").forEach((part, g) => {
      const group = model.moved[g], given = part.split(",").map(Number);
      const fits = group && given.length === group.nodes.length && given.every((w) => w >= 0 && Number.isFinite(w));
      const whole = fits ? given.reduce((a, b) => a + b) : 0;
      if (!(whole > 0)) return;
      const isWhole = Math.abs(whole - group.total) <= 1e-9 * group.total;
      const own = isWhole ? given : given.map((w) => (w * group.total) / whole);
      state.groups[g] = { weights: own, memory: [...own] };
    });
    const chosen = Number(address.get("l") ?? -1);
    if (address.has("l") && model.groups[chosen]) state.league = chosen;
    league.value = state.league;
    const unit = page.units.findIndex(({ code }) => code === address.get("u"));
    if (unit >= 0) state.unit = unit;
  }

  let waiting = false;
  function changed(recompute = true) {
    state.stale = state.stale || recompute;
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(show);
  }
  function show() {
    waiting = false;
    const recompute = state.stale;
    state.stale = false;
    if (recompute) showWeights();
    if (!recompute || compute()) {
      showRanking();
      showProfile();
    }
    remember();
  }

  document.getElementById("explorer").append(
    element("header", null, element("h1", null, page.title), element("p", { class: "soft" }, page.subtitle)),
    element("main", { class: "grid" }, element("div", { class: "side" }, weights, profile), rankings));
  recall();
  if (state.unit < 0 && model.units) {
    const first = state.league < 0 ? 0 : state.league;
    [state.unit = -1] = ordered(model.groups[first].members);
  }
  state.stale = true;
  show();
  addEventListener("hashchange", () => { recall(); changed(); });
})();
