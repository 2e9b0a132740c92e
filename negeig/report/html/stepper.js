"use strict";
// Looks up states that negeig computed: nothing is calculated here but where a bar begins and ends.
for (const section of document.querySelectorAll("[data-stepper]")) {
  const data = JSON.parse(section.querySelector("script").textContent);
  const article = section.closest("article");
  const find = (selector) => section.querySelector(selector);
  const form = find("form"), field = find("input[name=word]"), tape = find(".tape");
  const drawn = article.querySelectorAll(".machine g.node");
  let position = 0;

  // A letter is typed as it is, or as it is shown where it cannot be typed. Longer ones come first.
  const names = [data.typed, data.letters].flatMap((texts) => texts.map((text, column) => ({ text, column })));
  names.sort((a, b) => b.text.length - a.text.length);

  const make = (tag, text = "", kind = "") => {
    const element = document.createElement(tag);
    element.textContent = text;
    if (kind) element.className = kind;
    return element;
  };

  const letters = () => {
    if (!data.separated) return [...field.value].map((text) => ({ text, column: data.typed.indexOf(text) }));
    const found = [];
    for (let rest = field.value; rest; ) {
      const fits = names.find(({ text }) => rest.startsWith(text) && /^(\s|$)/.test(rest.slice(text.length)));
      if (fits) {
        found.push(fits);
        rest = rest.slice(fits.text.length + 1);
      } else if (/^\s/.test(rest)) {
        rest = rest.slice(1);
      } else {
        const text = rest.match(/^\S+/)[0];
        found.push({ text, column: -1 });
        rest = rest.slice(text.length);
      }
    }
    return found;
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

  // What each layer's decoder makes of its state after `column` was read: the code, and what it passes on.
  const decoded = (run, state, column) => {
    let read = column;
    return (data.decoders || []).map(({ letters: own, codes, emit }, layer) => {
      const code = run.codes[state][layer];
      if (code === null || typeof read !== "number") return "no code is nearest: nothing is passed on";
      const name = own[read], passed = emit[code][read], next = data.decoders[layer + 1];
      read = passed;
      return "It read “" + name + "”; the nearest code is " + codes[code] + "; " +
        (next ? "it passes on “" + next.letters[passed] + "”." : "it outputs " + passed + ".");
    });
  };

  const bars = (run, state, column) => {
    const box = make("div");
    if (state < 0) {
      box.append(make("p", "This state is not in the page's tables, which end at " + run.values.length +
        " states.", "note"));
      return box;
    }
    const said = column < 0 ? [] : decoded(run, state, column);
    run.values[state].forEach((vector, layer) => {
      if (data.layers.length > 1) box.append(make("p", "Layer " + (layer + 1), "layer"));
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
      if (said[layer]) box.append(make("p", said[layer], "decoded"));
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
    drawn.forEach((node, state) => node.classList.toggle("here", state === found.machine));
    const wanted = data.machine.outputs[found.machine];
    let text = position === 0 ? "Before the first letter" : "After " + position + " of " + word.length +
      (word.length === 1 ? " letter" : " letters");
    if (found.foreign) {
      const name = [...word[found.stopped].text];
      text = "Letter " + (found.stopped + 1) + ", “" + name.slice(0, 40).join("") + (name.length > 40 ? "…" : "") +
        "”, is not in the alphabet {" + data.letters.join(", ") +
        "}: nothing after it is read. State after the letters before it";
    }
    text += ": the machine is in state " + found.machine + " and outputs " + wanted + "; the network outputs " +
      (found.output === null ? "nothing that is known here" : found.output) +
      (found.output === null ? "." : found.output === wanted ? ", the same." : ", which is wrong.");
    find(".now").textContent = text;
    find(".now").classList.toggle("wrong", found.output !== null && found.output !== wanted);
    const last = found.foreign ? found.stopped : position;
    find(".state").replaceChildren(bars(run, found.state, last > 0 ? word[last - 1].column : -1));
    find(".about").textContent = run.about + (run.complete ? "; all " : "; the first ") + run.values.length +
      (run.complete ? " states that words reach are in this page." : " states are in this page.");
    find("[data-go=first]").disabled = find("[data-go=back]").disabled = position === 0;
    find("[data-go=forward]").disabled = find("[data-go=last]").disabled = position >= word.length;
  };

  const toEnd = (value) => {
    field.value = value;
    position = letters().length;
    show();
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  field.addEventListener("input", () => toEnd(field.value));
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
  for (const button of section.querySelectorAll("[data-letter]")) {
    button.addEventListener("click", () => {
      const column = Number(button.dataset.letter);
      const text = data.separated ? data.letters[column] : data.typed[column];
      toEnd(field.value + (data.separated && field.value ? " " : "") + text);
    });
  }
  for (const button of article.querySelectorAll("[data-word]")) {
    button.addEventListener("click", () => {
      const which = data.runs.findIndex((run) => run.name === button.dataset.run);
      form.querySelectorAll("input[type=radio]")[Math.max(which, 0)].checked = true;
      toEnd(button.dataset.word);
      field.focus();
      section.scrollIntoView();
    });
  }
  show();
}
