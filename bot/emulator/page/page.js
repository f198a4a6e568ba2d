// The demo's page: a small Telegram client over the Page API of package emulator.
//
// The server owns everything: each "chat" event makes the page fetch that person's whole chat again and redraw what
// differs. A message keeps its element for life, so an edit in place moves neither the scroll nor the keyboard focus.
// Both people are listened to at once; only one chat is shown.

const $ = (id) => document.getElementById(id);
const nbsp = "\u00a0";

let people = [];
let me = 0;               // the person whose chat is shown
let pinned = true;        // the reader is at the bottom of the chat, and stays there
let editing = 0;          // the own message being corrected; 0: none
let keyboardShown = true;
let typing = 0;           // the timer that ends « écrit… »: that it ended is no event
let clock = { from: Date.now(), at: performance.now() };

const chats = new Map();   // person -> the last chat fetched
const loads = new Map();   // person -> whether to fetch once more when the fetch under way ends
const seen = new Map();    // person -> the last message id that was on screen
const drafts = new Map();  // person -> text left in the composer
const drawn = new Map();   // message id or day of the chat shown -> {node, source}
const waiting = new Map(); // message id -> the timer of a tap that is not answered yet

const typingLasts = 5_100; // ms, a little more than Telegram's 5 s
const tapLimit = 15_000;   // ms; Telegram's own clients give up on a tap about then

/** el("a", {href}, "text", node…) builds an element; properties with a dash are attributes. */
function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-")) node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...children);
  return node;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.append(document.createElementNS(svg.namespaceURI, "use"));
  svg.firstChild.setAttribute("href", `#i-${name}`);
  return el("i", {}, svg);
}

// ---- the server ----

