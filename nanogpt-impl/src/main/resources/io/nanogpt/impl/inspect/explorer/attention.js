// All heads as small maps, one of them as a large map and as lines between tokens.
import {at, channels, element, moved, percent, svg, textOf, visible} from './dom.js';

/** Tokens whose lines are drawn: the last ones of a longer text. */
const MOST_LINES = 64;
const ROW = 20;
const NAMED = 3;
/** The most pixels of a side of a small map and of the large one, and the least of the mark in it. */
const TILE = 128;
const LARGE = 832;
const MARK = 8;

export class Attention {
  /** @param toggle called with the heads to leave out, [layer, head] each, when they change */
  constructor(model, toggle) {
    Object.assign(this, {model, toggle});
    this.chosen = {layer: 0, head: 0};
    this.removed = [];
    this.maps = [];
    this.scores = [];
    this.place = {row: 0, column: 0};
    this.restore = at('restore');
    this.restore.addEventListener('click', () => this.remove([]));
    this.canvas = at('map');
    this.whole = element('canvas');
    this.canvas.addEventListener('keydown', event => {
      const place = this.maps.length > 0 && moved(event, this.place, this.ids.length, this.ids.length);
      if (place) {
        this.cell(place);
      }
    });
    for (const type of ['pointermove', 'pointerdown']) {
      this.canvas.addEventListener(type, event => {
        if (this.maps.length === 0) {
          return;
        }
        const size = this.canvas.getBoundingClientRect();
        const index = (at, length) => Math.max(0, Math.min(this.ids.length - 1, Math.floor((at / length) * this.ids.length)));
        this.cell({row: index(event.clientY - size.top, size.height), column: index(event.clientX - size.left, size.width)});
      });
    }
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
    this.build();
  }

  build() {
    at('heads').replaceChildren(...this.model.heads.map((count, layer) => element('div', {class: 'layer'},
      element('span', {}, `Layer ${layer}`),
      ...Array.from({length: count}, (_, head) => this.head(layer, head)))));
  }

  head(layer, head) {
    const name = `layer ${layer}, head ${head}`;
    const box = element('input', {type: 'checkbox', 'aria-label': `use ${name}`, onchange: () => {
      const others = this.removed.filter(([l, h]) => l !== layer || h !== head);
      this.remove(box.checked ? others : [...others, [layer, head]]);
    }});
    box.checked = true;
    return element('div', {class: 'head', id: `head-${layer}-${head}`},
      element('button', {type: 'button', 'aria-label': `show ${name}`, 'aria-pressed': 'false', onclick: () => this.choose(layer, head)},
        element('canvas')),
      element('label', {}, box, String(head), element('span', {class: 'induction'})));
  }

  remove(heads) {
    this.removed = heads;
    this.restore.disabled = heads.length === 0;
    this.each((layer, head, cell) => {
      const out = heads.some(([l, h]) => l === layer && h === head);
      cell.classList.toggle('out', out);
      cell.querySelector('input').checked = !out;
    });
    this.toggle(heads);
  }

  each(action) {
    this.model.heads.forEach((count, layer) => {
      for (let head = 0; head < count; head++) {
        action(layer, head, at(`head-${layer}-${head}`));
      }
    });
  }

  choose(layer, head) {
    this.chosen = {layer, head};
    this.drawChosen();
  }

  /**
   * Shows the maps of a part of a text. Places of this class are within the part, those of its callers within the text.
   *
   * @param maps for each layer, (heads, T, T) row-major
   */
  show(all, maps, chosen, {from, to}) {
    Object.assign(this, {ids: all.slice(from, to), maps, from, length: all.length});
    this.focus = this.inside(chosen);
    const {ids, focus} = this;
    at('part').textContent = ids.length < all.length
      ? `The maps show tokens ${from + 1} to ${to} of ${all.length}. Choose a token of the text to see those up to it.` : '';
    const row = focus ?? ids.length - 1;
    this.place = {row, column: this.strongest(row)[0]};
    this.draw();
  }

