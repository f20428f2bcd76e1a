// The nearest neighbours of a token, and all tokens on a map.
import {at, colour, element, percent, textOf, visible} from './dom.js';

const NEIGHBOURS = 10;
/** With more tokens, the map has dots in place of texts. */
const MOST_TEXTS = 150;
const MARGIN = 24;

export class Embeddings {
  constructor(model, source, fail) {
    Object.assign(this, {model, source, fail});
    this.canvas = at('plane');
    this.canvas.addEventListener('pointermove', event => this.hover(event));
    this.canvas.addEventListener('pointerleave', () => this.draw());
    this.canvas.addEventListener('click', event => {
      const id = this.nearest(event);
      if (id !== undefined) {
        this.show(id);
      }
    });
    at('find').addEventListener('input', () => {
      const id = this.found(at('find').value);
      if (id !== undefined) {
        this.show(id);
      }
    });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
    addEventListener('resize', () => this.draw());
  }

  async load() {
    this.map = await this.source.map();
    at('plane-note').textContent = 'The two directions in which the embeddings differ most (principal components), with '
      + `${percent(this.map.shareX)} and ${percent(this.map.shareY)} of the variance. Click a token to see its neighbours.`;
    this.draw();
  }

  /** The token with a text or an id. */
  found(text) {
    const {vocabulary} = this.model;
    for (const wanted of [text, ` ${text}`, text.trim()]) {
      const id = vocabulary.indexOf(wanted);
      if (id >= 0 && wanted !== '') {
        return id;
      }
    }
    const id = Number(text);
    return text.trim() !== '' && Number.isInteger(id) && id >= 0 && id < vocabulary.length ? id : undefined;
  }

  async show(id) {
    this.id = id;
    const neighbours = await this.source.neighbours(id, NEIGHBOURS).catch(this.fail);
    if (!neighbours || this.id !== id) {
      return;
    }
    this.near = neighbours.map(([other]) => other);
    at('neighbours-name').replaceChildren('Nearest neighbours of ', textOf(this.model.vocabulary[id]));
    at('neighbours').replaceChildren(...neighbours.map(([other, similarity]) => element('li', {},
      element('button', {type: 'button', onclick: () => this.show(other)},
        textOf(this.model.vocabulary[other]),
        element('span', {class: 'id'}, String(other)),
        element('span', {class: 'bar'}, element('i', {style: `width:${100 * Math.max(0, similarity)}%`})),
        element('span', {class: 'share'}, similarity.toFixed(2))))));
    this.draw();
  }

  /** The places of all tokens on the canvas. */
  places() {
    const {x, y} = this.map;
    const limits = values => values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
    const [left, right] = limits(x);
    const [low, high] = limits(y);
    const across = (this.width - 2 * MARGIN) / (right - left || 1);
    const down = (this.height - 2 * MARGIN) / (high - low || 1);
    return id => [MARGIN + (x[id] - left) * across, this.height - MARGIN - (y[id] - low) * down];
  }

  nearest(event) {
    if (!this.map) {
      return undefined;
    }
    const size = this.canvas.getBoundingClientRect();
    const place = this.places();
    let best;
    let least = 30 ** 2;
    for (let id = 0; id < this.model.vocabulary.length; id++) {
      const [x, y] = place(id);
      const distance = (x - event.clientX + size.left) ** 2 + (y - event.clientY + size.top) ** 2;
      if (distance < least) {
        [best, least] = [id, distance];
      }
    }
    return best;
  }

  hover(event) {
    const id = this.nearest(event);
    this.canvas.style.cursor = id === undefined ? 'default' : 'pointer';
    this.draw(id);
  }

  draw(hovered) {
    if (!this.map) {
      return;
    }
    const ratio = devicePixelRatio || 1;
    [this.width, this.height] = [this.canvas.clientWidth, this.canvas.clientHeight];
    this.canvas.width = this.width * ratio;
    this.canvas.height = this.height * ratio;
    const context = this.canvas.getContext('2d');
    context.scale(ratio, ratio);
    const place = this.places();
    const texts = this.model.vocabulary.length <= MOST_TEXTS;
    const marked = new Set([...(this.near ?? []), hovered, this.id].filter(id => id !== undefined));
    context.fillStyle = colour('--soft');
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.font = '12px ui-monospace, Menlo, Consolas, monospace';
    context.globalAlpha = texts ? 0.9 : 0.4;
    for (let id = 0; id < this.model.vocabulary.length; id++) {
      const [x, y] = place(id);
      if (texts && !marked.has(id)) {
        context.fillText(label(this.model.vocabulary[id]), x, y);
      } else if (!texts) {
        context.fillRect(x - 1, y - 1, 2, 2);
      }
    }
    context.globalAlpha = 1;
    for (const id of marked) {
      this.mark(context, place(id), id);
    }
  }

  mark(context, [x, y], id) {
    const text = label(this.model.vocabulary[id]);
    context.font = `${id === this.id ? 'bold ' : ''}13px ui-monospace, Menlo, Consolas, monospace`;
    const width = context.measureText(text).width + 8;
    const centre = Math.max(width / 2, Math.min(this.width - width / 2, x));
    context.fillStyle = colour('--card');
    context.strokeStyle = id === this.id ? colour('--accent') : colour('--line');
    context.lineWidth = id === this.id ? 2 : 1;
    context.beginPath();
    context.roundRect(centre - width / 2, y - 9, width, 18, 4);
    context.fill();
    context.stroke();
    context.fillStyle = colour('--text');
    context.fillText(text, centre, y);
  }
}

function label(text) {
  const letters = [...visible(text)];
  return letters.length > 12 ? letters.slice(0, 11).join('') + '\u2026' : letters.join('');
}
