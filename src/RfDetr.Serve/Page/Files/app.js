import { Camera } from "./camera.js";
import { csv, download, json } from "./save.js";
import { Refusal, Server } from "./server.js";
import { Stage, colorOf } from "./stage.js";

const element = id => document.getElementById(id);
const STEPS = [["decode", "Decode"], ["preprocess", "Prepare"], ["inference", "Network"], ["postprocess", "Results"]];

const server = new Server();
const stage = new Stage(element("canvas"), element("stage"));
const camera = new Camera(onFrame, message => complain(message), onCameraEnd);

// The image that is shown, its answer, and what of it the reader wants to see.
let source = null;
let answer = null;
let model = null;
let asked = 0;
let abort = null;
const hidden = new Set();
const seen = new Map();
const rates = [];

// ---- answers

async function open(blob, name) {
  camera.stop();
  source = { blob, name };
  await detect();
}

async function detect() {
  if (!source)
    return;
  abort?.abort();
  abort = new AbortController();
  const turn = ++asked, { blob, name } = source;
  complain("");
  element("busy").hidden = false;
  try {
    // The image is shown before the answer is there.
    const image = await createImageBitmap(blob).catch(() => null);
    if (turn !== asked) {
      image?.close();
      return;
    }
    if (image)
      begin(image, image.width, image.height);
    const { result, roundTrip } = await server.detect(blob, element("model").value, abort.signal);
    if (turn !== asked)
      return;
    const found = result.images[0];
    if (found.error)
      throw new Refusal(400, found.error);
    if (!image)
      begin(null, found.width, found.height);
    answer = { ...found, roundTrip };
    model = result.model;
    seen.clear();
    remember(answer.detections);
    refresh();
    element("detail").textContent = `${name}, ${found.width} × ${found.height} pixels`;
    say(sentence());
  } catch (e) {
    if (turn === asked && e.name !== "AbortError") {
      reset();
      complain(e.message, e.status);
    }
  } finally {
    if (turn === asked)
      element("busy").hidden = true;
  }
}

function begin(image, width, height) {
  reset();
  element("stage").classList.remove("empty");
  element("invitation").hidden = true;
  stage.show(image, width, height);
}

function reset() {
  answer = null;
  stage.detections = [];
  element("summary").textContent = "Detecting…";
  element("detail").textContent = "";
  for (const id of ["class-card", "object-card", "time-card", "save-card"])
    element(id).hidden = true;
  element("histogram").replaceChildren();
}

function remember(detections) {
  for (const d of detections)
    seen.set(d.class_id, d.class_name);
}

// ---- what is shown

const threshold = () => Number(element("threshold").value);
const shown = () => answer ? answer.detections.filter(d => d.score > threshold() && !hidden.has(d.class_id)) : [];

function refresh() {
  element("threshold-value").textContent = threshold().toFixed(2);
  if (!answer)
    return;
  const visible = shown();
  stage.detections = visible;
  element("summary").textContent = headline(visible.length);
  element("canvas").setAttribute("aria-label", sentence());
  element("masks-label").hidden = !answer.detections.some(d => d.mask);
  histogram();
  classes();
  objects(visible);
  times();
  element("save-card").hidden = camera.isOn;
}

const headline = count => count === 0 ? "No objects" : count === 1 ? "1 object" : `${count} objects`;

function sentence() {
  const visible = shown(), counts = new Map();
  for (const d of visible)
    counts.set(d.class_name, (counts.get(d.class_name) ?? 0) + 1);
  const list = [...counts].map(([name, count]) => `${count} ${name}`).join(", ");
  return `${headline(visible.length)} above ${threshold().toFixed(2)}${list ? `: ${list}` : ""}`;
}

function histogram() {
  const bins = new Array(47).fill(0);
  for (const d of answer.detections)
    bins[Math.min(Math.max(Math.floor((d.score - 0.05) / 0.02), 0), bins.length - 1)]++;
  const most = Math.max(...bins, 1), width = 100 / bins.length;
  element("histogram").replaceChildren(...bins.map((count, i) => {
    const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const height = count ? 3 + 21 * count / most : 1;
    for (const [name, value] of Object.entries({ x: i * width, y: 24 - height, width: width - 0.5, height }))
      bar.setAttribute(name, value.toFixed(2));
    bar.classList.toggle("kept", count > 0 && 0.05 + (i + 1) * 0.02 > threshold());
    return bar;
  }));
}

function classes() {
  const counts = new Map([...seen.keys()].map(id => [id, 0]));
  for (const d of answer.detections) {
    if (d.score > threshold())
      counts.set(d.class_id, counts.get(d.class_id) + 1);
  }
  element("class-card").hidden = counts.size === 0;
  const ids = [...counts.keys()].sort((a, b) => a - b);
  const box = element("classes");
  // Buttons that exist stay the same, so that the keyboard's focus does not jump.
  if (box.children.length !== ids.length || ids.some((id, i) => box.children[i].dataset.id !== String(id)))
    box.replaceChildren(...ids.map(chip));
  ids.forEach((id, i) => {
    box.children[i].setAttribute("aria-pressed", String(!hidden.has(id)));
    box.children[i].querySelector(".count").textContent = counts.get(id);
  });
}

