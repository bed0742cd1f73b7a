// Two stories side by side, with what they share in the inks of its kind, in its place in either text.
class Comparison {
  // own, other: what is told of either story and its text; pair: what they share, in offsets of both.
  constructor(own, other, pair) {
    this.passages = pair.passages;
    this.chosen = -1;
    this.marks = [[], []];
    this.panes = [
      this.pane(own, pair.passages.map((passage) => passage.own), 0),
      this.pane(other, pair.passages.map((passage) => passage.other), 1),
    ];
    this.status = make("span", { class: "status", role: "status", "aria-live": "polite" });
    this.element = make("div", { class: "comparison" }, this.tools(), this.map(own, other), make("div", { class: "panes" }, ...this.panes));
    this.tell();
  }

  pane({ facts, text, label }, spans, side) {
    const body = make("div", { class: "text", dir: "auto" });
    const ordered = spans.map(([start, stop], number) => ({ start, stop, number })).sort((one, two) => one.start - two.start);
    let done = 0;
    for (const { start, stop, number } of ordered) {
      const from = Math.max(start, done);
      if (stop <= from) continue;
      body.append(text.slice(done, from), this.mark(text.slice(from, stop), number, side));
      done = stop;
    }
    body.append(text.slice(done));
    const when = facts.time === null ? "undated" : `${moment(facts.time)} UTC`;
    return make("section", { class: "pane", tabindex: "0", "aria-label": `${label}: ${facts.title}` },
      make("header", {}, make("p", { class: `role ${label}` }, label), make("h2", { dir: "auto", text: facts.title }),
        make("p", { class: "meta" }, facts.source === null ? "outlet unknown" : told(facts.source, "outlet"), ` · ${when} · ${counted(facts.words, "word", "words")} · `, named(facts.id))),
      body);
  }

  mark(text, number, side) {
    const { kind, words } = this.passages[number];
    const mark = make("mark", { class: kind, tabindex: "0", title: `${kind}, ${counted(words, "word", "words")}`, "data-passage": number, text });
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
    const words = new Map();
    for (const { kind, words: count } of this.passages) words.set(kind, (words.get(kind) ?? 0) + count);
    const legend = KINDS.filter((kind) => words.has(kind)).map((kind) => make("li", {}, make("mark", { class: kind, text: kind }), ` ${counted(words.get(kind), "word", "words")}`));
    const step = (text, by, key) => {
      const button = make("button", { type: "button", title: `${text} passage (${key})`, "aria-label": `${text} passage`, text: by > 0 ? "Next ↓" : "↑ Previous" });
      button.addEventListener("click", () => this.step(by));
      button.disabled = !this.passages.length;
      return button;
    };
    return make("div", { class: "passage-tools" },
      make("ul", { class: "legend", "aria-label": "Kinds of shared passages" }, ...legend, make("li", { class: "plain", text: "plain: only in this one" })),
      make("div", { class: "steps" }, this.status, step("Previous", -1, "p"), step("Next", 1, "n")));
  }

  // Where the passages lie in either text: a bar each, and a ribbon from one to the other.
  map(own, other) {
    const picture = draw("svg", { class: "ribbons", viewBox: "0 0 1000 64", preserveAspectRatio: "none", "aria-hidden": "true" });
    const lengths = [Math.max(own.text.length, 1), Math.max(other.text.length, 1)];
    const longest = Math.max(...lengths);
    picture.append(...lengths.map((length, side) => draw("rect", { class: "base", x: 0, y: side ? 54 : 0, width: ((1000 * length) / longest).toFixed(1), height: 10 })));
    this.ribbons = this.passages.map(({ own: from, other: to, kind }, number) => {
      const [a, b, c, d] = [...from, ...to].map((place) => ((1000 * place) / longest).toFixed(1));
      const ribbon = draw("path", { class: kind, d: `M${a} 0H${b}V10C${b} 32 ${d} 32 ${d} 54V64H${c}V54C${c} 32 ${a} 32 ${a} 10Z` });
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
      ? `${this.chosen + 1} of ${count}: ${passage.kind}, ${counted(passage.words, "word", "words")}`
      : count ? counted(count, "shared passage", "shared passages") : "No passage is shared";
  }
}

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function verdict(pair, isNear) {
  const origin = pair.origin === null ? "" : ` ${pair.origin ? (isNear ? "The second" : "The kept one") : isNear ? "The first" : "This one"} looks like the source (${pair.sign}).`;
  const reason = pair.reason.charAt(0).toUpperCase() + pair.reason.slice(1);
  return make("p", { class: "why" }, badge(pair.relation ?? "indirect"), ` ${reason}.${origin}`);
}
