// Masks are COCO's compressed run lengths: alternating runs of 0 and 1 down the columns. Each length is written in groups of
// five bits, least first, plus 48; bit 0x20 says that another group follows, and from the third on the length is stored as the
// difference to the one two before it.

/** Lengths of the runs of a compressed text. */
export function runs(counts) {
  const lengths = [];
  for (let at = 0; at < counts.length;) {
    let value = 0, shift = 0, group;
    do {
      group = counts.charCodeAt(at++) - 48;
      value |= (group & 0x1f) << shift;
      shift += 5;
    } while (group & 0x20);
    if (group & 0x10 && shift < 32)
      value |= -1 << shift;
    if (lengths.length > 2)
      value += lengths[lengths.length - 2];
    lengths.push(value);
  }
  return lengths;
}

/** A canvas that has the color where the mask is, as large as the box, with its place in the image. */
export function paint(mask, box, color) {
  const [height, width] = mask.size;
  const left = Math.max(Math.floor(box[0]), 0), top = Math.max(Math.floor(box[1]), 0);
  const right = Math.min(Math.ceil(box[2]), width), bottom = Math.min(Math.ceil(box[3]), height);
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(right - left, 1);
  canvas.height = Math.max(bottom - top, 1);
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(canvas.width, canvas.height);
  const first = left * height, last = right * height;
  let at = 0, on = false;
  for (const length of runs(mask.counts)) {
    const end = Math.min(at + length, last);
    if (on) {
      for (let i = Math.max(at, first); i < end; i++) {
        const y = i % height - top, x = (i - i % height) / height - left;
        if (y >= 0 && y < canvas.height)
          pixels.data[(y * canvas.width + x) * 4 + 3] = 255;
      }
    }
    at += length;
    if (at >= last)
      break;
    on = !on;
  }
  context.putImageData(pixels, 0, 0);
  context.globalCompositeOperation = "source-in";
  context.fillStyle = color;
  context.fillRect(0, 0, canvas.width, canvas.height);
  return { canvas, left, top };
}
