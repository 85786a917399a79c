// Frames in the text form of the API, such as "1-5,9,20-40x2".

/** Gives ranges of {first, last, step}, ascending. */
export function parse(text) {
  if (!text) {
    return [];
  }
  return text.split(",").map((part) => {
    const [, first, last, step] = /^(-?\d+)(?:-(-?\d+))?(?:x(\d+))?$/.exec(part) ?? [];
    if (first === undefined) {
      return { first: 0, last: -1, step: 1 };
    }
    const from = Number(first);
    const to = last === undefined ? from : Number(last);
    return { first: Math.min(from, to), last: Math.max(from, to), step: Number(step ?? 1) };
  });
}

export function count(text) {
  return parse(text).reduce((sum, range) => sum + Math.floor((range.last - range.first) / range.step) + 1, 0);
}

/** The highest frames first, at most so many. */
export function newest(text, most) {
  const found = [];
  const ranges = parse(text);
  for (let i = ranges.length - 1; i >= 0 && found.length < most; i--) {
    const { first, last, step } = ranges[i];
    const highest = first + Math.floor((last - first) / step) * step;
    for (let frame = highest; frame >= first && found.length < most; frame -= step) {
      found.push(frame);
    }
  }
  return found;
}

/** Above so many frames a bar shows ranges, not single frames. */
const FINE = 4000;

/** Says the how-manieth of all frames a frame is; for one that is not among them, where it would be. */
function rankIn(ranges) {
  let before = 0;
  const starts = ranges.map((range) => {
    const start = { ...range, before };
    before += Math.floor((range.last - range.first) / range.step) + 1;
    return start;
  });
  return (frame) => {
    const found = starts.findLast((range) => range.first <= frame);
    return found === undefined ? 0 : found.before + Math.floor((Math.min(frame, found.last) - found.first) / found.step);
  };
}

/** Draws which frames of a job are in which state: layers of {text, colour}, later ones above earlier ones. Each frame is as wide as any. */
export function draw(canvas, all, layers) {
  const ranges = parse(all);
  if (ranges.length === 0 || canvas.clientWidth === 0) {
    return;
  }
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(canvas.clientWidth * scale);
  canvas.height = Math.round(canvas.clientHeight * scale);
  const total = count(all);
  const width = canvas.width / total;
  const gap = width > 8 * scale ? scale : 0;
  const rank = rankIn(ranges);
  const pen = canvas.getContext("2d");
  // From whole pixel to whole pixel: neighbours would shine through each other else.
  const fill = (first, last) => {
    const left = Math.round(rank(first) * width);
    const right = Math.round((rank(last) + 1) * width) - gap;
    pen.fillRect(left, 0, Math.max(1, right - left), canvas.height);
  };
  for (const { text, colour } of layers) {
    pen.fillStyle = colour;
    for (const range of parse(text)) {
      if (total > FINE) {
        fill(range.first, range.last);
      } else {
        for (let frame = range.first; frame <= range.last; frame += range.step) {
          fill(frame, frame);
        }
      }
    }
  }
}
