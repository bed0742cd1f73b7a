// The list of clusters: what is searched, filtered and sorted, drawn a screen at a time.
const ROWS_AT_ONCE = 60;
const ORDERS = {
  size: (one, other) => other.members.length - one.members.length,
  saved: (one, other) => other.saved - one.saved,
  first: (one, other) => undatedLast(one.first, other.first),
  last: (one, other) => undatedLast(other.last, one.last) || 0,
  outlets: (one, other) => other.sources.size - one.sources.size,
  title: null,
};

function undatedLast(one, other) {
  if (one === null || other === null) return (one === null) - (other === null);
  return one - other;
}

class ClusterList {
  constructor(catalogue) {
    this.catalogue = catalogue;
    this.level = catalogue.level;
    this.shown = [];
    this.drawn = 0;
    this.element = at("list");
    this.open = null;
    this.offerNames();
    const more = new IntersectionObserver((seen) => seen.some((each) => each.isIntersecting) && this.draw());
    this.end = make("li", { class: "end", "aria-hidden": "true" });
    this.more = more;
    const form = at("filters");
    form.addEventListener("input", () => this.refresh());
    form.addEventListener("reset", () => setTimeout(() => this.refresh()));
    form.addEventListener("submit", (event) => event.preventDefault());
    for (const button of form.querySelectorAll("[data-level]")) {
      button.addEventListener("click", () => this.choose(button.dataset.level));
    }
  }

  // Outlets and agencies by how many stories of clusters they have.
  offerNames() {
    const { names, stories } = this.catalogue;
    const outlets = new Map(), agencies = new Map();
    const count = (counts, name) => counts.set(name, (counts.get(name) ?? 0) + 1);
    stories.source.forEach((name) => name >= 0 && count(outlets, name));
    stories.agencies.forEach((own) => own.forEach((name) => count(agencies, name)));
    for (const [id, counts] of [["source", outlets], ["agency", agencies]]) {
      const ranked = [...counts].sort((one, other) => other[1] - one[1] || (names[one[0]] < names[other[0]] ? -1 : 1));
      at(id).append(...ranked.map(([name, stories]) => make("option", { value: name, text: `${names[name]} (${number(stories)})` })));
      at(id).disabled = !ranked.length;
    }
  }

  choose(level) {
    this.level = level;
    for (const button of at("filters").querySelectorAll("[data-level]")) {
      button.setAttribute("aria-pressed", String(button.dataset.level === level));
    }
    this.refresh();
  }

  refresh() {
    const value = (id) => at(id).value;
    const words = folded(value("search")).split(/\s+/).filter(Boolean);
    const seconds = (id) => (value(id) ? Date.parse(`${value(id)}T00:00:00Z`) / 1000 : null);
    const [from, to] = [seconds("from"), seconds("to")];
    const [source, agency] = ["source", "agency"].map((id) => (value(id) === "" ? null : Number(value(id))));
    const size = Number(value("size"));
    const isSize = size === 1 ? (count) => count === 1 : (count) => count >= size;
    this.shown = this.catalogue.clusters(this.level).filter((cluster) =>
      isSize(cluster.members.length)
      && (source === null || cluster.sources.has(source))
      && (agency === null || cluster.agencies.includes(agency))
      && (from === null || (cluster.last !== null && cluster.last >= from))
      && (to === null || (cluster.first !== null && cluster.first < to + 86400))
      && words.every((word) => this.catalogue.haystack(cluster).includes(word)));
    const byTitle = (one, other) => one.title.localeCompare(other.title);
    this.shown.sort(ORDERS[value("sort")] ?? byTitle);
    const active = ["source", "agency", "from", "to"].filter((id) => value(id)).length + (size !== 2);
    at("active-filters").textContent = active ? `(${active})` : "";
    at("count").textContent = this.shown.length
      ? `${counted(this.shown.length, "cluster", "clusters")}, ${counted(this.shown.reduce((sum, each) => sum + each.members.length, 0), "story", "stories")}`
      : "Nothing found. Other words, or fewer filters?";
    this.drawn = 0;
    this.element.replaceChildren(this.end);
    this.element.scrollTop = 0;
    this.draw();
    this.more.disconnect();
    this.more.observe(this.end);
  }

  draw() {
    const next = this.shown.slice(this.drawn, this.drawn + ROWS_AT_ONCE);
    this.drawn += next.length;
    this.end.before(...next.map((cluster) => this.row(cluster)));
    this.mark();
  }

  row(cluster) {
    const { names } = this.catalogue;
    const agency = cluster.agencies.length ? `${names[cluster.agencies[0]]} · ` : "";
    const outlets = cluster.sources.size === 1
      ? told(names[[...cluster.sources][0]], "outlet")
      : counted(cluster.sources.size, "outlet", "outlets");
    return make("li", {}, make("a", { href: place(cluster.level, cluster.id), class: "cluster" },
      make("span", { class: "size", title: counted(cluster.members.length, "story", "stories"), text: number(cluster.members.length) }),
      told(cluster.title, "headline"),
      make("span", { class: "meta" }, agency, outlets, ` · ${span(cluster.first, cluster.last)}`)));
  }

  // The row of the cluster that is open is marked.
  mark() {
    const address = this.open && place(this.open.level, this.open.id);
    for (const row of this.element.querySelectorAll("a")) {
      if (row.getAttribute("href") === address) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
  }

  // The next or previous row takes the focus.
  move(step) {
    const rows = [...this.element.querySelectorAll("a")];
    const here = rows.indexOf(document.activeElement);
    const current = here >= 0 ? here : rows.findIndex((row) => row.hasAttribute("aria-current"));
    const next = rows[Math.max(0, current + step)];
    if (!next) return;
    if (rows.length - current < 5) this.draw();
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
}