async function get(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

/** post returns whether the server took it; what went wrong is shown. */
async function post(path, body) {
  try {
    const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    if (!answer.ok) toast((await answer.json().catch(() => ({}))).error ?? `C’est refusé${nbsp}: rechargez la page.`);
    return answer.ok;
  } catch {
    offline(true);
    toast(`Ce n’est pas parti${nbsp}: la démonstration ne répond pas.`);
    return false;
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** load fetches a person's chat until it has it. Events that come meanwhile make one more fetch, not one each. */
async function load(person) {
  if (loads.has(person)) return void loads.set(person, true);
  do {
    loads.set(person, false);
    const chat = await get(`/api/chat?person=${person}`).catch(() => null);
    offline(!chat);
    if (chat) receive(person, chat);
    else loads.set(person, await pause(2000).then(() => true));
  } while (loads.get(person));
  loads.delete(person);
}

function listen(person) {
  const events = new EventSource(`/api/events?person=${person}`);
  events.onopen = () => load(person);
  events.onerror = () => {
    offline(true);
    // After an answer that is no event stream the browser gives up for good.
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 2000, person);
  };
  events.addEventListener("chat", () => load(person));
  events.addEventListener("clock", (e) => {
    setClock(JSON.parse(e.data).now);
    if (person === me) announce(`Nous sommes ${$("clock").textContent}`);
  });
  events.addEventListener("toast", (e) => {
    if (person === me) answered(JSON.parse(e.data));
  });
}

function offline(yes) {
  if ($("offline").hidden === yes) $("offline").hidden = !yes;
}

function receive(person, chat) {
  const before = chats.get(person);
  chats.set(person, chat);
  setClock(chat.now);
  // A demo started again counts from a lower id.
  seen.set(person, before ? Math.min(seen.get(person), lastId(chat)) : lastId(chat));
  if (person === me) show(chat, before);
  drawUnread();
}

const lastId = (chat) => Math.max(0, ...chat.messages.map((m) => m.id));
const fromBotAfter = (chat, id) => chat.messages.filter((m) => m.from === "bot" && m.id > id);

// ---- the clock ----

function setClock(now) {
  clock = { from: Date.parse(now), at: performance.now() };
  drawClock();
}

const inParis = (options) => new Intl.DateTimeFormat("fr-FR", { timeZone: "Europe/Paris", ...options });
const hour = inParis({ hour: "2-digit", minute: "2-digit" });
const longDay = inParis({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const shortDay = inParis({ weekday: "short", day: "numeric", month: "short" });
const separatorDay = inParis({ weekday: "long", day: "numeric", month: "long" });
const narrow = matchMedia("(max-width: 759px)");

function drawClock() {
  const now = new Date(clock.from + performance.now() - clock.at);
  setText($("clock").querySelector(".day"), (narrow.matches ? shortDay : longDay).format(now));
  setText($("clock").querySelector(".hour"), hour.format(now));
  setText($("status-hour"), hour.format(now));
  $("clock").dateTime = now.toISOString();
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

async function jump(button) {
  if (button.ariaDisabled === "true") return;
  button.ariaDisabled = "true";
  await post("/api/jump", button.dataset.jump === "day" ? { hours: 24 } : { to: "monday8" });
  button.ariaDisabled = "false";
}

// ---- people ----

function drawPeople() {
  $("people").replaceChildren(...people.map((p) => el("button", {
    type: "button", className: "person", id: `person-${p.id}`, onclick: () => become(p.id),
    role: "tab", "data-testid": `person-${p.id}`, "aria-controls": "chat",
  }, el("i", { className: "face", ariaHidden: "true" }, p.name[0]), el("span", {}, el("b", {}, p.name), el("small", {}, p.role)))));
}

/** become shows the chat of another person. */
function become(person) {
  drafts.set(me, editing ? "" : $("text").value);
  leaveEditing();
  closeMenus();
  me = person;
  history.replaceState(null, "", `#${person}`);
  for (const tab of $("people").children) {
    tab.ariaSelected = String(tab.id === `person-${person}`);
    tab.tabIndex = tab.ariaSelected === "true" ? 0 : -1;
  }
  $("chat").setAttribute("aria-labelledby", `person-${person}`);
  drawn.clear();
  for (const id of [...waiting.keys()]) settle(id);
  $("messages").replaceChildren();
  write(drafts.get(person) ?? "");
  toBottom();
  if (chats.has(person)) show(chats.get(person));
  drawUnread();
}

function drawUnread() {
  let all = 0;
  for (const tab of $("people").children) {
    const person = Number(tab.id.slice("person-".length));
    const chat = chats.get(person);
    const n = chat && person !== me ? fromBotAfter(chat, seen.get(person)).length : 0;
    all += n;
    tab.querySelector(".badge")?.remove();
    if (n) tab.append(el("b", { className: "badge", "aria-label": `${n} message${n > 1 ? "s" : ""} non lu${n > 1 ? "s" : ""}`, role: "img" }, String(n)));
  }
  document.title = (all ? `(${all}) ` : "") + "Maillage, la démonstration";
}

// ---- the chat ----

function show(chat, before) {
  const news = before ? fromBotAfter(chat, seen.get(me)) : [];
  seen.set(me, lastId(chat));
  setText($("bot-name"), chat.bot.name);
  setText($("bot-status"), chat.typing ? "écrit…" : "bot");
  $("bot-status").classList.toggle("busy", chat.typing);
  $("typing").hidden = !chat.typing;
  clearTimeout(typing);
  if (chat.typing) typing = setTimeout(load, typingLasts, me);
  $("text").placeholder = chat.placeholder || "Message";
  drawMessages(chat);
  drawKeyboard(chat.keyboard);
  if (editing && !chat.messages.some((m) => m.id === editing)) leaveEditing();
  if (pinned) toBottom();
  else countBelow(news.length);
  for (const m of news) announce(`${chat.bot.name}${nbsp}: ${plain(m.html)}`);
}

function drawMessages(chat) {
  const nodes = [];
  let day = "";
  for (const m of chat.messages) {
    const its = m.date?.slice(0, 10) ?? "";
    if (its && its !== day) nodes.push(drawDay(its));
    day = its;
    nodes.push(drawMessage(m));
  }
  place($("messages"), nodes);
}

/** place makes nodes the children of list without moving those that are there already: to move a node is to lose its focus. */
function place(list, nodes) {
  const keep = new Set(nodes);
  const lost = [...list.children].some((child) => !keep.has(child) && child.contains(document.activeElement));
  for (const child of [...list.children]) if (!keep.has(child)) child.remove();
  nodes.forEach((node, i) => {
    if (list.children[i] !== node) list.insertBefore(node, list.children[i] ?? null);
  });
  if (lost) $("text").focus();
}

function drawDay(day) {
  if (!drawn.has(day)) drawn.set(day, { node: el("li", { className: "day" }, separatorDay.format(new Date(`${day}T12:00:00Z`))) });
  return drawn.get(day).node;
}

function drawMessage(m) {
  const source = JSON.stringify(m);
  const old = drawn.get(m.id);
  if (old?.source === source) return old.node;
  const node = old?.node ?? el("li", { tabIndex: -1, "data-testid": "message", "data-id": m.id });
  drawn.set(m.id, { node, source });
  settle(m.id);
  const spot = spotIn(node);
  if (old && plain(m.html) !== node.querySelector(".words").textContent) announce(`Message modifié${nbsp}: ${plain(m.html)}`);
  node.className = `message ${m.from} ${m.buttons?.length ? "keyed" : ""}`;
  node.replaceChildren(bubble(m), ...(m.buttons?.length ? [keys(m, node)] : []));
  if (spot) restore(node, spot);
  return node;
}

function bubble(m) {
  const node = el("div", { className: "bubble" }, el("span", { className: "visually-hidden" }, m.from === "me" ? `Vous${nbsp}: ` : `Le bot${nbsp}: `));
  if (m.photo) node.append(photo(m));
  if (m.document) node.append(file(m.document));
  node.append(copy(parse(m.html), el("span", { className: "words" })));
  if (m.reaction) node.append(el("span", { className: "reaction", role: "img", "aria-label": `Réaction du bot${nbsp}: ${m.reaction}` }, m.reaction));
  node.append(el("span", { className: "meta" }, (m.edited ? "modifié " : "") + m.time));
  return node;
}

function photo(m) {
  const says = plain(m.html).split("\n")[0];
  return el("a", { className: "photo", href: local(m.photo), target: "_blank" },
    el("img", { src: local(m.photo), alt: says ? `Image${nbsp}: ${says}` : "Image sans texte" }));
}

function file(d) {
  return el("a", { className: "file", href: local(d.url), download: d.name }, icon("file"), el("span", {}, el("b", {}, d.name), el("small", {}, size(d.size))));
}

/** local keeps an address within this server. */
const local = (path) => (/^\/(?![/\\])/.test(path) ? path : "");

function size(bytes) {
  const number = (n) => n.toLocaleString("fr-FR", { maximumFractionDigits: 1 });
  if (bytes < 1000) return `${number(bytes)}${nbsp}octets`;
  return bytes < 1e6 ? `${number(bytes / 1000)}${nbsp}Ko` : `${number(bytes / 1e6)}${nbsp}Mo`;
}

// ---- the bot's HTML ----

const tags = {
  B: "b", STRONG: "b", I: "i", EM: "i", U: "u", INS: "u", S: "s", STRIKE: "s", DEL: "s",
  CODE: "code", PRE: "pre", BLOCKQUOTE: "blockquote", BR: "br", "TG-SPOILER": "tg-spoiler", A: "a",
};
const silent = new Set(["SCRIPT", "STYLE", "TEMPLATE", "IFRAME", "NOSCRIPT", "TEXTAREA", "TITLE"]);

/** parse makes an inert document: nothing in it runs or loads. */
const parse = (html) => new DOMParser().parseFromString(`<body>${html}`, "text/html").body;
const plain = (html) => copy(parse(html), el("span")).textContent;

/** copy rebuilds the children of from under to out of the allowed tags alone; of any other tag only the text remains. */
function copy(from, to) {
  for (const child of from.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) to.append(...withCommands(afterBlock(child)));
    else if (child.nodeType === Node.ELEMENT_NODE && !silent.has(child.tagName)) to.append(copy(child, allowed(child)));
  }
  return to;
}

/** afterBlock drops the line break that follows a block, which ends its line already. */
function afterBlock(text) {
  if (/^(BLOCKQUOTE|PRE)$/.test(text.previousSibling?.nodeName)) text.data = text.data.replace(/^\n/, "");
  return text;
}

function allowed(child) {
  const tag = tags[child.tagName];
  if (tag === "a") return link(child.getAttribute("href") ?? "");
  if (tag === "tg-spoiler") return spoiler();
  return tag ? el(tag) : document.createDocumentFragment();
}

/** link leads only to the web and to Telegram; to anywhere else it leads nowhere. */
function link(href) {
  if (!/^(https?|tg):/i.test(href)) return el("a");
  return el("a", { href, target: "_blank", rel: "noopener noreferrer", onclick: (e) => followDeepLink(e, href) });
}

/** followDeepLink starts the bot right here instead of leaving for t.me. */
function followDeepLink(event, href) {
  const code = href.match(/^https:\/\/t\.me\/(\w+)\?start=([\w-]+)$/);
  if (code?.[1] !== chats.get(me)?.bot.username) return;
  event.preventDefault();
  say(`/start ${code[2]}`);
}

function spoiler() {
  const node = el("span", { className: "spoiler", role: "button", tabIndex: 0, "aria-label": "Texte masqué, afficher" });
  const reveal = (e) => {
    if (e.type === "keydown" && e.key !== "Enter" && e.key !== " ") return;
    e.preventDefault();
    node.className = "spoiler shown";
    for (const name of ["role", "tabindex", "aria-label"]) node.removeAttribute(name);
  };
  node.onclick = reveal;
  node.onkeydown = reveal;
  return node;
}

/** withCommands makes the bot's commands in a text tappable. */
function withCommands(text) {
  if (text.parentElement.closest("a, code, pre")) return [text.data];
  const known = chats.get(me)?.commands?.map((c) => `/${c.command}`) ?? [];
  return text.data.split(/(?<![\p{L}\p{N}/_])(\/[a-z0-9_]+)(?![\p{L}/_])/u).map((part) =>
    known.includes(part) ? el("button", { type: "button", className: "command", onclick: () => say(part) }, part) : part);
}

// ---- inline buttons ----

function keys(m, node) {
  const rows = m.buttons.map((row) => el("div", {}, ...row.map((b) => key(m, node, b))));
  rows[0].firstChild.tabIndex = 0;
  return el("div", { className: "buttons", role: "group", "aria-label": "Boutons du message" }, ...rows);
}

/** key is one inline button. One per message is a tab stop: the arrows reach the others. */
function key(m, node, b) {
  const button = b.url ? link(b.url) : el("button", { type: "button", "data-data": b.data, onclick: () => tap(m.id, node, button) });
  button.append(b.label);
  button.tabIndex = -1;
  button.dataset.testid = "button";
  return button;
}

const keysOf = (node) => [...node.querySelectorAll(".buttons > div")].map((row) => [...row.children]);

async function tap(message, node, button) {
  if (waiting.has(message)) return;
  waiting.set(message, setTimeout(settle, tapLimit, message));
  for (const b of keysOf(node).flat()) b.ariaDisabled = "true";
  button.ariaBusy = "true";
  if (!(await post("/api/tap", { person: me, message, data: button.dataset.data }))) settle(message);
}

/** settle ends the wait for the answer to a tap. Buttons are never "disabled": that would throw the focus away. */
function settle(id) {
  clearTimeout(waiting.get(id));
  waiting.delete(id);
  for (const b of keysOf(drawn.get(id)?.node ?? document.createElement("i")).flat()) b.ariaDisabled = b.ariaBusy = null;
}

function answered({ text, alert }) {
  for (const id of [...waiting.keys()]) settle(id);
  if (!text) return;
  if (!alert) return toast(text);
  $("alert-text").textContent = text;
  $("alert").showModal();
}

/** spotIn tells where in a message the focus is, so that a redrawn keyboard can give it back. */
function spotIn(node) {
  const rows = keysOf(node);
  const button = document.activeElement;
  const row = rows.findIndex((r) => r.includes(button));
  if (row < 0) return null;
  return { data: meaning(button), label: button.textContent, row, column: rows[row].indexOf(button), shape: shape(rows) };
}

const shape = (rows) => rows.map((r) => r.length).join();
const meaning = (button) => button.dataset.data?.replace(/:\d+$/, ""); // the last part of a button's data is the card's revision

/** restore focuses the same button as before, or the message when it has none like it: never one that does something else. */
function restore(node, spot) {
  const rows = keysOf(node);
  const all = rows.flat();
  const same = all.find((b) => spot.data && meaning(b) === spot.data) ?? all.find((b) => b.textContent === spot.label)
    ?? (shape(rows) === spot.shape && rows[spot.row][spot.column]);
  (same || node).focus({ preventScroll: true });
}

/** roam moves the focus across the buttons of a message. */
function roam(event) {
  const node = event.target.closest(".message");
  const rows = node ? keysOf(node) : [];
  const row = rows.findIndex((r) => r.includes(event.target));
  if (!rows.length || (row < 0 && event.target !== node)) return;
  const column = row < 0 ? 0 : rows[row].indexOf(event.target);
  const next = row < 0 ? rows[0][0] : neighbour(rows, row, column, event.key);
  if (!next || !event.key.match(/^(Arrow|Home|End)/)) return;
  event.preventDefault();
  next.focus();
}

function neighbour(rows, row, column, key) {
  const near = (r) => r?.[Math.min(column, r.length - 1)];
  const all = rows.flat();
  const at = all.indexOf(rows[row][column]);
  switch (key) {
    case "ArrowUp": return near(rows[row - 1]);
    case "ArrowDown": return near(rows[row + 1]);
    case "ArrowLeft": return all[at - 1];
    case "ArrowRight": return all[at + 1];
    case "Home": return all[0];
    case "End": return all.at(-1);
  }
}

/** stop makes the focused button the tab stop of its message. */
function stop(event) {
  const all = keysOf(event.target.closest(".message") ?? event.target).flat();
  if (all.includes(event.target)) for (const b of all) b.tabIndex = b === event.target ? 0 : -1;
}

// ---- what lies over the chat ----

function toast(text) {
  const node = el("p", { className: "toast", "data-testid": "toast" }, text);
  $("toasts").append(node);
  setTimeout(() => node.remove(), 3000 + 40 * text.length);
}

function announce(text) {
  $("announce").append(el("span", {}, text + " "));
  while ($("announce").childElementCount > 5) $("announce").firstChild.remove();
}

function toBottom() {
  $("log").scrollTop = $("log").scrollHeight;
  scrolled();
}

function scrolled() {
  const log = $("log");
  pinned = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  $("to-bottom").hidden = pinned;
  if (pinned) $("below").hidden = true;
}

function countBelow(n) {
  $("to-bottom").hidden = false;
  if (!n) return;
  $("below").textContent = ($("below").hidden ? 0 : Number($("below").textContent)) + n;
  $("below").hidden = false;
}

// ---- the composer ----

async function say(text) {
  const person = me;
  pinned = true;
  if (!(await post("/api/say", { person, text })) && person === me && !$("text").value) write(text);
}

function write(text) {
  $("text").value = text;
  grow();
}

function grow() {
  const text = $("text");
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight}px`;
}

function submit() {
  const text = $("text").value.trim();
  const message = editing;
  closeMenus();
  if (!text) return;
  write("");
  leaveEditing();
  if (!message) return say(text);
  if (text !== plain(messageOf(message)?.html ?? "")) post("/api/edit", { person: me, message, text });
}

const messageOf = (id) => chats.get(me)?.messages.find((m) => m.id === id);

function editLast() {
  const last = chats.get(me)?.messages.findLast((m) => m.from === "me" && m.html && !m.photo && !m.document);
  if (!last) return;
  editing = last.id;
  write(plain(last.html));
  $("editing-text").textContent = $("text").value;
  $("editing").hidden = false;
}

function leaveEditing() {
  if (!editing) return;
  editing = 0;
  $("editing").hidden = true;
  write("");
}

function composerKey(event) {
  const menu = $("commands").hidden ? null : $("commands");
  if (event.key === "Escape" && (menu || editing)) menu ? closeMenus() : leaveEditing();
  else if (event.key === "ArrowUp" && menu) menu.querySelector("li:last-child button").focus();
  else if (event.key === "ArrowUp" && !$("text").value) editLast();
  else return;
  event.preventDefault();
}

/** composerEnter sends; Shift and Enter make a new line. A key that ends the composing of an accent is no keypress. */
function composerEnter(event) {
  if (event.key !== "Enter" || event.shiftKey) return;
  event.preventDefault();
  submit();
}

function drawKeyboard(rows) {
  $("keys").hidden = !rows;
  $("keys").ariaExpanded = String(keyboardShown);
  $("keyboard").hidden = !rows || !keyboardShown;
  const source = JSON.stringify(rows);
  if ($("keyboard").dataset.source === source) return;
  $("keyboard").dataset.source = source;
  $("keyboard").replaceChildren(...(rows ?? []).map((row) => el("div", {}, ...row.map((label) =>
    el("button", { type: "button", onclick: () => say(label) }, label)))));
}

// ---- menus ----

const opener = { commands: "slash", attachments: "attach" };

function openMenu(name) {
  closeMenus();
  $(name).hidden = false;
  $(opener[name]).ariaExpanded = "true";
}

function closeMenus() {
  for (const [name, button] of Object.entries(opener)) {
    $(name).hidden = true;
    $(button).ariaExpanded = "false";
  }
}

/** drawCommands lists the commands that begin with what is typed, and returns whether there are any. */
function drawCommands(typed) {
  const list = (chats.get(me)?.commands ?? []).filter((c) => `/${c.command}`.startsWith(typed));
  $("commands").replaceChildren(...list.map((c) => el("li", {}, el("button", { type: "button", onclick: () => command(c.command) },
    el("b", {}, `/${c.command}`), el("span", {}, c.description)))));
  return list.length > 0;
}

function command(name) {
  closeMenus();
  if ($("text").value.startsWith("/")) write("");
  $("text").focus();
  say(`/${name}`);
}

function typed() {
  grow();
  const text = $("text").value;
  if (/^\/[a-z0-9_]*$/.test(text) && drawCommands(text)) openMenu("commands");
  else closeMenus();
}

function toggleMenu(name) {
  if (!$(name).hidden) return closeMenus();
  if (name === "commands" && !drawCommands("/")) return;
  openMenu(name);
  $(name).querySelector("button").focus();
}

function menuKey(event) {
  const items = [...event.currentTarget.querySelectorAll("button")];
  const at = items.indexOf(document.activeElement);
  if (event.key === "ArrowDown") items[(at + 1) % items.length].focus();
  else if (event.key === "ArrowUp") items.at(at - 1).focus();
  else if (event.key === "Escape") {
    closeMenus();
    $("text").focus();
  } else return;
  event.preventDefault();
}

function attach(kind) {
  closeMenus();
  $("text").focus();
  pinned = true;
  post("/api/send", { person: me, kind });
}

// ---- examples ----

function showExamples(yes) {
  $("try").classList.toggle("open", yes);
  $("try-open").ariaExpanded = String(yes);
}

function tryExample(text) {
  leaveEditing();
  write(text);
  showExamples(false);
  $("text").focus();
}

// ---- wiring ----

function wireComposer() {
  $("form").onsubmit = (e) => { e.preventDefault(); submit(); $("text").focus(); };
  $("text").onkeydown = composerKey;
  $("text").onkeypress = composerEnter;
  $("text").oninput = typed;
  $("editing-leave").onclick = () => { leaveEditing(); $("text").focus(); };
  $("slash").onclick = () => toggleMenu("commands");
  $("attach").onclick = () => toggleMenu("attachments");
  $("keys").onclick = () => { keyboardShown = !keyboardShown; drawKeyboard(chats.get(me)?.keyboard); };
  for (const name of Object.keys(opener)) $(name).onkeydown = menuKey;
  for (const b of document.querySelectorAll("[data-send]")) b.onclick = () => attach(b.dataset.send);
}

function wireChat() {
  $("messages").addEventListener("keydown", roam);
  $("messages").addEventListener("focusin", stop);
  $("log").addEventListener("scroll", scrolled);
  $("to-bottom").onclick = () => { toBottom(); $("text").focus(); };
  // An image that loads, or a composer that grows, must not leave the last message hidden.
  const follow = new ResizeObserver(() => { if (pinned) toBottom(); });
  follow.observe($("log"));
  follow.observe($("messages"));
}

function wirePanels() {
  $("people").onkeydown = (e) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
    if (!step) return;
    e.preventDefault();
    const at = people.findIndex((p) => p.id === me);
    become(people.at((at + step) % people.length).id);
    $(`person-${me}`).focus();
  };
  for (const b of document.querySelectorAll("[data-jump]")) b.onclick = () => jump(b);
  for (const b of document.querySelectorAll(".examples button")) b.onclick = () => tryExample(b.textContent);
  $("try-open").onclick = () => showExamples(!$("try").classList.contains("open"));
  document.addEventListener("pointerdown", (e) => {
    if (!e.target.closest("#try, #try-open")) showExamples(false);
    if (!e.target.closest(".composer")) closeMenus();
  });
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Escape" || !$("try").classList.contains("open")) return;
    showExamples(false);
    $("try-open").focus();
  });
}

async function start() {
  wireComposer();
  wireChat();
  wirePanels();
  setInterval(drawClock, 1000);
  while (!people.length) {
    people = await get("/api/people").catch(() => []);
    offline(!people.length);
    if (!people.length) await pause(2000);
  }
  drawPeople();
  const asked = Number(location.hash.slice(1));
  become(people.some((p) => p.id === asked) ? asked : people[0].id);
  for (const p of people) listen(p.id);
  if (!narrow.matches) $("text").focus();
}

start();
