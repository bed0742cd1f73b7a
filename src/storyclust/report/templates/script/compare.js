// Two stories side by side, with what they share in the inks of its kind, in its place in either text.
class Comparison {
  // own, other: what is told of either story and its text; pair: what they share, in offsets of both.
  constructor(own, other, pair) {
    this.passages = pair.passages;
    this.chosen = -1;
    this.marks = [[], []];
    this.panes = [
      this.pane(own, "own", 0),
      this.pane(other, "other", 1),
    ];
    this.status = make("span", { class: "status", role: "status", "aria-live": "polite" });
    this.element = make("div", { class: "comparison" }, this.tools(), this.map(own, other), make("div", { class: "panes" }, ...this.panes));
    this.tell();
  }

  // key: by which passages know their places in this text.
  pane({ facts, text, label }, key, side) {
    const body = make("div", { class: "text", dir: "auto" });
    const numbered = this.passages.map((passage, number) => ({ ...passage, number }));
    fill(body, text, 0, text.length, inOrder(numbered, key), key, (passage) => this.mark(text, key, side, passage));
    const when = facts.time === null ? "undated" : `${moment(facts.time)} UTC`;
    return make("section", { class: "pane", tabindex: "0", "aria-label": `${label}: ${facts.title}` },
      make("header", {}, make("p", { class: `role ${label}` }, label), make("h2", { dir: "auto", text: facts.title }),
        make("p", { class: "meta" }, facts.source === null ? "outlet unknown" : told(facts.source, "outlet"), ` · ${when} · ${counted(facts.words, "word", "words")} · `, named(facts.id))),
      body);
  }

  mark(text, key, side, { number, stretches, [key]: [start, stop] }) {
    const mark = make("mark", { tabindex: "0", title: kindsOf(stretches), "data-passage": number });
    fill(mark, text, start, stop, inOrder(stretches, key), key, ({ kind, [key]: [from, to] }) => ink(kind, text.slice(from, to)));
    const light = (on) => this.marks.flat().filter((each) => Number(each.dataset.passage) === number).forEach((each) => each.classList.toggle("hot", on));
    for (const [event, on] of [["mouseenter", true], ["mouseleave", false], ["focus", true], ["blur", false]]) {
      mark.addEventListener(event, () => light(on));
    }
    mark.addEventListener("click", () => this.choose(number, 1 - side));
    mark.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        event.stopPropagation();
        this.choose(number, 1 - side);
      }
    });
    this.marks[side].push(mark);
    return mark;
  }

  tools() {
    const every = wordsByKind(this.passages.flatMap((passage) => passage.stretches));
    const legend = every.map(([kind, words]) => make("li", {}, ink(kind, kind), ` ${counted(words, "word", "words")}`));
    const step = (text, by, key) => {
      const button = make("button", { type: "button", title: `${text} passage (${key})`, "aria-label": `${text} passage`, text: by > 0 ? "Next ↓" : "↑ Previous" });
      button.addEventListener("click", () => this.step(by));
      button.disabled = !this.passages.length;
      return button;
    };
    return make("div", { class: "passage-tools" },
      make("ul", { class: "legend", "aria-label": "Kinds of shared words" }, ...legend, make("li", { class: "plain", text: "plain: only in this one" })),
      make("div", { class: "steps" }, this.status, step("Previous", -1, "p"), step("Next", 1, "n")));
  }

  // Where the passages lie in either text: a bar each, and a ribbon from one to the other.
  map(own, other) {
    const picture = draw("svg", { class: "ribbons", viewBox: "0 0 1000 64", preserveAspectRatio: "none", "aria-hidden": "true" });
    const lengths = [Math.max(own.text.length, 1), Math.max(other.text.length, 1)];
    const longest = Math.max(...lengths);
    picture.append(...lengths.map((length, side) => draw("rect", { class: "base", x: 0, y: side ? 54 : 0, width: ((1000 * length) / longest).toFixed(1), height: 10 })));
    const path = ({ own: from, other: to, kind }) => {
      const [a, b, c, d] = [...from, ...to].map((place) => ((1000 * place) / longest).toFixed(1));
      return draw("path", { class: kind, d: `M${a} 0H${b}V10C${b} 32 ${d} 32 ${d} 54V64H${c}V54C${c} 32 ${a} 32 ${a} 10Z` });
    };
    this.ribbons = this.passages.map(({ stretches }, number) => {
      const ribbon = draw("g", { class: "ribbon" }, ...stretches.map(path));
      ribbon.addEventListener("click", () => this.choose(number));
      return ribbon;
    });
    picture.append(...this.ribbons);
    const name = (text) => make("span", { text });
    return make("div", { class: "map" }, name("this"), picture, name("kept"));
  }

  step(by) {
    if (!this.passages.length) return;
    const count = this.passages.length;
    this.choose(this.chosen < 0 ? (by > 0 ? 0 : count - 1) : (this.chosen + by + count) % count);
  }

  // A passage is marked in both texts, and each is scrolled to it; the focus goes to one side, if it is named.
  choose(number, side) {
    this.chosen = number;
    this.marks.forEach((marks, own) => {
      for (const mark of marks) {
        const isChosen = Number(mark.dataset.passage) === number;
        mark.classList.toggle("chosen", isChosen);
        if (!isChosen) continue;
        const pane = this.panes[own];
        pane.scrollTo({ top: mark.offsetTop - pane.clientHeight / 3, behavior: calm() ? "auto" : "smooth" });
        if (own === side) mark.focus({ preventScroll: true });
      }
    });
    this.element.querySelector(".panes").scrollIntoView({ block: "nearest" });
    this.ribbons.forEach((ribbon, own) => ribbon.classList.toggle("chosen", own === number));
    this.tell();
  }

  tell() {
    const count = this.passages.length;
    const passage = this.passages[this.chosen];
    this.status.textContent = passage
      ? `${this.chosen + 1} of ${count}: ${kindsOf(passage.stretches)}`
      : count ? counted(count, "shared passage", "shared passages") : "No passage is shared";
  }
}

// A text from one place to another, with what is shared made by a function and the rest plain.
function fill(element, text, start, stop, shared, key, shown) {
  let done = start;
  for (const each of shared) {
    const [from, to] = each[key];
    element.append(text.slice(done, from), shown(each));
    done = to;
  }
  element.append(text.slice(done, stop));
}

const inOrder = (shared, key) => [...shared].sort((one, two) => one[key][0] - two[key][0]);
const ink = (kind, text) => make("span", { class: `ink ${kind}`, text });
const kindsOf = (stretches) => wordsByKind(stretches).map(([kind, words]) => `${counted(words, "word", "words")} ${kind}`).join(", ");

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function verdict(pair, isNear) {
  const origin = pair.origin === null ? "" : ` ${pair.origin ? (isNear ? "The second" : "The kept one") : isNear ? "The first" : "This one"} looks like the source (${pair.sign}).`;
  const reason = pair.reason.charAt(0).toUpperCase() + pair.reason.slice(1);
  return make("p", { class: "why" }, badge(pair.relation ?? "indirect"), ` ${reason}.${origin}`);
}
