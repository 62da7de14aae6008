// One chart of a panel: draws a specification, keeps the old picture until the new one is there, reports selections.
const SETTLE_MS = 60;

async function render({ model, el }) {
  el.classList.add("vmo-chart");
  let shown = null;
  let turn = 0;
  let known = {};

  const report = lodashDebounce(() => {
    model.set("selection", JSON.parse(JSON.stringify(known)));
    model.save_changes();
  }, SETTLE_MS);

  async function draw() {
    const mine = ++turn;
    const spec = structuredClone(model.get("spec"));
    if (!spec || !spec.$schema) return;
    const next = document.createElement("div");
    next.className = "vmo-drawing vmo-coming";
    el.append(next);
    if (spec.width === "container") spec.width = Math.max(280, Math.floor(el.clientWidth));
    let made;
    try {
      made = await vegaEmbed(next, spec, { actions: false, renderer: "svg", tooltip: { theme: "vmo" } });
    } catch (error) {
      next.remove();
      console.error("this chart cannot be drawn", error);
      el.dataset.failed = String(error.message);
      return;
    }
    if (mine !== turn) {
      made.finalize();
      next.remove();
      return;
    }
    if (shown) {
      shown.made.finalize();
      shown.box.remove();
    }
    shown = { made, box: next };
    known = {};
    next.classList.remove("vmo-coming");
    for (const name of model.get("watched")) {
      made.view.addSignalListener(name, (_, value) => {
        known[name] = value ?? {};
        report();
      });
    }
    delete el.dataset.failed;
    el.dataset.drawn = String(mine);
  }

  const fit = lodashDebounce(() => {
    const width = Math.max(280, Math.floor(el.clientWidth));
    if (shown && el.clientWidth > 0 && model.get("spec").width === "container") shown.made.view.width(width).runAsync();
  }, 120);
  const watch = new ResizeObserver(fit);
  watch.observe(el);
  model.on("change:spec", draw);
  await draw();
  return () => {
    watch.disconnect();
    model.off("change:spec", draw);
    if (shown) shown.made.finalize();
  };
}

export default { render };