  /** The place within the part; undefined outside. */
  inside(place) {
    const shifted = place - this.from;
    return shifted >= 0 && shifted < this.ids.length ? shifted : undefined;
  }

  /** Whether the part that is shown lacks a token of the text. */
  lacks(place) {
    return place !== undefined && this.maps.length > 0 && this.inside(place) === undefined;
  }

  /** Shows the induction scores of the heads. */
  induction(scores) {
    this.each((layer, head, cell) => {
      const label = cell.querySelector('.induction');
      label.textContent = scores[layer][head].toFixed(2).replace(/^0/, '');
      label.title = `induction score of layer ${layer}, head ${head}`;
    });
  }

  weights(layer, head) {
    const size = this.ids.length ** 2;
    return this.maps[layer].subarray(head * size, (head + 1) * size);
  }

  /** Shows the lines of one token alone, or of all. */
  point(place) {
    if (this.maps.length > 0) {
      this.focus = this.inside(place);
      this.lines();
    }
  }

  /** Marks what a token reads most. */
  mark(place) {
    this.point(place);
    if (this.focus !== undefined && this.maps.length > 0) {
      this.cell({row: this.focus, column: this.strongest(this.focus)[0]});
      this.scroll(this.focus);
    }
  }

  /** Scrolls the lines so that a token is in the middle. */
  scroll(place) {
    const box = at('lines');
    const row = box.lastElementChild.getBoundingClientRect().height / (Math.min(MOST_LINES, this.ids.length) || 1);
    box.scrollTop = (place - Math.max(0, this.ids.length - MOST_LINES)) * row - box.clientHeight / 2;
  }

  /** The places that a token reads, the strongest first. */
  strongest(t) {
    const weights = this.weights(this.chosen.layer, this.chosen.head);
    return Array.from({length: t + 1}, (_, s) => s).sort((a, b) => weights[t * this.ids.length + b] - weights[t * this.ids.length + a]);
  }

  draw() {
    if (this.maps.length === 0) {
      return;
    }
    this.each((layer, head, cell) => paint(cell.querySelector('canvas'), this.weights(layer, head), this.ids.length, TILE));
    this.drawChosen();
  }

  /** Draws the head that is chosen, large and as lines. */
  drawChosen() {
    if (this.maps.length === 0) {
      return;
    }
    const {layer, head} = this.chosen;
    this.each((l, h, cell) => cell.querySelector('button').setAttribute('aria-pressed', String(l === layer && h === head)));
    at('head-name').textContent = `Layer ${layer}, head ${head}`;
    paint(this.whole, this.weights(layer, head), this.ids.length);
    this.canvas.setAttribute('aria-label', `Map of layer ${layer}, head ${head}: rows read columns; arrow keys move`);
    this.lines();
    this.cell(this.place);
  }

  /** Marks a cell of the large map and names its weight. */
  cell(place) {
    this.place = place;
    const weights = this.weights(this.chosen.layer, this.chosen.head);
    this.enlarge(place);
    const token = index => textOf(this.model.vocabulary[this.ids[index]]);
    const earlier = this.from > 0 ? ` (${percent(this.before(weights, place.row))} of its attention is on tokens before these)` : '';
    at('cell').replaceChildren(...(place.column > place.row
      ? [token(place.row), ' cannot read ', token(place.column), ', which comes later.']
      : [token(place.row), ' reads ', token(place.column), `: ${percent(weights[place.row * this.ids.length + place.column])}`, earlier]));
  }

  /** Draws the large map with a mark around a cell. */
  enlarge({row, column}) {
    const scale = Math.max(1, Math.floor(LARGE / this.ids.length));
    const size = this.ids.length * scale;
    this.canvas.width = this.canvas.height = size;
    const context = this.canvas.getContext('2d');
    context.imageSmoothingEnabled = false;
    context.drawImage(this.whole, 0, 0, size, size);
    context.strokeStyle = getComputedStyle(this.canvas).color;
    context.lineWidth = Math.max(2, scale / 10);
    const around = Math.max(0, (MARK - scale) / 2);
    context.strokeRect(column * scale - around, row * scale - around, scale + 2 * around, scale + 2 * around);
  }

