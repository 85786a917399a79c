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

/** Draws which frames of a job are in which state: layers of {text, colour}, later ones above earlier ones. */
export function draw(canvas, all, layers) {
  const ranges = parse(all);
  if (ranges.length === 0 || canvas.clientWidth === 0) {
    return;
  }
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(canvas.clientWidth * scale);
  canvas.height = Math.round(canvas.clientHeight * scale);
  const first = Math.min(...ranges.map((range) => range.first));
  const last = Math.max(...ranges.map((range) => range.last));
  const width = canvas.width / (last - first + 1);
  const gap = width > 8 * scale ? scale : 0;
  const pen = canvas.getContext("2d");
  for (const { text, colour } of layers) {
    pen.fillStyle = colour;
    for (const range of parse(text)) {
      const fine = range.step > 1 && width > 1;
      const stride = fine ? range.step : range.last - range.first + 1;
      for (let at = range.first; at <= range.last; at += stride) {
        const end = fine ? at : range.last;
        if (gap > 0) {
          for (let frame = at; frame <= end; frame++) {
            pen.fillRect((frame - first) * width, 0, width - gap, canvas.height);
          }
        } else {
          pen.fillRect((at - first) * width, 0, Math.max(1, (end - at + 1) * width), canvas.height);
        }
      }
    }
  }
}
