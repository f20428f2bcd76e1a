// Numbers and durations as people read them.
const format = {
  /** 1e-5, 0.003, 12.5: three significant digits, no tail of zeros. */
  short(value) {
    if (value == null || !Number.isFinite(value)) return '–';
    if (value === 0) return '0';
    const size = Math.abs(value);
    if (size < 1e-4 || size >= 1e7) return value.toExponential(2).replace(/\.?0+e/, 'e').replace('e+', 'e');
    return String(Number(value.toPrecision(size >= 1000 ? 4 : 3)));
  },
  loss(value) {
    return value == null || !Number.isFinite(value) ? '–' : value.toFixed(value >= 100 ? 1 : 4);
  },
  count(value) {
    return value == null ? '–' : Math.round(value).toLocaleString('en-US');
  },
  /** 12.3k, 4.5M. */
  large(value) {
    if (value == null || !Number.isFinite(value)) return '–';
    for (const [size, letter] of [[1e9, 'G'], [1e6, 'M'], [1e4, 'k']]) {
      if (Math.abs(value) >= size) return format.short(value / (letter === 'k' ? 1e3 : size)) + letter;
    }
    return format.count(value);
  },
  duration(seconds) {
    if (seconds == null || !Number.isFinite(seconds)) return '–';
    const s = Math.round(seconds);
    if (s < 60) return s + ' s';
    if (s < 3600) return Math.floor(s / 60) + ' min ' + String(s % 60).padStart(2, '0') + ' s';
    return Math.floor(s / 3600) + ' h ' + String(Math.floor(s / 60) % 60).padStart(2, '0') + ' min';
  },
};

/** An element with attributes and children; texts are never read as markup. */
function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(key, key);
    else if (value !== false && value != null) node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

function by(id) {
  return document.getElementById(id);
}

const COLORS = ['blue', 'vermilion', 'green', 'purple', 'amber', 'sky', 'grey', 'red'];

function color(run) {
  return getComputedStyle(document.documentElement).getPropertyValue('--' + COLORS[run % COLORS.length]).trim();
}

function swatch(run) {
  const node = element('span', {class: 'swatch', 'aria-hidden': 'true'});
  node.style.background = `var(--${COLORS[run % COLORS.length]})`;
  return node;
}
