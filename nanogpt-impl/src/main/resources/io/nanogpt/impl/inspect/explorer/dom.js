// Elements and numbers of the page. Texts of tokens are untrusted: they become text nodes alone.

export const at = id => document.getElementById(id);

/** An element with properties (those of a class, a dataset or ARIA by their attribute's name) and children. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith('on')) {
      made.addEventListener(key.slice(2), value);
    } else if (key.startsWith('--')) {
      made.style.setProperty(key, value);
    } else if (value !== undefined) {
      made.setAttribute(key, value);
    }
  }
  made.append(...children);
  return made;
}

export function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

const MARKS = {' ': '\u00b7', '\n': '\u21b5', '\t': '\u21e5'};
const EMPTY = '\u2205';

/** A text with marks for white space and for characters that have no form or change the order of others. */
export function visible(text) {
  return text === '' ? EMPTY : text
    .replace(/[ \n\t]/g, mark => MARKS[mark])
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, control => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .replace(/[\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, '\ufffd');
}

/** A text with white space as pale marks. */
export function textOf(text) {
  const shown = element('span', {class: 'text'});
  for (const part of visible(text).split(/([\u00b7\u21b5\u21e5\u2205])/)) {
    if (part !== '') {
      shown.append(/^[\u00b7\u21b5\u21e5\u2205]$/.test(part) ? element('span', {class: 'gap'}, part) : part);
    }
  }
  return shown;
}

/** A share in per cent: 42 %, 4.2 %, 0.42 %, 0.04 %, <0.01 %. */
export function percent(share) {
  const value = 100 * share;
  const digits = value >= 9.95 ? 0 : value >= 0.995 ? 1 : 2;
  return `${value > 0 && value < 0.005 ? '<0.01' : value.toFixed(digits)}\u00a0%`;
}

export const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** The red, green and blue of a colour like #0b5cad. */
export function channels(name) {
  const hex = colour(name).slice(1);
  return [0, 2, 4].map(i => parseInt(hex.slice(i, i + 2), 16));
}

/** Moves a place in a grid by an arrow key, Home or End; undefined for other keys. */
export function moved(event, {row, column}, rows, columns) {
  const steps = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -columns], End: [0, columns]};
  const step = steps[event.key];
  if (!step) {
    return undefined;
  }
  event.preventDefault();
  const within = (value, size) => Math.max(0, Math.min(size - 1, value));
  return {row: within(row + step[0], rows), column: within(column + step[1], columns)};
}
