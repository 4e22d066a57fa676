"use strict";
/* Scores, keys and ranks of a linear tree, in the order of operations of govindex: the same bits.
   A node's children are added one after the other in the order of their codes. */
const Explorer = (() => {
  const LEAST = -308, MOST = 308, DIGITS = 10, OFFSET = 0.5137;
  const DECADE = 9e10, PLAIN = 1e11, EXACT = 2 ** 52, SPLITTER = 2 ** 27 + 1, MISSING = 3, SNAP = 1e-10;
  const KINDS = 3; // missing, not applicable, suppressed

  // Read from text: each is the double nearest to the power.
  const POWERS = Array.from({ length: MOST - LEAST + 1 }, (_, i) => Number(`1e${i + LEAST}`));

  const power = (exponent) => (exponent > MOST ? Infinity : POWERS[exponent - LEAST]);

  // The exponent of the largest power of ten up to a number.
  function decadeOf(number) {
    let low = 0, high = POWERS.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (POWERS[middle] <= number) low = middle + 1;
      else high = middle;
    }
    return Math.max(low - 1, 0) + LEAST;
  }

  function keyByDecades(size, lowest) {
    const decade = Math.max(decadeOf(size), lowest);
    const wanted = DIGITS - decade, half = Math.min(wanted, MOST);
    let key = power(half) * size;
    if (half < wanted) key *= power(wanted - half);
    return Math.floor(key + OFFSET) + (decade * DECADE - lowest * DECADE);
  }

  // The whole number by which a score is ranked, as a double; NaN without a score.
  function key(score, scale, times, oneSign) {
    if (Number.isNaN(score)) return NaN;
    const lowest = oneSign ? LEAST : decadeOf(scale);
    const steps = times * power(DIGITS - lowest);
    if (Number.isFinite(steps)) {
      const scaled = Math.abs(score * steps), whole = Math.floor(scaled + OFFSET);
      if (whole <= PLAIN) return score < 0 ? 0 - whole : whole;
    }
    const number = score * times, large = keyByDecades(Math.abs(number), lowest);
    return number < 0 ? 0 - large : large;
  }

  const nudge = (scaled) =>
    Math.min(scaled * 2 ** -42, Math.min(Math.max(scaled * 2 ** -52, 2 ** -10), 2 ** -2));

  // Half to even: for whole numbers that went through a division.
  function nearest(number) {
    const low = Math.floor(number), rest = number - low;
    return rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : low + 1;
  }

  const MODES = {
    "half-up": (scaled) => Math.floor(scaled + nudge(scaled) + 0.5),
    "half-even": (scaled) => {
      const low = Math.floor(scaled), isHalf = Math.abs(scaled - low - 0.5) <= nudge(scaled);
      return isHalf ? 2 * nearest(low / 2 + 0.25) : Math.floor(scaled + 0.5);
    },
    truncate: (scaled) => Math.floor(scaled + nudge(scaled)),
    // Half up on the double itself: the rounding error of the product decides an apparent half.
    binary: (scaled, size, decimals) => {
      const low = Math.floor(scaled), rest = scaled - low;
      if (decimals < 0) return low + (size >= (low + 0.5) * power(-decimals) ? 1 : 0);
      const isUp = rest > 0.5 || (rest === 0.5 && productError(size, power(decimals), scaled) >= 0);
      return low + (isUp ? 1 : 0);
    },
  };

  // By Dekker: the exact product less the rounded one.
  function productError(first, second, product) {
    const big = first * SPLITTER, firstHigh = big - (big - first), firstLow = first - firstHigh;
    const wide = second * SPLITTER, secondHigh = wide - (wide - second);
    const secondLow = second - secondHigh;
    return firstHigh * secondHigh - product + firstHigh * secondLow + firstLow * secondHigh
      + firstLow * secondLow;
  }

  function round(value, { decimals, mode }) {
    const size = Math.abs(value);
    const scaled = decimals < 0 ? size / power(-decimals) : size * power(decimals);
    if (!(scaled < EXACT)) return value;
    const whole = MODES[mode](scaled, size, decimals);
    const rounded = decimals < 0 ? whole * power(-decimals) : whole / power(decimals);
    return value < 0 ? 0 - rounded : rounded;
  }

  // Twelve digits of a size. The model holds from which size on there is which power of ten, as
  // the logarithm of the program that made the page has it.
  function snap(value, size, digits) {
    const whole = size > 0 ? size : 1;
    let step = digits[0][1];
    for (const [from, power] of digits) {
      if (whole < from) break;
      step = power;
    }
    const scaled = value * step;
    return Math.abs(scaled) < EXACT ? Math.floor(scaled + OFFSET) / step + 0 : value;
  }

  // Twelve digits of the number itself: of scores in which nothing cancels.
  function twelveDigits(value) {
    const size = Math.abs(value), exponent = DIGITS + 1 - decadeOf(size);
    if (!(exponent >= -4 && exponent <= 22)) return value;
    const scale = power(Math.max(exponent, 0)), scaled = size * scale;
    const digits = scaled < EXACT ? Math.floor(scaled + OFFSET) : scaled;
    return value < 0 ? 0 - digits / scale : digits / scale;
  }

  // The weight of every node: as moved, as declared, or the sum of its children's.
  function weightsOf(model, moved) {
    const weights = model.nodes.map((node) => node.weight);
    for (const [number, weight] of moved) weights[number] = weight;
    for (let i = model.nodes.length - 1; i >= 0; i--)
      if (weights[i] === null) weights[i] = sum(model.nodes[i].children, weights);
    return weights;
  }

  function sum(numbers, values) {
    let whole = values[numbers[0]];
    for (let i = 1; i < numbers.length; i++) whole += values[numbers[i]];
    return whole;
  }

  // The printed score of a share of 1.
  function maximaOf(model, weights) {
    if (model.scale !== null) return model.nodes.map(() => model.scale);
    const maxima = model.nodes.map(() => weights[0]);
    model.nodes.forEach((node, number) => {
      if (!node.children) return;
      const whole = sum(node.children, weights);
      for (const child of node.children)
        maxima[child] = node.adds
          ? weights[child]
          : maxima[number] * (weights[child] / (whole > 0 ? whole : 1));
    });
    return maxima;
  }

  function rounded(share, part, maximum, rounding) {
    if (!rounding || !(maximum > 0)) return share;
    const whole = maximum * part;
    return round(share * whole, rounding) / whole;
  }

  // A leaf: printed digits follow the weights; what a policy filled in stays.
  function leafState(model, node, weight, maximum) {
    const share = new Float64Array(model.units), part = new Float64Array(model.units).fill(1);
    for (let unit = 0; unit < model.units; unit++) {
      const given = node.shares[unit];
      share[unit] = given === null ? NaN : rounded(given, 1, maximum, node.rounding);
    }
    if (weight > 0) for (const [unit, filled] of node.filled) share[unit] = filled;
    const status = new Uint8Array(model.units);
    for (const [unit, kind] of node.status) status[unit] = kind;
    return { share, part, status, lacking: null, leaves: 1 };
  }

  function branchState(model, number, run) {
    const node = model.nodes[number], { weights, states, problems } = run, units = model.units;
    const kids = node.children.map((child) => ({
      ...states[child], weight: weights[child], policies: model.nodes[child].policies, child,
    }));
    const share = new Float64Array(units), part = new Float64Array(units).fill(1);
    const status = new Uint8Array(units);
    const lacking = Array.from({ length: KINDS }, () => new Float64Array(units));
    const leaves = kids.reduce((count, kid) => count + (kid.weight > 0 ? kid.leaves : 0), 0);
    if (!(sum(node.children, weights) > 0)) problems.push({ kind: "zero", node: number });
    for (let unit = 0; unit < units; unit++) {
      const gone = [0, 0, 0];
      let top = 0, force = 0, carried = 0, whole = 0, kept = 0, scored = 0;
      kids.forEach((kid, index) => {
        const { weight } = kid, absent = Number.isNaN(kid.share[unit]);
        const carries = absent ? 0 : weight;
        const forced = carries * (absent ? 1 : kid.part[unit]);
        const points = forced * (absent ? 0 : kid.share[unit]);
        let lost = false;
        if (weight > 0) {
          scored += 1;
          if (kid.lacking)
            for (let kind = 0; kind < KINDS; kind++) lacking[kind][unit] += kid.lacking[kind][unit];
        }
        if (absent && weight > 0) {
          const kind = kid.status[unit] - MISSING, policy = kid.policies[kind];
          gone[kind] += 1;
          if (!kid.lacking) lacking[kind][unit] += 1;
          if (policy === "refuses") problems.push({ kind: "refused", node: kid.child, unit });
          lost = policy === "shrinks";
        }
        const remains = lost ? 0 : weight;
        top = index ? top + points : points;
        force = index ? force + forced : forced;
        carried = index ? carried + carries : carries;
        whole = index ? whole + weight : weight;
        kept = index ? kept + remains : remains;
      });
      const few = (limit) => {
        const leafwise = limit.of === "leaves";
        const absent = limit.kinds.reduce(
          (count, kind) => count + (leafwise ? lacking[kind][unit] : gone[kind]), 0);
        const all = leafwise ? leaves : scored, known = all - absent;
        return absent > 0 && (known < limit.count || known < limit.share * all - SNAP);
      };
      if (!(force > 0) || node.limits.some(few)) {
        share[unit] = NaN;
        part[unit] = 0;
        status[unit] = MISSING + (gone[2] ? 2 : gone[0] ? 0 : 1);
        continue;
      }
      if (node.shrinks) kept *= force / carried;
      part[unit] = kept / whole;
      share[unit] = rounded(top / force, part[unit], run.maxima[number], node.rounding);
    }
    return { share, part, status, lacking, leaves };
  }

  // The state of every node under moved weights: pairs of a node's number and its weight.
  function evaluate(model, moved) {
    const weights = weightsOf(model, moved);
    const run = { weights, maxima: maximaOf(model, weights), states: [], problems: [] };
    for (let i = model.nodes.length - 1; i >= 0; i--)
      run.states[i] = model.nodes[i].children
        ? branchState(model, i, run)
        : leafState(model, model.nodes[i], weights[i], run.maxima[i]);
    return run;
  }

  function levelKeys(model, run, number) {
    const { share, part } = run.states[number], ranking = model.rankings[number];
    const size = run.maxima[number] > 0 ? run.maxima[number] : 1;
    return Float64Array.from(share, (value, unit) => {
      const comparable = ranking.by === "share" ? value : value * part[unit];
      if (Number.isNaN(comparable)) return NaN;
      let whole;
      if (ranking.decimals === null) whole = key(comparable, size, size, ranking.one_sign);
      else {
        const printing = { decimals: ranking.decimals, mode: model.printing.mode };
        const printed = round(snap(comparable * size, size, model.digits), printing);
        const digits = nearest(Math.abs(printed) * power(ranking.decimals));
        whole = printed < 0 ? 0 - digits : digits;
      }
      return ranking.best === "lowest" ? 0 - whole : whole;
    });
  }

  // The keys of a node, then those that break its ties; an absent score comes last.
  function chain(model, run, number) {
    const own = levelKeys(model, run, number), keys = [own];
    for (const other of model.rankings[number].tie_break)
      for (const more of chain(model, run, other))
        keys.push(more.map((value) => (Number.isNaN(value) ? -Infinity : value)));
    for (let i = 1; i < keys.length; i++)
      own.forEach((value, unit) => { if (Number.isNaN(value)) keys[i][unit] = NaN; });
    return keys;
  }

  // Ranks of some units, 1 for the best; NaN for those without a rank.
  function ranksOf(model, keys, members, ties) {
    const ranks = new Float64Array(model.units).fill(NaN);
    const compared = (a, b) => {
      for (const level of keys) if (level[a] !== level[b]) return level[b] > level[a] ? 1 : -1;
      return ties === "ordinal" ? model.order[a] - model.order[b] : 0;
    };
    const known = members.filter((u) => model.ranked[u] && !Number.isNaN(keys[0][u])).sort(compared);
    let dense = 0;
    for (let first = 0; first < known.length; ) {
      let end = first + 1;
      while (end < known.length && compared(known[first], known[end]) === 0) end += 1;
      dense += 1;
      const rank = { competition: first + 1, ordinal: first + 1, dense, max: end,
        average: (first + end - 1) / 2 + 1 }[ties];
      for (let i = first; i < end; i++) ranks[known[i]] = rank;
      first = end;
    }
    return ranks;
  }

  // Keys and ranks at a node, inside the groups of units that are ranked together.
  function rank(model, run, number) {
    const keys = chain(model, run, number), { ties } = model.rankings[number];
    const ranks = new Float64Array(model.units).fill(NaN);
    for (const group of model.groups) {
      const own = ranksOf(model, keys, group.members, ties);
      for (const unit of group.members) ranks[unit] = own[unit];
    }
    return { keys: keys[0], ranks };
  }

  // Scores in the printed unit, as they are printed.
  function printed(model, run, number) {
    const { share, part } = run.states[number], maximum = run.maxima[number];
    const isOneSign = model.rankings[number].one_sign;
    return Float64Array.from(share, (value, unit) => {
      const full = value * part[unit] * maximum;
      if (Number.isNaN(full)) return NaN;
      const paper = isOneSign ? twelveDigits(full) : snap(full, maximum, model.digits);
      return round(paper, model.printing);
    });
  }

  // Rank labels: "=2" where several units of a group share a rank.
  function labels(model, ranks) {
    const texts = new Array(model.units).fill("");
    for (const { members } of model.groups) {
      const counts = new Map();
      for (const unit of members) counts.set(ranks[unit], (counts.get(ranks[unit]) || 0) + 1);
      for (const unit of members)
        if (!Number.isNaN(ranks[unit]))
          texts[unit] = (counts.get(ranks[unit]) > 1 ? "=" : "") + String(ranks[unit]);
    }
    return texts;
  }

  // Give one of several siblings a weight; the others keep their proportions and share the rest.
  function moved(group, memory, index, weight) {
    const { total } = group, value = Math.min(Math.max(weight, 0), total);
    let others = memory.reduce((all, other, i) => (i === index ? all : all + other), 0);
    const base = others > 0 ? memory : group.weights;
    if (!(others > 0)) others = base.reduce((all, other, i) => (i === index ? all : all + other), 0);
    const rest = total - value;
    const weights = base.map((other, i) => (i === index ? value : (other * rest) / others));
    const kept = [...base];
    // What is set to everything keeps its proportion of before, for the way back.
    if (rest > 0) kept[index] = (value * others) / rest;
    return { weights, memory: kept };
  }

  return { decadeOf, evaluate, key, labels, moved, power, printed, rank, round, snap, weightsOf };
})();
if (typeof module !== "undefined") module.exports = Explorer;