function chip(id) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.id = id;
  button.append(dot(id), seen.get(id), Object.assign(document.createElement("span"), { className: "count" }));
  button.onclick = () => {
    if (!hidden.delete(id))
      hidden.add(id);
    refresh();
    say(sentence());
  };
  return button;
}

function objects(visible) {
  element("object-card").hidden = visible.length === 0;
  const body = element("objects");
  const focused = [...body.children].findIndex(row => row.contains(document.activeElement));
  body.replaceChildren(...visible.map((d, i) => row(d, i)));
  if (focused >= 0)
    body.children[Math.min(focused, visible.length - 1)]?.querySelector("button").focus();
}

function row(detection, index) {
  const tr = document.createElement("tr");
  const button = document.createElement("button");
  button.type = "button";
  button.tabIndex = index === 0 ? 0 : -1;
  button.append(dot(detection.class_id), detection.class_name);
  tr.append(cell(button), cell(detection.score.toFixed(2)), cell(detection.box.map(v => Math.round(v)).join(" "), "box"));
  const light = on => {
    for (const other of element("objects").children)
      other.classList.toggle("lit", on && other === tr);
    stage.lit = on ? detection : null;
  };
  tr.onmouseenter = () => light(true);
  tr.onmouseleave = () => light(false);
  button.onfocus = () => light(true);
  button.onblur = () => light(false);
  return tr;
}

function cell(content, name = "") {
  const td = document.createElement("td");
  td.className = name;
  td.append(content);
  return td;
}

function dot(id) {
  const span = document.createElement("span");
  span.className = "dot";
  span.style.background = colorOf(id);
  return span;
}

function times() {
  const t = answer.time_ms;
  const steps = STEPS.map(([name, label], i) => ({ label, ms: t[name] ?? 0, style: `step-${i + 1}` }));
  const known = steps.reduce((sum, step) => sum + step.ms, 0);
  steps.push({ label: "Way and waiting", ms: Math.max(answer.roundTrip - known, 0), style: "step-5" });
  const total = steps.reduce((sum, step) => sum + step.ms, 0);
  element("time-card").hidden = false;
  element("total").textContent = `${total.toFixed(0)} ms`;
  element("split").replaceChildren(...steps.map(step => {
    const part = document.createElement("span");
    part.className = step.style;
    part.style.flex = `${Math.max(step.ms / total, 0.001)} 1 0`;
    return part;
  }));
  element("times").replaceChildren(...steps.flatMap(step => {
    const name = document.createElement("dt"), value = document.createElement("dd"), mark = document.createElement("span");
    mark.className = `dot ${step.style}`;
    name.append(mark, step.label);
    value.textContent = `${step.ms.toFixed(1)} ms`;
    return [name, value];
  }));
}

// ---- messages

function complain(message, status) {
  element("error").hidden = !message;
  element("error").textContent = message;
  element("key-form").hidden = !(message && (status === 401 || status === 403));
  if (!message)
    return;
  element("summary").textContent = "No result";
  if (status === 401 || status === 403)
    element("key").focus();
}

// Read aloud by screen readers, once per change and not while the slider moves.
let speaking = 0;
function say(text) {
  clearTimeout(speaking);
  speaking = setTimeout(() => element("live").textContent = text, 300);
}

// ---- camera

async function startCamera() {
  abort?.abort();
  asked++;
  source = null;
  complain("");
  element("busy").hidden = true;
  seen.clear();
  rates.length = 0;
  try {
    await camera.start(() => server.stream(element("model").value));
    element("camera").setAttribute("aria-pressed", "true");
    element("camera").textContent = "Stop the camera";
    element("meter").hidden = false;
    element("meter").textContent = "…";
    say("The camera is on");
  } catch (e) {
    camera.stop();
    complain(e.name === "NotAllowedError" ? "The browser was not allowed to use the camera."
      : e.name === "NotFoundError" ? "No camera was found." : e.message);
  }
}

function onFrame(image, found, roundTrip) {
  complain("");
  element("stage").classList.remove("empty");
  element("invitation").hidden = true;
  stage.show(image, found.width, found.height);
  answer = { ...found, roundTrip };
  remember(answer.detections);
  refresh();
  rates.push(performance.now());
  while (rates[0] < performance.now() - 2000)
    rates.shift();
  const perSecond = rates.length > 1 ? (rates.length - 1) * 1000 / (rates.at(-1) - rates[0]) : 0;
  element("meter").textContent = `${perSecond.toFixed(1)} frames/s · ${roundTrip.toFixed(0)} ms · ${found.dropped} dropped`;
  element("detail").textContent = `Camera, frame ${found.frame}, ${found.width} × ${found.height} pixels`;
}

