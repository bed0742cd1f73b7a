// A cluster opened: who ran it, which story to keep and why, its members on a line of time.
const DOT = 5, COLUMN = 8, MIDDLE = 22, MOST_DOTS = 7, MEMBERS_AT_ONCE = 200;

function summary(catalogue, cluster) {
  const { names } = catalogue;
  const agency = cluster.agencies.length ? `${names[cluster.agencies[0]]} story: ` : "";
  const parts = [counted(cluster.members.length, "story", "stories")];
  if (cluster.sources.size) parts[0] += ` of ${counted(cluster.sources.size, "outlet", "outlets")}`;
  if (cluster.first === null) parts.push("undated");
  else if (cluster.first === cluster.last) parts.push(`seen ${moment(cluster.first)} UTC`);
  else parts.push(`first seen ${moment(cluster.first)} UTC`, `last seen ${moment(cluster.last)} UTC`);
  return agency + parts.join(" · ");
}

function relationOf(cluster, member, pairs) {
  return member === cluster.canonical ? "canonical" : (pairs.get(member)?.relation ?? "indirect");
}

// A dot a story, from the first seen to the last; where many are of one time, bars as high as there are many.
function timeline(catalogue, cluster, pairs) {
  if (cluster.first === null || cluster.first === cluster.last) return null;
  const { time, title } = catalogue.stories;
  const picture = draw("svg", { class: "timeline", viewBox: "0 0 600 44", role: "img", "aria-label": "When the stories were seen" });
  picture.append(draw("line", { class: "axis", x1: 0, x2: 600, y1: MIDDLE, y2: MIDDLE }));
  const others = cluster.members.filter((member) => member !== cluster.canonical);
  const dated = [cluster.canonical, ...others].filter((member) => time[member] !== null);
  const columns = new Map();
  const dots = dated.map((member) => {
    const x = DOT + 2 + ((time[member] - cluster.first) / (cluster.last - cluster.first)) * (596 - 2 * DOT);
    const column = Math.round(x / COLUMN), inColumn = columns.get(column) ?? [];
    columns.set(column, [...inColumn, member]);
    return { member, x, level: inColumn.length };
  });
  const most = Math.max(...[...columns.values()].map((inColumn) => inColumn.length));
  const isCrowded = most > MOST_DOTS;
  if (isCrowded) columns.forEach((inColumn, column) => picture.append(...bar(cluster, inColumn, column * COLUMN, most, pairs)));
  // The one to keep stands on the line, in front; the others above and below it in turn.
  for (const { member, x, level } of dots.reverse()) {
    const isKept = member === cluster.canonical;
    if (isCrowded && !isKept) continue;
    const y = MIDDLE + Math.ceil(level / 2) * (level % 2 ? -7 : 7);
    const dot = draw("circle", { class: relationOf(cluster, member, pairs), cx: x.toFixed(1), cy: y, r: isKept ? DOT + 1 : DOT - 1 });
    const name = draw("title");
    name.textContent = `${moment(time[member])} UTC: ${title[member]}`;
    dot.append(name);
    picture.append(dot);
  }
  const ends = make("p", { class: "ends" }, make("span", { text: moment(cluster.first) }), make("span", { text: moment(cluster.last) }));
  return make("div", { class: "line" }, picture, ends);
}

// The stories of one time as a bar about the line, a piece for each relation.
function bar(cluster, members, x, most, pairs) {
  const counts = new Map();
  for (const member of members) {
    const relation = relationOf(cluster, member, pairs);
    counts.set(relation, (counts.get(relation) ?? 0) + 1);
  }
  const unit = Math.max(40 / most, 3 / members.length);
  let y = MIDDLE - (members.length * unit) / 2;
  return [...counts].map(([relation, count]) => {
    const piece = draw("rect", { class: relation, x: (x - COLUMN * 0.38).toFixed(1), y: y.toFixed(1), width: COLUMN * 0.76, height: (count * unit).toFixed(1), rx: 1 });
    y += count * unit;
    return piece;
  });
}

function memberRow(catalogue, cluster, member, pairs) {
  const facts = catalogue.facts(member), pair = pairs.get(member);
  const relation = relationOf(cluster, member, pairs);
  const when = facts.time === null ? "undated" : `${moment(facts.time)}`;
  const offset = facts.time !== null && cluster.first !== null && cluster.members.length > 1 ? ` (${after(cluster.first, facts.time)})` : "";
  const row = make("a", { class: `member ${relation}`, href: place(cluster.level, cluster.id, facts.id) },
    badge(relation),
    make("span", { class: "what" }, told(facts.title, "headline"),
      make("span", { class: "meta" }, facts.source === null ? "outlet unknown" : told(facts.source, "outlet"), ` · ${when}${offset} · `, make("bdi", { class: "id", text: facts.id }))),
    shareBar(pair, facts, relation));
  return make("li", {}, row);
}

// How much of the shorter story's narration stands in the other as well.
function shareBar(pair, facts, relation) {
  if (relation === "canonical") return make("span", { class: "share none", text: counted(facts.words, "word", "words") });
  if (!pair || pair.relation === null) return make("span", { class: "share none", text: "through others" });
  const bar = make("span", { class: "bar" }, make("span", { class: "fill" }));
  bar.style.setProperty("--part", pair.share);
  return make("span", { class: "share", title: pair.reason }, bar, make("span", { text: `${percent(pair.share)} · ${counted(pair.words, "word", "words")}` }));
}

function familyView(catalogue, cluster, { pairs, left }) {
  const { canonical } = cluster, kept = catalogue.facts(canonical);
  const order = [canonical, ...cluster.members.filter((member) => member !== canonical)];
  const why = make("p", { class: "why" }, make("b", { text: cluster.members.length > 1 ? "Keep " : "Alone " }), told(kept.source ?? kept.id, "outlet"),
    cluster.reason ? ` — ${cluster.reason}` : "");
  return [
    make("a", { class: "back", href: "#clusters", text: "All clusters" }),
    make("p", { class: "kicker", text: `${cluster.level} cluster` }),
    make("h1", { dir: "auto", text: cluster.title }),
    make("p", { class: "summary", text: summary(catalogue, cluster) }),
    why,
    cluster.members.length > 1 ? legendOfRelations(cluster, pairs) : null,
    timeline(catalogue, cluster, pairs),
    left === "limit" ? make("p", { class: "notice", text: "The texts of this cluster are left out to keep the file small." }) : null,
    left === "lone" ? make("p", { class: "notice", text: "Texts of stories that are alone are not in this file." }) : null,
    drawnInTime(make("ol", { class: "members" }), order, (member) => memberRow(catalogue, cluster, member, pairs), MEMBERS_AT_ONCE),
  ].filter(Boolean);
}

function legendOfRelations(cluster, pairs) {
  const counts = new Map();
  for (const member of cluster.members) {
    const relation = relationOf(cluster, member, pairs);
    counts.set(relation, (counts.get(relation) ?? 0) + 1);
  }
  const shown = ["canonical", "copy", "version", "partial", "indirect"].filter((relation) => counts.has(relation));
  return make("p", { class: "relations" }, ...shown.map((relation) => make("span", {}, make("i", { class: `dot ${relation}` }), ` ${number(counts.get(relation))} ${relation}`)));
}