  /** The attention of a token on those before the part. */
  before(weights, row) {
    let sum = 0;
    for (let s = 0; s <= row; s++) {
      sum += weights[row * this.ids.length + s];
    }
    return Math.max(0, 1 - sum);
  }

  lines() {
    const length = this.ids.length;
    const first = Math.max(0, length - MOST_LINES);
    const shown = length - first;
    const weights = this.weights(this.chosen.layer, this.chosen.head);
    const focus = this.focus !== undefined && this.focus >= first ? this.focus : undefined;
    const width = 320;
    const picture = svg('svg', {viewBox: `0 0 ${width} ${shown * ROW + 4}`, role: 'img', 'aria-label': this.summary(weights, focus)});
    for (let t = first; t < length; t++) {
      for (let s = first; s <= t; s++) {
        const weight = weights[t * length + s];
        if (weight > 0.01 && (focus === undefined || focus === t)) {
          picture.append(svg('line', {
            x1: 118, x2: 200, y1: (t - first + 0.6) * ROW, y2: (s - first + 0.6) * ROW, 'stroke-opacity': weight.toFixed(3),
          }));
        }
      }
    }
    for (let t = first; t < length; t++) {
      picture.append(...this.row(t, first, focus === undefined ? undefined : weights[focus * length + t], focus));
    }
    at('lines').replaceChildren(
      ...(first > 0 ? [element('p', {class: 'soft small'}, `The last ${shown} of ${length} tokens.`)] : []), picture);
  }

  row(t, first, weight, focus) {
    const y = (t - first) * ROW;
    const text = short(visible(this.model.vocabulary[this.ids[t]]));
    const area = svg('rect', {class: t === focus ? 'row on' : 'row', x: 0, y: y + 2, width: 116, height: ROW, rx: 3});
    area.addEventListener('pointerenter', () => this.point(t + this.from));
    area.addEventListener('pointerleave', () => this.point(undefined));
    const left = svg('text', {x: 110, y: y + ROW * 0.8, 'text-anchor': 'end', 'pointer-events': 'none'}, text);
    const right = svg('text', {x: 208, y: y + ROW * 0.8}, text);
    return weight === undefined || t > focus
      ? [area, left, right]
      : [area, left, right, svg('text', {class: 'weight', x: 316, y: y + ROW * 0.8, 'text-anchor': 'end'}, percent(weight))];
  }

  /** The strongest weights of a token in words. */
  summary(weights, focus) {
    const t = focus ?? this.ids.length - 1;
    const best = this.strongest(t).slice(0, NAMED);
    const name = index => visible(this.model.vocabulary[this.ids[index]]);
    return `${name(t)} reads most ${best.map(s => `${name(s)} ${percent(weights[t * this.ids.length + s])}`).join(', ')}`;
  }
}

function short(text) {
  const letters = [...text];
  return letters.length > 13 ? letters.slice(0, 12).join('') + '\u2026' : text;
}

/**
 * Paints weights (T, T): the accent colour, as strong as the root of the weight. Where there are more tokens than pixels, a
 * pixel has the largest of its weights.
 */
function paint(canvas, weights, length, most = length) {
  const step = Math.ceil(length / most);
  const size = Math.ceil(length / step);
  const largest = new Float32Array(size * size);
  for (let row = 0; row < length; row++) {
    const start = Math.floor(row / step) * size;
    for (let column = 0; column <= row; column++) {
      const pixel = start + Math.floor(column / step);
      largest[pixel] = Math.max(largest[pixel], weights[row * length + column]);
    }
  }
  canvas.width = canvas.height = size;
  const context = canvas.getContext('2d');
  const picture = context.createImageData(size, size);
  const [red, green, blue] = channels('--accent');
  largest.forEach((weight, pixel) => {
    picture.data[4 * pixel] = red;
    picture.data[4 * pixel + 1] = green;
    picture.data[4 * pixel + 2] = blue;
    picture.data[4 * pixel + 3] = 255 * Math.sqrt(weight);
  });
  context.putImageData(picture, 0, 0);
}
