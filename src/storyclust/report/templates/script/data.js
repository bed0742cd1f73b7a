// The data of the page: packed blocks, unpacked when they are asked for, and the clusters they make at each level.
const LEVELS = ["partial", "version", "copy"];
const KINDS = ["narrated", "quoted", "caption", "boilerplate", "stock"];
const KEPT_CHUNKS = 8;
const SEVERAL = -1;
const unpacked = new Map();

async function unpack(name) {
  const raw = atob(document.getElementById(name).textContent);
  const bytes = new Uint8Array(raw.length);
  for (let place = 0; place < raw.length; place += 1) bytes[place] = raw.charCodeAt(place);
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(plain).json();
}

function block(name) {
  const found = unpacked.get(name) ?? unpack(name);
  unpacked.delete(name);
  unpacked.set(name, found);
  if (unpacked.size > KEPT_CHUNKS) unpacked.delete(unpacked.keys().next().value);
  return found;
}

class Catalogue {
  constructor(packed) {
    this.level = packed.level;
    this.names = packed.names;
    this.stories = packed.stories;
    this.count = packed.stories.id.length;
    this.packed = packed;
    this.levels = new Map();
    this.family = [];
    packed.families.forEach((size, family) => this.family.push(...Array(size).fill(family)));
    this.familyOf = new Map();
    for (let story = 0; story < this.count; story += 1) {
      const family = this.family[story] ?? this.count + story, headline = this.headline(story);
      this.familyOf.set(headline, (this.familyOf.get(headline) ?? family) === family ? family : SEVERAL);
    }
  }

  headline(story) {
    return `${this.stories.source[story]}\n${this.stories.title[story]}`;
  }

  // A headline that an outlet has on stories of several clusters is a name of its site, and tells of none of them.
  tells(story) {
    return this.familyOf.get(this.headline(story)) !== SEVERAL;
  }

  // What is told of a story wherever it is shown.
  facts(story) {
    const { id, title, source, time, words } = this.stories;
    const outlet = source[story] < 0 ? null : this.names[source[story]];
    return { id: id[story], title: title[story], source: outlet, time: time[story], words: words[story] };
  }

  // All clusters of a level: those of several, then the stories that are alone.
  clusters(level) {
    if (!this.levels.has(level)) {
      const joined = new Uint8Array(this.count);
      const found = this.packed.groups[level].map(([canonical, reason, members]) => {
        for (const member of members) joined[member] = 1;
        return this.cluster(level, canonical, reason, members);
      });
      const firstLone = this.count - this.packed.alone.length;
      for (let story = 0; story < this.count; story += 1) {
        if (!joined[story]) found.push(this.cluster(level, story, this.packed.alone[story - firstLone] || "", [story]));
      }
      this.levels.set(level, found);
    }
    return this.levels.get(level);
  }

  cluster(level, canonical, reason, members) {
    const { id, title, source, agencies, time, words } = this.stories;
    const sources = new Set(), credited = new Map(), titles = new Map();
    let first = null, last = null, all = 0;
    for (const member of members) {
      if (source[member] >= 0) sources.add(source[member]);
      if (this.tells(member)) titles.set(title[member], (titles.get(title[member]) ?? 0) + 1);
      for (const agency of agencies[member]) credited.set(agency, (credited.get(agency) ?? 0) + 1);
      const at = time[member];
      if (at !== null && (first === null || at < first)) first = at;
      if (at !== null && (last === null || at > last)) last = at;
      all += words[member];
    }
    const ranked = [...credited].sort((one, other) => other[1] - one[1]).map(([agency]) => agency);
    const saved = all - words[canonical];
    const commonest = [...titles].sort((one, other) => other[1] - one[1]);
    const name = titles.has(title[canonical]) || !titles.size ? title[canonical] : commonest[0][0];
    return { level, id: id[members[0]], title: name, canonical, reason, members, sources, agencies: ranked, first, last, saved };
  }

  byId(level, id) {
    return this.clusters(level).find((cluster) => sameSlug(cluster.id, id));
  }

  // The texts of the stories of a cluster, and how each is related to the one to keep; null where there is none.
  async details(cluster) {
    const family = this.family[cluster.canonical];
    if (family === undefined) return { texts: new Map(), pairs: new Map(), left: "lone" };
    const chunk = await block(`chunk-${this.packed.chunks[family]}`);
    const pairs = new Map(chunk.pairs.filter((row) => row[1] === cluster.canonical).map((row) => [row[0], asPair(row)]));
    return { texts: new Map(chunk.texts), pairs, left: this.packed.texts[family] ? null : "limit" };
  }

  // What a cluster is searched by.
  haystack(cluster) {
    if (cluster.haystack === undefined) {
      const { id, title } = this.stories;
      const told = cluster.members.map((member) => `${title[member]}\n${id[member]}`);
      const outlets = [...cluster.sources, ...cluster.agencies].map((name) => this.names[name]);
      cluster.haystack = folded([...told, ...outlets].join("\n"));
    }
    return cluster.haystack;
  }
}

function asPair(row) {
  const [member, canonical, relation, words, share, quoted, passageShare, likeness, reason, origin, sign, shared] = row;
  const passages = shared.map((packed) => {
    const passage = asShared(packed, 0), parts = packed[6];
    const stretches = parts ? Array.from({ length: parts.length / 6 }, (_, n) => asShared(parts, 6 * n)) : [passage];
    return { ...passage, stretches };
  });
  return { member, canonical, relation, words, share, quoted, passageShare, likeness, reason, origin, sign, passages };
}

// A passage, or a stretch of one that is of one kind: where it is in either text, and its words.
function asShared(packed, first) {
  const [start, stop, otherStart, otherStop, words, kind] = packed.slice(first, first + 6);
  return { own: [start, stop], other: [otherStart, otherStop], words, kind: KINDS[kind] };
}

// How many words of each kind some stretches hold, in the order of the kinds.
function wordsByKind(stretches) {
  const words = new Map(KINDS.map((kind) => [kind, 0]));
  for (const { kind, words: count } of stretches) words.set(kind, words.get(kind) + count);
  return [...words].filter(([, count]) => count > 0);
}

const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
