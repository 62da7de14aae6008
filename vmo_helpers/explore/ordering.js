// A list that is put in order: drag a row, press its arrows, or Alt with the arrow keys; every move is told aloud.
function render({ model, el }) {
  el.classList.add("vmo-ordering");
  const list = document.createElement("ol");
  const told = document.createElement("p");
  told.setAttribute("aria-live", "polite");
  told.className = "vmo-told";
  const help = document.createElement("p");
  help.className = "vmo-help";
  help.textContent = "Drag a row, press its arrows, or go to it and press Alt with ↑ or ↓.";
  el.append(help, list, told);
  let dragged = null;

  function keys() {
    return model.get("order");
  }

  function move(key, to) {
    const order = keys().filter((one) => one !== key);
    const place = Math.max(0, Math.min(order.length, to));
    order.splice(place, 0, key);
    if (order.join("\n") === keys().join("\n")) return;
    model.set("order", order);
    model.save_changes();
    told.textContent = `${model.get("names")[key] ?? key} is now ${place + 1} of ${order.length}`;
  }

  function button(key, step, word, sign) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = sign;
    made.dataset.step = String(step);
    made.setAttribute("aria-label", `${word}: ${model.get("names")[key] ?? key}`);
    made.addEventListener("click", () => {
      move(key, keys().indexOf(key) + step);
      const row = [...list.children].find((one) => one.dataset.key === key);
      if (row) row.querySelector(`[data-step="${step}"]`).focus();
    });
    return made;
  }

  function row(key, place) {
    const made = document.createElement("li");
    made.dataset.key = key;
    made.draggable = true;
    made.tabIndex = 0;
    const name = document.createElement("span");
    name.textContent = `${place + 1}. ${model.get("names")[key] ?? key}`;
    made.append(button(key, -1, "Earlier", "↑"), button(key, 1, "Later", "↓"), name);
    made.addEventListener("keydown", (event) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!step || event.target !== made) return;
      event.preventDefault();
      event.stopPropagation();
      const at = keys().indexOf(key);
      if (event.altKey) move(key, at + step);
      const focused = event.altKey ? key : keys()[at + step];
      const next = [...list.children].find((one) => one.dataset.key === focused);
      if (next) next.focus();
    });
    made.addEventListener("dragstart", (event) => {
      dragged = key;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", key);
    });
    made.addEventListener("dragover", (event) => {
      if (dragged !== null) event.preventDefault();
    });
    made.addEventListener("drop", (event) => {
      event.preventDefault();
      if (dragged !== null) move(dragged, keys().indexOf(key));
      dragged = null;
    });
    made.addEventListener("dragend", () => {
      dragged = null;
    });
    return made;
  }

  function draw() {
    const focused = list.contains(document.activeElement) ? document.activeElement.closest("li") : null;
    list.replaceChildren(...keys().map(row));
    const again = focused && [...list.children].find((one) => one.dataset.key === focused.dataset.key);
    if (again) again.focus();
  }

  model.on("change:order", draw);
  model.on("change:names", draw);
  draw();
  return () => {
    model.off("change:order", draw);
    model.off("change:names", draw);
  };
}

export default { render };
