// The probabilities of the next token under settings of sampling.
import {at, element, percent, textOf} from './dom.js';
import {drawn, ranked, softmax} from './sampling.js';

const BARS = 12;

const SLIDERS = [
  {name: 'temperature', label: 'Temperature', min: 0, max: 2, step: 0.05, value: 1, text: value => value.toFixed(2)},
  {name: 'topK', label: 'Top-k', min: 0, max: 100, step: 1, value: 0, text: value => (value === 0 ? 'all' : String(value))},
  {name: 'topP', label: 'Top-p', min: 0.05, max: 1, step: 0.01, value: 1, text: value => value.toFixed(2)},
  {name: 'minP', label: 'Min-p', min: 0, max: 1, step: 0.01, value: 0, text: value => value.toFixed(2)},
];

/** Bars of the likeliest tokens, and the sliders that change what can be drawn. */
export class Predictions {
  /** @param append called with the id of a token that is chosen */
  constructor(model, append) {
    Object.assign(this, {model, append});
    this.settings = Object.fromEntries(SLIDERS.map(({name, value}) => [name, value]));
    at('sliders').append(...SLIDERS.map(slider => this.slider(slider)));
  }

  slider({name, label, min, max, step, value, text}) {
    const output = element('output', {for: `slider-${name}`}, text(value));
    const input = element('input', {type: 'range', id: `slider-${name}`, min, max, step, value, oninput: () => {
      this.settings[name] = Number(input.value);
      output.textContent = text(this.settings[name]);
      this.draw();
    }});
    return element('div', {}, element('label', {for: `slider-${name}`}, label, output), input);
  }

  show(logits) {
    this.logits = logits;
    this.order = ranked(logits);
    this.shares = softmax(logits);
    this.draw();
  }

  /** Probabilities of drawing each id after logits, with the settings. */
  drawn(logits) {
    return drawn(logits, this.settings);
  }

  draw() {
    if (!this.logits) {
      return;
    }
    const chances = drawn(this.logits, this.settings, this.order);
    const count = chances.reduce((sum, chance) => sum + (chance > 0 ? 1 : 0), 0);
    at('drawable').textContent = `${count.toLocaleString('en')} of ${chances.length.toLocaleString('en')} tokens can be drawn. A line marks the probability at temperature 1.`;
    at('bars').replaceChildren(...this.order.slice(0, BARS).map(id => this.bar(id, chances[id])));
  }

  bar(id, chance) {
    const text = this.model.vocabulary[id];
    return element('li', {}, element('button', {type: 'button', class: chance > 0 ? '' : 'out', onclick: () => this.append(id)},
      textOf(text),
      element('span', {class: 'id'}, String(id)),
      element('span', {class: 'bar'}, element('i', {style: `width:${100 * chance}%`}), element('b', {style: `width:${100 * this.shares[id]}%`})),
      element('span', {class: 'share'}, chance > 0 ? percent(chance) : 'not drawn')));
  }
}
