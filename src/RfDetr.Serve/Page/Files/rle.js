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

/** A canvas that has the color where the mask is, as small as holds it, with its place in the image; null for no pixel. */
export function paint(mask, color) {
  const height = mask.size[0];
  const filled = spans(runs(mask.counts), height);
  if (filled.length === 0)
    return null;
  const left = filled[0].x, width = filled.at(-1).x - left + 1;
  const top = filled.reduce((least, span) => Math.min(least, span.from), height);
  const bottom = filled.reduce((most, span) => Math.max(most, span.to), 0);
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = bottom - top;
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(canvas.width, canvas.height);
  for (const { x, from, to } of filled) {
    for (let y = from; y < to; y++)
      pixels.data[((y - top) * width + x - left) * 4 + 3] = 255;
  }
  context.putImageData(pixels, 0, 0);
  context.globalCompositeOperation = "source-in";
  context.fillStyle = color;
  context.fillRect(0, 0, canvas.width, canvas.height);
  return { canvas, left, top };
}

// The runs of 1, cut at the ends of columns.
function spans(lengths, height) {
  const filled = [];
  let at = 0;
  lengths.forEach((length, i) => {
    const end = at + length;
    while (i % 2 === 1 && at < end) {
      const x = Math.floor(at / height), from = at - x * height, to = Math.min(from + end - at, height);
      filled.push({ x, from, to });
      at += to - from;
    }
    at = end;
  });
  return filled;
}
