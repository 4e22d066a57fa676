"use strict";
/* Compute the cases of explorer_vectors.py with the page's script; return what differs. */
function compared(engine, vectors) {
  const failures = [], counts = { draws: 0, refused: 0, ties: 0, numbers: 0 };
  // To the last bit; 0 and -0 are one number.
  const same = (a, b) => (Number.isNaN(a) || a === null ? b === null || Number.isNaN(b) : a === b);
  const note = (...what) => { if (failures.length < 20) failures.push(what); };
  const list = (where, found, wanted) => {
    wanted.forEach((value, i) => {
      if (!same(found[i], value)) note(where, i, found[i], value);
    });
    if (found.length !== wanted.length) note(where, "length", found.length, wanted.length);
  };
  vectors.trees.forEach(({ model, draws }, tree) => draws.forEach((wanted, number) => {
    counts.draws += 1;
    const where = (what) => `tree ${tree}, draw ${number}, ${what}`;
    const run = engine.evaluate(model, wanted.moved);
    if (wanted.refused !== run.problems.length > 0)
      return note(where("refused"), run.problems.length, wanted.refused);
    if (wanted.refused) { counts.refused += 1; return undefined; }
    for (const [node, expected] of Object.entries(wanted.nodes)) {
      const state = run.states[node], found = engine.rank(model, run, Number(node));
      list(where(`shares of ${node}`), state.share, expected.shares);
      const parts = Array.from(state.part, (part, u) => (Number.isNaN(state.share[u]) ? NaN : part));
      list(where(`parts of ${node}`), parts, expected.parts);
      list(where(`keys of ${node}`), found.keys, expected.keys);
      list(where(`ranks of ${node}`), found.ranks, expected.ranks);
      counts.ties += engine.labels(model, found.ranks).filter((t) => t.startsWith("=")).length;
    }
    const texts = Array.from(engine.printed(model, run, 0), (value) => Number.isNaN(value) ? ""
      : value.toFixed(model.decimals).replace(/^-(0\.?0*)$/, "$1"));
    list(where("texts"), texts, wanted.texts);
    return undefined;
  }));
  for (const [score, scale, times, oneSign, key] of vectors.keys) {
    counts.numbers += 1;
    const found = engine.key(score, scale, times, oneSign);
    if (!same(found, key)) note("key", score, scale, oneSign, found, key);
  }
  for (const [value, decimals, mode, printed] of vectors.rounded) {
    counts.numbers += 1;
    const found = engine.round(value, { decimals, mode });
    if (!same(found, printed)) note("round", value, decimals, mode, found, printed);
  }
  return { failures, counts };
}
if (typeof module !== "undefined") module.exports = compared;
