// What each layer would say after each token.
import {at, element, moved, percent, textOf} from './dom.js';

export class Lens {
  /** @param choose called with the place of a token whose column is chosen */
  constructor(model, choose) {
    Object.assign(this, {model, choose});
    this.place = {row: 0, column: 0};
    at('lens-scroll').addEventListener('keydown', event => {
      const place = this.layers && moved(event, this.place, this.layers.length, this.ids.length);
      if (place) {
        this.cell(place, true);
      }
    });
  }

  /**
   * Shows predictions.
   *
   * @param layers for each layer and token, pairs of an id and its probability
   */
  show(ids, layers, chosen) {
    Object.assign(this, {ids, layers});
    const name = layer => (layer === 0 ? 'embedding' : layer === layers.length - 1 ? 'output' : `after layer ${layer - 1}`);
    const head = element('tr', {}, element('td', {'--sure': 0}),
      ...ids.map(id => element('th', {scope: 'col'}, textOf(this.model.vocabulary[id]))));
    at('lens-table').replaceChildren(
      element('thead', {}, head),
      element('tbody', {}, ...layers.map((row, layer) => element('tr', {}, element('th', {scope: 'row'}, name(layer)),
        ...row.map((best, column) => element('td', {
          '--sure': Math.min(1, best[0][1]).toFixed(3),
          onpointerenter: () => this.cell({row: layer, column}),
          onclick: () => this.choose(column),
        }, textOf(this.model.vocabulary[best[0][0]])))))));
    this.cell({row: layers.length - 1, column: chosen ?? ids.length - 1});
    this.mark(chosen);
  }

  /** Marks the column of the chosen token. */
  mark(chosen) {
    if (chosen !== undefined && this.layers) {
      this.cell({row: this.place.row, column: chosen});
      const box = at('lens-scroll');
      const cell = at('lens-table').tHead.rows[0].cells[chosen + 1];
      box.scrollLeft = cell.offsetLeft - box.clientWidth / 2;
    }
    at('lens-table').querySelectorAll('thead th').forEach((cell, column) => cell.classList.toggle('on', column === chosen));
  }

  cell(place, scroll) {
    this.place = place;
    const rows = at('lens-table').tBodies[0].rows;
    at('lens-table').querySelector('td.on')?.classList.remove('on');
    const cell = rows[place.row].cells[place.column + 1];
    cell.classList.add('on');
    if (scroll) {
      cell.scrollIntoView({block: 'nearest', inline: 'nearest'});
    }
    at('lens-cell').replaceChildren(element('strong', {}, `${rows[place.row].cells[0].textContent}, after `),
      textOf(this.model.vocabulary[this.ids[place.column]]), ': ',
      ...this.layers[place.row][place.column].flatMap(([id, share], i) => [i === 0 ? '' : ', ', textOf(this.model.vocabulary[id]), ` ${percent(share)}`]));
  }
}
