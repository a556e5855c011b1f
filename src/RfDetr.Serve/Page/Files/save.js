// What is shown, as files of the same form that the command line writes.

/** One line per detection: the columns of "detect --format csv". */
export function csv(file, answer, detections) {
  const withMasks = detections.some(d => d.mask);
  const heading = ["file", "width", "height", "class_id", "class_name", "score", "x1", "y1", "x2", "y2"];
  if (withMasks)
    heading.push("mask");
  const rows = detections.map(d => [
    file, answer.width, answer.height, d.class_id, d.class_name, d.score, ...d.box, ...withMasks ? [d.mask?.counts ?? ""] : [],
  ]);
  return [heading, ...rows].map(row => row.map(quoted).join(",") + "\n").join("");
}

/** The document of "detect --json" with the detections that are shown. */
export function json(file, model, answer, detections) {
  return JSON.stringify({ model, images: [{ ...answer, file, detections }] }, null, 2) + "\n";
}

/** Hands a file to the browser's downloads. */
export function download(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function quoted(value) {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
