// The tokens of the text: their ids and surprise, and what could stand in place of one.
import {at, element, percent, textOf} from './dom.js';

/** The loss at which the colour of a token is full. */
const MOST_SURPRISE = 8;

/**
 * The strip of tokens.
 *
 * @param choose called with the place of a token that is chosen, or undefined
 * @param point called with the place of a token under the pointer or focus, or undefined
 * @param replace called with a place and the id to go on from there with
 */
export class Tokens {
  constructor(model, {choose, point, replace}) {
    Object.assign(this, {model, choose, point, replace});
    this.strip = at('tokens');
    this.strip.addEventListener('keydown', event => this.key(event));
    this.strip.addEventListener('pointerleave', () => point(undefined));
  }

  /** Shows a text that was read. */
  show(read, chosen, written) {
    this.read = read;
    this.strip.replaceChildren(...read.ids.map((id, place) => this.token(id, place, read.losses[place], place >= written)));
    this.mark(chosen);
  }

  /** Adds a token that was drawn, before the text is read again. */
  add(id) {
    this.strip.append(this.token(id, this.strip.children.length, null, true));
    this.strip.scrollTop = this.strip.scrollHeight;
  }

  token(id, place, loss, written) {
    const text = this.model.vocabulary[id];
    return element('button', {
      type: 'button',
      class: written ? 'token written' : 'token',
      tabindex: -1,
      'aria-pressed': 'false',
      'aria-description': loss === null ? undefined : `surprise ${loss.toFixed(2)}`,
      '--surprise': Math.min(1, (loss ?? 0) / MOST_SURPRISE).toFixed(3),
      onclick: () => this.choose(this.strip.children[place].getAttribute('aria-pressed') === 'true' ? undefined : place),
      onpointerenter: () => this.point(place),
      onfocus: () => this.point(place),
    }, textOf(text), element('small', {}, String(id)));
  }

  /** Marks the chosen token and shows what the model expected there. */
  mark(chosen) {
    [...this.strip.children].forEach((token, place) => {
      token.setAttribute('aria-pressed', String(place === chosen));
      token.tabIndex = place === (chosen ?? 0) ? 0 : -1;
    });
    at('chosen').replaceChildren(...(chosen === undefined ? [] : this.described(chosen)));
  }

  described(place) {
    const {ids, losses, candidates} = this.read;
    const title = element('p', {class: 'small'}, element('strong', {}, textOf(this.model.vocabulary[ids[place]])),
      ` is token ${place + 1} of ${ids.length}, id ${ids[place]}. `);
    if (place === 0) {
      title.append('Nothing predicts the first token.');
      return [title];
    }
    title.append(`The model gave it ${percent(Math.exp(-losses[place]))}, a surprise of ${losses[place].toFixed(2)} nats. `
      + 'In its place, to go on from there:');
    const chips = candidates[place - 1].map(([id, share]) => element('button', {
      type: 'button',
      class: id === ids[place] ? 'chip actual' : 'chip',
      onclick: () => this.replace(place, id),
    }, textOf(this.model.vocabulary[id]), element('small', {}, percent(share))));
    return [title, element('div', {class: 'chips'}, ...chips)];
  }

  key(event) {
    const tokens = [...this.strip.children];
    const place = tokens.indexOf(document.activeElement);
    const next = {ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: tokens.length - 1}[event.key];
    if (place >= 0 && next !== undefined && tokens[next]) {
      event.preventDefault();
      tokens[place].tabIndex = -1;
      tokens[next].tabIndex = 0;
      tokens[next].focus();
    }
  }
}
