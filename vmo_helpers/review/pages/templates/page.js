(() => {
  "use strict";
  document.documentElement.lang = document.documentElement.lang || "en";

  // A number and its unit, a count and what it is of, a date: each stays on one line; the text itself is not changed.
  const unit = new RegExp(
    "(?:\\b[A-Z]{3} )?[−-]?\\d[\\d.,]*(?: (?:%|k|M|bn|days?|weeks?|points?|hours?|items?|epics?|of \\d[\\d.]*|given up|more|" +
    "(?:January|February|March|April|May|June|July|August|September|October|November|December)(?: \\d{4})?))+", "g");
  for (const block of document.querySelectorAll("h1, h2, h3, .lede, .read, .note, .definition > span")) {
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    for (const text of texts) {
      const pieces = document.createDocumentFragment();
      let end = 0;
      for (const match of text.data.matchAll(unit)) {
        pieces.append(text.data.slice(end, match.index));
        const whole = document.createElement("span");
        whole.className = "nb";
        whole.textContent = match[0];
        pieces.append(whole);
        end = match.index + match[0].length;
      }
      if (end) { pieces.append(text.data.slice(end)); text.replaceWith(pieces); }
    }
  }

  // Slide to slide: arrows left and right, page keys, j and k. Up and down keep scrolling the text.
  const steps = { ArrowRight: 1, PageDown: 1, j: 1, ArrowLeft: -1, PageUp: -1, k: -1 };
  const slides = [...document.querySelectorAll("[data-slide]")];
  const here = () => {
    const held = slides.indexOf(document.activeElement && document.activeElement.closest("[data-slide]"));
    if (held >= 0) {
      const box = slides[held].getBoundingClientRect();
      if (box.bottom > 0 && box.top < innerHeight) return held;
    }
    let last = 0;
    slides.forEach((slide, place) => { if (slide.getBoundingClientRect().top <= innerHeight / 3) last = place; });
    return last;
  };
  document.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
    const target = event.target;
    if (target.closest("input, select, textarea, [contenteditable]")) return;
    const box = target.closest(".scroll");
    if (box && box.scrollWidth > box.clientWidth && event.key.startsWith("Arrow")) return;
    const next = slides[here() + step];
    if (!next) return;
    event.preventDefault();
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "start" });
    if (next.id) history.replaceState(null, "", "#" + next.id);
  });

  // Charts: the picture stands until the live chart is drawn, and stays when it cannot be.
  const options = {
    mode: "vega", ast: true, actions: false, renderer: "svg", defaultStyle: false, logLevel: 1,
    tooltip: { disableDefaultStyle: true },
    loader: { load: () => Promise.reject(new Error("charts carry their data")) },
  };
  for (const holder of document.querySelectorAll('script[type="application/json"][data-chart]')) {
    const figure = holder.closest("figure");
    const stage = figure.querySelector(".live");
    vegaEmbed(stage, JSON.parse(holder.textContent), options).then(() => {
      for (const mark of stage.querySelectorAll("svg [role]")) mark.setAttribute("aria-hidden", "true");
      figure.classList.add("drawn");
    }).catch((error) => { figure.dataset.failed = String(error); console.error(error); });
  }
})();
