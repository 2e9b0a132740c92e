"use strict";
// Looks up states that negeig computed: nothing is calculated here but where a bar begins and ends.
for (const section of document.querySelectorAll("[data-stepper]")) {
  const data = JSON.parse(section.querySelector("script").textContent);
  const find = (selector) => section.querySelector(selector);
  const form = find("form"), field = find("input[name=word]"), tape = find(".tape");
  const separated = data.typed.some((letter) => [...letter].length !== 1);
  let position = 0;

  const make = (tag, text = "", kind = "") => {
    const element = document.createElement(tag);
    element.textContent = text;
    if (kind) element.className = kind;
    return element;
  };

  const letters = () => {
    const parts = separated ? field.value.split(/\s+/).filter(Boolean) : [...field.value];
    return parts.map((text) => ({ text, column: data.typed.indexOf(text) }));
  };

  // Follow the word as far as `position`, or to a letter outside the alphabet, or beyond the tables.
  const follow = (word, run) => {
    let machine = data.machine.initial, state = 0, output = run.empty;
    for (let i = 0; i < position; i++) {
      const column = word[i].column;
      if (column < 0) return { machine, state, output, stopped: i, foreign: true };
      machine = data.machine.after[machine][column];
      const row = run.after[state];
      if (state >= 0 && (!row || row[column] < 0)) output = null;
      else if (state >= 0) output = run.outputs[state][column];
      state = state < 0 || !row ? -1 : row[column];
    }
    return { machine, state, output, stopped: -1, foreign: false };
  };

  const bars = (run, state) => {
    const box = make("div");
    if (state < 0) {
      box.append(make("p", "This state is not in the page's tables, which end at " + run.values.length +
        " states.", "note"));
      return box;
    }
    run.values[state].forEach((vector, layer) => {
      if (data.layers.length > 1) box.append(make("h3", "Layer " + (layer + 1)));
      const sizes = run.values.flatMap((s) => s[layer]).filter((x) => x !== null).map(Math.abs);
      const most = sizes.reduce((a, b) => Math.max(a, b), 0) || 1;
      const grid = make("div", "", "bars");
      vector.forEach((x, i) => {
        const track = make("div", "", "track"), bar = make("i", "", x < 0 ? "below" : "");
        const part = x === null ? 0 : (50 * Math.abs(x)) / most;
        bar.style.width = part + "%";
        bar.style.left = (x < 0 ? 50 - part : 50) + "%";
        const zero = make("b");
        zero.style.left = "50%";
        track.append(bar, zero);
        const text = run.texts ? run.texts[state][layer][i] : x === null ? "not finite" : String(x);
        grid.append(make("span", "h" + (i + 1)), track, make("span", text, "value"));
      });
      box.append(grid);
    });
    return box;
  };

  const show = () => {
    const word = letters(), run = data.runs[Number(form.querySelector("input[type=radio]:checked").value)];
    position = Math.min(position, word.length);
    const found = follow(word, run);
    tape.replaceChildren(...word.map(({ text, column }, i) => {
      const known = column < 0 ? text : data.letters[column];
      return make("span", known, [column < 0 && "foreign", i < position && "read", i === position - 1 && "last"]
        .filter(Boolean).join(" "));
    }));
    const wanted = data.machine.outputs[found.machine];
    let text = position === 0 ? "Before the first letter" : "After " + position + " of " + word.length +
      (word.length === 1 ? " letter" : " letters");
    if (found.foreign) {
      text = "Letter " + (found.stopped + 1) + ", “" + word[found.stopped].text + "”, is not in the alphabet {" +
        data.letters.join(", ") + "}: nothing after it is read. State after the letters before it";
    }
    text += ": the machine is in state " + found.machine + " and outputs " + wanted + "; the network outputs " +
      (found.output === null ? "nothing that is known here" : found.output) +
      (found.output === null ? "." : found.output === wanted ? ", the same." : ", which is wrong.");
    find(".now").textContent = text;
    find(".state").replaceChildren(bars(run, found.state));
    find(".about").textContent = run.about + (run.complete ? "; all " : "; the first ") + run.values.length +
      (run.complete ? " states that words reach are in this page." : " states are in this page.");
    find("[data-go=first]").disabled = find("[data-go=back]").disabled = position === 0;
    find("[data-go=forward]").disabled = find("[data-go=last]").disabled = position >= word.length;
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  field.addEventListener("input", () => { position = letters().length; show(); });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { position = Math.min(position + 1, letters().length); show(); }
  });
  form.addEventListener("change", show);
  for (const button of section.querySelectorAll("[data-go]")) {
    button.addEventListener("click", () => {
      const last = letters().length;
      position = { first: 0, back: position - 1, forward: position + 1, last }[button.dataset.go];
      position = Math.max(0, Math.min(position, last));
      show();
    });
  }
  position = 0;
  show();
}
