// Elements and words. Whatever comes from a story is set as text, never read as markup.
const SVG = "http://www.w3.org/2000/svg";
const at = (id) => document.getElementById(id);
const number = (value) => value.toLocaleString("en-US");
const counted = (value, one, several) => `${number(value)} ${value === 1 ? one : several}`;
const percent = (value) => `${Math.round(value * 100)}%`;

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue;
    if (name === "text") element.textContent = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// Rows for as many items as there may be, drawn as their end comes into sight, and all of them before it is printed.
function drawnInTime(list, items, row, atOnce) {
  const end = make("li", { class: "end", "aria-hidden": "true" });
  let drawn = 0;
  const extend = (count) => {
    end.before(...items.slice(drawn, drawn + count).map(row));
    drawn += count;
    if (drawn >= items.length) end.remove(), sight.disconnect(), removeEventListener("beforeprint", all);
  };
  const all = () => extend(items.length);
  const sight = new IntersectionObserver((seen) => seen.some((each) => each.isIntersecting) && extend(atOnce), { rootMargin: "800px" });
  list.append(end);
  addEventListener("beforeprint", all);
  extend(atOnce);
  if (drawn < items.length) sight.observe(end);
  return list;
}

const told = (text, kind) => make("bdi", { class: kind, text });

// Times are shown as they were published, in UTC.
function day(second) {
  return new Date(second * 1000).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
}
function moment(second) {
  const time = new Date(second * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
  return `${day(second)}, ${time}`;
}
function span(first, last) {
  if (first === null) return "undated";
  return day(first) === day(last) ? day(first) : `${day(first)} – ${day(last)}`;
}
function after(first, second) {
  const minutes = Math.round((second - first) / 60);
  if (minutes < 1) return "first";
  if (minutes < 120) return `+${minutes} min`;
  if (minutes < 2880) return `+${Math.round(minutes / 60)} h`;
  return `+${number(Math.round(minutes / 1440))} days`;
}

// An address of a story is a link if it is one of the web.
function named(id) {
  if (!/^https?:\/\//i.test(id)) return make("bdi", { class: "id", text: id });
  return make("a", { class: "id", href: id, rel: "noopener noreferrer nofollow", target: "_blank", text: id });
}

// Ids stand in addresses; what cannot be written there stands as U+FFFD.
const slug = (text) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd"));
const place = (...parts) => `#${parts.map(slug).join("/")}`;
const sameSlug = (one, other) => slug(one) === slug(other);
const badge = (relation) => make("span", { class: `badge ${relation}`, text: relation });