function onCameraEnd(reason) {
  element("camera").setAttribute("aria-pressed", "false");
  element("camera").textContent = "Camera";
  element("meter").hidden = true;
  if (reason)
    complain(reason);
  say("The camera is off");
}

// ---- wiring

element("open").onclick = () => element("file").click();
element("file").onchange = event => {
  const [file] = event.target.files;
  if (file)
    open(file, file.name);
  event.target.value = "";
};
element("sample").onclick = async () => {
  const answer = await fetch("ui/sample.jpg");
  await open(await answer.blob(), "sample.jpg");
};
element("camera").onclick = () => camera.isOn ? camera.stop() : startCamera();
element("threshold").oninput = () => {
  refresh();
  say(sentence());
};
element("all").onclick = () => {
  hidden.clear();
  refresh();
  say(sentence());
};
element("none").onclick = () => {
  seen.forEach((_, id) => hidden.add(id));
  refresh();
  say(sentence());
};
element("masks").onchange = event => {
  stage.withMasks = event.target.checked;
  stage.draw();
};
element("labels").onchange = event => {
  stage.withLabels = event.target.checked;
  stage.draw();
};
element("model").onchange = () => {
  hidden.clear();
  if (camera.isOn) {
    camera.stop();
    startCamera();
  } else {
    detect();
  }
};
element("key-form").onsubmit = async event => {
  event.preventDefault();
  server.key = element("key").value;
  element("key").value = "";
  await listModels();
  await detect();
};
element("json").onclick = () => {
  const { roundTrip, ...image } = answer;
  download(name("json"), new Blob([json(source.name, model, image, shown())], { type: "application/json" }));
};
element("csv").onclick = () =>
  download(name("csv"), new Blob([csv(source.name, answer, shown())], { type: "text/csv" }));
element("png").onclick = async () => download(name("png"), await stage.export());
const name = ending => `${source.name.replace(/\.[^.]*$/, "")}.${ending === "png" ? "found.png" : ending}`;

// Arrow keys move within the table of objects, so that Tab passes it in one step.
element("objects").onkeydown = event => {
  const buttons = [...element("objects").querySelectorAll("button")], at = buttons.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (to === undefined || !buttons[to])
    return;
  event.preventDefault();
  buttons[at].tabIndex = -1;
  buttons[to].tabIndex = 0;
  buttons[to].focus();
};
element("canvas").onmousemove = event => {
  const detection = stage.at(event), index = shown().indexOf(detection);
  stage.lit = detection;
  [...element("objects").children].forEach((row, i) => row.classList.toggle("lit", i === index));
};
element("canvas").onmouseleave = () => {
  stage.lit = null;
  [...element("objects").children].forEach(row => row.classList.remove("lit"));
};

// A file may be dropped anywhere; a browser would otherwise leave the page for it.
let dragged = 0;
const hasFile = event => [...event.dataTransfer?.types ?? []].includes("Files");
addEventListener("dragenter", event => {
  if (hasFile(event)) {
    dragged++;
    element("veil").hidden = false;
  }
});
addEventListener("dragleave", event => {
  if (hasFile(event) && --dragged <= 0)
    element("veil").hidden = true;
});
addEventListener("dragover", event => event.preventDefault());
addEventListener("drop", event => {
  event.preventDefault();
  dragged = 0;
  element("veil").hidden = true;
  const [file] = event.dataTransfer?.files ?? [];
  if (file)
    open(file, file.name);
});
addEventListener("paste", event => {
  const [file] = event.clipboardData?.files ?? [];
  if (file)
    open(file, file.name || "pasted.png");
});

// ---- theme

const systemDark = matchMedia("(prefers-color-scheme: dark)");
function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : systemDark.matches;
}
function paintTheme() {
  element("theme").setAttribute("aria-pressed", String(isDark()));
}
element("theme").onclick = () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  localStorage.setItem("theme", document.documentElement.dataset.theme);
  paintTheme();
};
if (localStorage.getItem("theme"))
  document.documentElement.dataset.theme = localStorage.getItem("theme");
systemDark.onchange = paintTheme;
paintTheme();

// ---- models

async function listModels() {
  try {
    const names = await server.models();
    if (names.length === 0) {
      element("detail").textContent = "The server is loading its models.";
      setTimeout(listModels, 1000);
      return;
    }
    if (!source)
      element("detail").textContent = "Images go to this server only; the page loads nothing from elsewhere.";
    element("model").replaceChildren(...names.map(name => new Option(name, name)));
    element("model").disabled = names.length < 2;
    complain("");
  } catch (e) {
    complain(e.message, e.status);
    element("summary").textContent = "No image yet";
  }
}
listModels();
refresh();
