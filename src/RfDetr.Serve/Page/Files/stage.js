import { paint } from "./rle.js";

// Neighboring ids get colors far apart: the golden angle never comes back to the same hue.
export function colorOf(classId) {
  const hue = (classId * 137.508 + 210) % 360;
  return `hsl(${hue.toFixed(1)} 85% 58%)`;
}

/** The canvas: an image with what was found in it, at the resolution of the screen. */
export class Stage {
  #canvas;
  #frame;
  #image = null;
  #width = 0;
  #height = 0;
  #shown = [];
  #lit = null;
  #masks = new WeakMap();
  withMasks = true;
  withLabels = true;

  constructor(canvas, frame) {
    this.#canvas = canvas;
    this.#frame = frame;
    new ResizeObserver(() => this.draw()).observe(frame);
  }

  /** Shows an image; null in its place gives an empty ground of that size, for formats that a browser cannot show. */
  show(image, width, height) {
    this.#image?.close?.();
    this.#image = image;
    this.#width = width;
    this.#height = height;
    this.#shown = [];
    this.#lit = null;
    this.#canvas.hidden = false;
    this.draw();
  }

  set detections(shown) {
    this.#shown = shown;
    this.draw();
  }

  set lit(detection) {
    if (this.#lit === detection)
      return;
    this.#lit = detection;
    this.draw();
  }

  /** The smallest shown box at a place of the screen. */
  at(event) {
    const place = this.#canvas.getBoundingClientRect();
    const x = (event.clientX - place.left) / place.width * this.#width;
    const y = (event.clientY - place.top) / place.height * this.#height;
    const area = d => (d.box[2] - d.box[0]) * (d.box[3] - d.box[1]);
    return this.#shown
      .filter(d => x >= d.box[0] && x <= d.box[2] && y >= d.box[1] && y <= d.box[3])
      .sort((a, b) => area(a) - area(b))[0] ?? null;
  }

  /** The image in its own size with everything drawn, as a PNG. */
  export() {
    const canvas = document.createElement("canvas");
    canvas.width = this.#width;
    canvas.height = this.#height;
    this.#paint(canvas.getContext("2d"), 1, Math.max(Math.min(this.#width, this.#height) / 480, 1));
    return new Promise(resolve => canvas.toBlob(resolve, "image/png"));
  }

  draw() {
    if (this.#canvas.hidden || this.#width === 0)
      return;
    const room = this.#frame.getBoundingClientRect();
    // In a narrow window the stage has no height of its own: the image may take 70 % of the window's.
    const high = getComputedStyle(this.#frame).maxHeight === "none" ? room.height : innerHeight * 0.7;
    const scale = Math.min(room.width / this.#width, high / this.#height);
    const cssWidth = Math.max(Math.round(this.#width * scale), 1), cssHeight = Math.max(Math.round(this.#height * scale), 1);
    const dense = devicePixelRatio || 1;
    this.#canvas.style.width = `${cssWidth}px`;
    this.#canvas.style.height = `${cssHeight}px`;
    const width = Math.round(cssWidth * dense), height = Math.round(cssHeight * dense);
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    this.#paint(this.#canvas.getContext("2d"), width / this.#width, dense);
  }

  // Lines and letters keep their size on the screen (unit), whatever the image's scale is.
  #paint(context, scale, unit) {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    context.imageSmoothingQuality = "high";
    if (this.#image)
      context.drawImage(this.#image, 0, 0, this.#width * scale, this.#height * scale);
    // Less certain ones first, so that the best lie on top.
    const order = [...this.#shown].reverse();
    if (this.withMasks)
      order.forEach(d => this.#mask(context, d, scale));
    order.forEach(d => this.#box(context, d, scale, unit));
    if (this.withLabels)
      order.forEach(d => this.#label(context, d, scale, unit));
  }

  #mask(context, detection, scale) {
    if (!detection.mask)
      return;
    let painted = this.#masks.get(detection);
    if (painted === undefined) {
      painted = paint(detection.mask, colorOf(detection.class_id));
      this.#masks.set(detection, painted);
    }
    if (!painted)
      return;
    context.globalAlpha = this.#dim(detection) ? 0.12 : 0.45;
    context.drawImage(
      painted.canvas, painted.left * scale, painted.top * scale, painted.canvas.width * scale, painted.canvas.height * scale);
    context.globalAlpha = 1;
  }

  #box(context, detection, scale, unit) {
    const [x1, y1, x2, y2] = detection.box.map(v => v * scale);
    context.globalAlpha = this.#dim(detection) ? 0.35 : 1;
    // A dark line under the colored one: visible on any ground.
    context.lineJoin = "round";
    const line = this.#lit === detection ? 3.5 : 2.5;
    for (const [width, style] of [[line + 2, "rgb(0 0 0 / 45%)"], [line, colorOf(detection.class_id)]]) {
      context.lineWidth = width * unit;
      context.strokeStyle = style;
      context.strokeRect(x1, y1, x2 - x1, y2 - y1);
    }
    context.globalAlpha = 1;
  }

  #label(context, detection, scale, unit) {
    const text = `${detection.class_name} ${detection.score.toFixed(2)}`;
    context.font = `600 ${12.5 * unit}px system-ui, sans-serif`;
    context.textBaseline = "middle";
    const width = context.measureText(text).width + 12 * unit, height = 21 * unit;
    const x = Math.max(Math.min(detection.box[0] * scale - unit, context.canvas.width - width), 0);
    const above = detection.box[1] * scale - height;
    const y = above >= 0 ? above : Math.max(detection.box[1] * scale, 0);
    context.globalAlpha = this.#dim(detection) ? 0.35 : 1;
    context.fillStyle = colorOf(detection.class_id);
    context.beginPath();
    context.roundRect(x, y, width, height, 4 * unit);
    context.fill();
    context.fillStyle = "#0b0d14";
    context.fillText(text, x + 6 * unit, y + height / 2 + unit * 0.5);
    context.globalAlpha = 1;
  }

  #dim(detection) {
    return this.#lit !== null && this.#lit !== detection;
  }
}
