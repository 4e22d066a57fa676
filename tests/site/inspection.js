// What is wrong with a page as it is shown: a list of sentences, empty if nothing is.
(() => {
  const wrong = [];
  const shown = (node) => node.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const name = (node) => {
    const words = node.innerText ? node.innerText.trim().replace(/\s+/g, " ").slice(0, 40) : "";
    return `<${node.tagName.toLowerCase()} class="${node.className}"> ${words}`;
  };

  // Colours as [red, green, blue, opacity], opacity from 0 to 1.
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const colour = (text) => {
    if (!known.has(text)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = text;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      known.set(text, [r, g, b, a / 255]);
    }
    return known.get(text);
  };
  const over = (top, below) =>
    [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const ground = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) {
      const layer = colour(getComputedStyle(at).backgroundColor);
      if (layer[3] > 0) layers.push(layer);
      if (layer[3] === 1) break;
    }
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };

  // Text can be read: 4.5 to 1, or 3 to 1 where it is large (WCAG 2.2, 1.4.3).
  const article = document.querySelector("article") || document.body;
  const pale = new Map();
  const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !shown(node) || node.closest("svg, math")) continue;
    const style = getComputedStyle(node);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && parseInt(style.fontWeight) >= 700);
    const below = ground(node);
    const found = contrast(over(colour(style.color), below), below);
    if (found < (large ? 3 : 4.5) - 0.05) {
      const key = `${style.color} on ${below.slice(0, 3).map(Math.round)}`;
      if (!pale.has(key)) pale.set(key, `contrast ${found.toFixed(2)}: ${key}, ${name(node)}`);
    }
  }
  wrong.push(...pale.values());

  // Pictures are there, and have an alternative text.
  for (const picture of article.querySelectorAll("img")) {
    if (picture.complete && picture.naturalWidth === 0) wrong.push(`no picture: ${picture.src}`);
    if (!picture.alt.trim()) wrong.push(`no alternative text: ${picture.src}`);
  }

  // No cell is a column of single words.
  const lines = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()].filter((box) => box.width > 0);
    let [count, bottom] = [0, -Infinity];
    for (const box of boxes.sort((a, b) => a.top - b.top)) {
      const middle = (box.top + box.bottom) / 2;
      if (middle >= bottom) {
        count += 1;
        bottom = box.bottom;
      }
    }
    return count;
  };
  for (const cell of article.querySelectorAll("td, th, dt:not(.sig), dd")) {
    const words = cell.innerText.trim().split(/\s+/);
    if (!shown(cell) || words.length < 4 || cell.querySelector("table, pre, dl, ul, img")) continue;
    if (lines(cell) >= words.length) wrong.push(`squeezed: ${name(cell)}`);
  }

  // The page itself does not scroll to the side.
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width + 1) {
    const wide = [...article.querySelectorAll("*")].find((node) => {
      const box = node.getBoundingClientRect();
      return shown(node) && box.width > 0 && box.right > width + 1;
    });
    wrong.push(`wider than the window of ${width}: ${wide ? name(wide) : "the page"}`);
  }
  return wrong;
})();
