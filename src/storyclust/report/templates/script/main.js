// Addresses, views and keys.
const THEMES = { light: "Dark", dark: "Light" };
let catalogue = null, list = null, comparison = null;

function show(view) {
  for (const section of document.querySelectorAll(".view")) section.hidden = section.id !== `view-${view}`;
  for (const link of document.querySelectorAll("[data-view]")) {
    if (link.dataset.view === (view === "pair" ? "thresholds" : view)) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function set(element, children) {
  element.replaceChildren(...children);
  element.scrollTop = 0;
}

let latest = 0;
async function go() {
  const visit = (latest += 1);
  const [view, ...rest] = location.hash.slice(1).split("/").map(readable);
  comparison = null;
  document.body.dataset.open = "";
  if (LEVELS.includes(view)) await openCluster(view, rest, () => visit === latest);
  else if (view === "pair") await openPair(Number(rest[0]), () => visit === latest);
  else {
    const known = ["overview", "clusters", "thresholds", "made"].includes(view) ? view : "overview";
    show(known);
    if (known === "clusters") {
      list.open = null;
      list.mark();
      set(at("detail"), [make("p", { class: "empty", text: "Choose a cluster to see who ran it, which story to keep, and what they share." })]);
    } else scrollTo(0, 0);
  }
  document.body.dataset.ready = location.hash || "#";
}

function readable(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

async function openCluster(level, [id, member], isLatest) {
  show("clusters");
  if (list.level !== level) list.choose(level);
  const cluster = catalogue.byId(level, id ?? "");
  if (!cluster) {
    set(at("detail"), [make("p", { class: "empty", text: "There is no such cluster in this report." })]);
    return;
  }
  list.open = cluster;
  list.mark();
  const details = await catalogue.details(cluster);
  if (!isLatest()) return;
  const story = cluster.members.find((each) => member !== undefined && sameSlug(catalogue.stories.id[each], member));
  document.body.dataset.open = story === undefined ? "cluster" : "story";
  const children = story === undefined ? familyView(catalogue, cluster, details) : storyView(cluster, story, details);
  set(at("detail"), children);
  if (innerWidth < 1000 || story !== undefined) scrollTo(0, 0);
}

// A member beside the story to keep; that one alone; or, without texts, why they are related.
function storyView(cluster, story, { texts, pairs, left }) {
  const order = [cluster.canonical, ...cluster.members.filter((each) => each !== cluster.canonical)];
  const here = order.indexOf(story), pair = pairs.get(story);
  const step = (by, text) => {
    const next = order[here + by];
    return next === undefined ? make("span", { class: "off", text }) : make("a", { href: place(cluster.level, cluster.id, catalogue.stories.id[next]), rel: by > 0 ? "next" : "prev", text });
  };
  const head = make("div", { class: "crumbs" },
    make("a", { class: "back", href: place(cluster.level, cluster.id), text: counted(cluster.members.length, "story", "stories") }),
    make("span", { class: "around" }, step(-1, "‹ Story before"), make("span", { text: `${here + 1} of ${order.length}` }), step(1, "Next story ›")));
  const told = (each, label) => ({ facts: catalogue.facts(each), text: texts.get(each) ?? "", label });
  const missing = left ? make("p", { class: "notice", text: left === "limit" ? "The texts of this cluster are left out to keep the file small." : "Texts of stories that are alone are not in this file." }) : null;
  if (story === cluster.canonical) {
    const alone = new Comparison(told(story, "kept"), told(story, "kept"), { passages: [] });
    return [head, make("p", { class: "why" }, badge("canonical"), ` ${cluster.reason}`), missing ?? make("div", { class: "panes one" }, alone.panes[0])];
  }
  if (left) return [head, verdict(pair), missing];
  comparison = new Comparison(told(story, "this"), told(cluster.canonical, "kept"), pair);
  return [head, verdict(pair), comparison.element];
}

async function openPair(place, isLatest) {
  show("pair");
  const packed = await block("pairs");
  if (!isLatest()) return;
  const row = packed.pairs[place];
  const back = make("a", { class: "back", href: "#thresholds", text: "All thresholds" });
  if (!row) return set(at("view-pair"), [back, make("p", { class: "empty", text: "There is no such pair in this report." })]);
  const pair = asPair(row);
  const side = (story, label) => ({ facts: packed.stories[story], text: packed.texts[story], label });
  comparison = new Comparison(side(pair.member, "first"), side(pair.canonical, "second"), pair);
  set(at("view-pair"), [back, verdict(pair, true), comparison.element]);
  scrollTo(0, 0);
}

function back() {
  const link = document.querySelector(".view:not([hidden]) a.back");
  if (link) location.hash = link.getAttribute("href");
  return Boolean(link);
}

function step(by) {
  const around = document.querySelector(`.around a[rel=${by > 0 ? "next" : "prev"}]`);
  if (document.querySelector(".around")) {
    if (around) location.hash = around.getAttribute("href");
  } else if (document.querySelector(".detail .members") && document.activeElement.closest(".members")) stepIn(".members a", by);
  else if (!at("view-clusters").hidden) list.move(by);
  else if (!at("view-thresholds").hidden) stepIn(".near a", by);
  else return false;
  return true;
}

function stepIn(selector, by) {
  const rows = [...document.querySelectorAll(selector)];
  rows[Math.min(rows.length - 1, Math.max(0, rows.indexOf(document.activeElement) + by))]?.focus();
}

const KEYS = {
  "/": () => {
    if (at("view-clusters").hidden) location.hash = "#clusters";
    setTimeout(() => at("search").focus());
    return true;
  },
  j: () => step(1),
  k: () => step(-1),
  ArrowDown: () => !document.activeElement.closest(".pane, select, .scroll") && step(1),
  ArrowUp: () => !document.activeElement.closest(".pane, select, .scroll") && step(-1),
  n: () => comparison && (comparison.step(1), true),
  p: () => comparison && (comparison.step(-1), true),
  Escape: () => back(),
  "?": () => (at("help").showModal(), true),
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || at("help").open) return;
  const typing = event.target.closest("input, select, textarea");
  if (typing) {
    if (event.key === "Escape") typing.blur();
    else if (typing.id === "search" && (event.key === "Enter" || event.key === "ArrowDown")) list.move(1), event.preventDefault();
    return;
  }
  if (KEYS[event.key]?.()) event.preventDefault();
});

function isDark() {
  return document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}
at("theme").textContent = THEMES[isDark() ? "dark" : "light"];
at("theme").addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  at("theme").textContent = THEMES[isDark() ? "dark" : "light"];
});
at("help-button").addEventListener("click", () => at("help").showModal());

function showLargest() {
  const largest = catalogue.clusters(catalogue.level).filter((cluster) => cluster.members.length > 1).sort(ORDERS.size).slice(0, 6);
  at("largest-list").append(...largest.map((cluster) => list.row(cluster)));
  at("largest").hidden = !largest.length;
}

async function start() {
  catalogue = new Catalogue(await unpack("catalogue"));
  list = new ClusterList(catalogue);
  list.refresh();
  showLargest();
  addEventListener("hashchange", go);
  await go();
}
start();
