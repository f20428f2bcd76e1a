// Charts over steps, tokens or seconds, by uPlot.

/** The mean that weighs earlier values less and less, without the bias of its start. */
function smoothed(values, weight) {
  let sum = 0, total = 0;
  return values.map(value => {
    if (value == null) return null;
    sum = weight * sum + (1 - weight) * value;
    total = weight * total + (1 - weight);
    return sum / total;
  });
}

/** Distances between ticks of whole numbers. */
const WHOLE = Array.from({length: 13}, (none, power) => [1, 2, 5].map(digit => digit * 10 ** power)).flat();

/** Tables of [x, y...] with one row for each x of any of them. */
function joined(tables) {
  return tables.length === 1 ? tables[0] : uPlot.join(tables);
}

/** The range that shows all but the tallest values: one spike must not flatten the rest. */
function clippedRange(columns, logarithmic, fromZero) {
  const values = [...columns.flat(), ...(fromZero ? [0] : [])].filter(value => value != null && Number.isFinite(value) && (!logarithmic || value > 0)).sort((a, b) => a - b);
  if (values.length === 0) return [logarithmic ? 0.1 : 0, 1];
  const low = values[0], high = values[values.length - 1];
  const most = values[Math.floor(0.99 * (values.length - 1))];
  const top = high > low + 2.5 * (most - low) && most > low ? low + 1.25 * (most - low) : high;
  if (logarithmic) return [low / 1.05, Math.max(top, low * 1.01) * 1.05];
  const space = (top - low || Math.abs(top) || 1) * 0.06;
  return [fromZero ? low : low - space, top + space];
}

/**
 * A chart with a title, a line of the values under the cursor, and a cursor that arrow keys move.
 *
 * tables(over) returns for each line {run, label, x, y, kind}, kind being raw, main or points.
 */
class Chart {
  static all = [];

  constructor(place, {title, unit, height, lines, show, fromZero}) {
    Object.assign(this, {place, lines, show, height, title, fromZero});
    this.heading = element('h3', {}, title + ' ', this.note = element('small', {}, unit || ''));
    this.box = element('div', {class: 'plot', tabindex: '0', role: 'group', 'aria-label': title + ', chart; arrow keys go from point to point'});
    this.readout = element('p', {class: 'readout', 'aria-live': 'polite'});
    place.classList.add('chart');
    place.append(this.heading, this.box, this.readout);
    this.box.addEventListener('keydown', event => this.key(event));
    new ResizeObserver(() => this.resize()).observe(place);
    this.unit = unit || '';
    Chart.all.push(this);
  }

  draw(runs, {over, logarithmic}) {
    const lines = this.lines(runs, over);
    const shape = JSON.stringify([lines.map(line => [line.run, line.kind]), over, logarithmic]);
    this.drawn = lines;
    const data = lines.length ? joined(lines.map(line => [line.x, line.y])) : [[]];
    this.note.textContent = this.unit + (logarithmic ? ', logarithmic' : '');
    if (this.plot && shape === this.shape) {
      this.plot.setData(data, !this.zoomed);
    } else {
      const at = this.plot?.cursor.idx;
      const x = at == null ? null : this.over === over ? this.plot.data[0][at] : data[0][Math.min(at, data[0].length - 1)];
      this.plot?.destroy();
      this.zoomed = false;
      this.shape = shape;
      this.over = over;
      this.plot = new uPlot(this.options(lines, over, logarithmic), data, this.box);
      // The new drawing has its scales after this turn, and the cursor then stays where it was.
      if (x != null) queueMicrotask(() => this.follow(x));
    }
    if (this.plot.cursor.idx == null) this.read(null);
  }

  options(lines, over, logarithmic) {
    const style = getComputedStyle(document.documentElement);
    const soft = style.getPropertyValue('--soft').trim(), grid = style.getPropertyValue('--line').trim();
    const axis = {stroke: soft, grid: {stroke: grid, width: 1}, ticks: {stroke: grid, width: 1, size: 4}, font: '12px system-ui, sans-serif', gap: 4};
    const shown = over === 'seconds' ? format.duration : format.large;
    return {
      width: this.width(), height: this.height, legend: {show: false},
      cursor: {points: {size: 7}, drag: {x: true, y: false}, y: false},
      scales: {
        x: {time: false},
        y: {distr: logarithmic ? 3 : 1, range: () => clippedRange(this.visible(), logarithmic, this.fromZero)},
      },
      axes: [
        {...axis, size: 30, incrs: over === 'seconds' ? undefined : WHOLE, values: (plot, ticks) => ticks.map(shown), space: 70},
        {...axis, size: 58, values: (plot, ticks) => ticks.map(tick => tick == null ? '' : format.large(tick) === '–' ? '' : Math.abs(tick) < 1e4 ? format.short(tick) : format.large(tick)), space: 34},
      ],
      series: [{}, ...lines.map(line => this.series(line))],
      hooks: {
        // A new drawing has no cursor, which the other charts need not follow.
        setCursor: [plot => { if (plot.status === 1) this.moved(plot.cursor.idx); }],
        setSelect: [plot => { if (plot.select.width > 0) this.zoomed = true; }],
        draw: [plot => this.clipped(plot)],
        ready: [plot => plot.over.addEventListener('dblclick', () => { this.zoomed = false; })],
      },
    };
  }

  series(line) {
    const ink = color(line.ink ?? line.run);
    const common = {label: line.label, stroke: ink, spanGaps: true};
    if (line.kind === 'raw') return {...common, stroke: ink + '55', width: 1, points: {show: false}};
    if (line.kind === 'points') return {...common, width: 1.5, dash: [5, 4], points: {show: true, size: 6, fill: ink, stroke: ink}};
    return {...common, width: 2, points: {show: line.x.length < 3, size: 5, fill: ink}};
  }

  /** The values of the lines in the part of x that is shown. */
  visible() {
    const scale = this.plot?.scales.x;
    if (!this.zoomed || !scale || scale.min == null) return this.drawn.map(line => line.y);
    return this.drawn.map(line => line.y.filter((value, i) => line.x[i] >= scale.min && line.x[i] <= scale.max));
  }

  /** Marks what is above the top with an arrow and its highest value. */
  clipped(plot) {
    const {min, max} = plot.scales.y;
    if (max == null || min == null) return;
    const context = plot.ctx, ratio = devicePixelRatio;
    for (const line of this.drawn.filter(each => each.kind !== 'main' || each.only)) {
      let best = -1;
      line.y.forEach((value, i) => { if (value > max && (best < 0 || value > line.y[best])) best = i; });
      if (best < 0 || line.x[best] < plot.scales.x.min || line.x[best] > plot.scales.x.max) continue;
      const x = plot.valToPos(line.x[best], 'x', true), y = plot.bbox.top;
      context.save();
      context.fillStyle = color(line.ink ?? line.run);
      context.beginPath();
      context.moveTo(x, y); context.lineTo(x - 4 * ratio, y + 7 * ratio); context.lineTo(x + 4 * ratio, y + 7 * ratio);
      context.fill();
      context.font = 11 * ratio + 'px system-ui, sans-serif';
      const right = x > plot.bbox.left + plot.bbox.width * 0.8;
      context.textAlign = right ? 'right' : 'left';
      context.textBaseline = 'top';
      context.fillText(format.short(line.y[best]), x + (right ? -7 : 7) * ratio, y + ratio);
      context.restore();
    }
  }

  /** Shows the values under the cursor, in the other charts too. */
  moved(index) {
    this.read(index);
    const x = index == null ? null : this.plot.data[0][index];
    Chart.all.filter(other => other !== this && other.plot).forEach(other => other.follow(x));
  }

  /** Puts the cursor to where it is in another chart. */
  follow(x) {
    const at = x == null ? -1 : this.plot.data[0].findLastIndex(each => each <= x);
    this.plot.setCursor({left: at < 0 ? -10 : this.plot.valToPos(x, 'x'), top: 10}, false);
    this.read(at < 0 ? null : at);
  }

  read(index) {
    const x = index == null ? null : this.plot.data[0][index];
    const parts = [];
    if (x != null) parts.push(element('span', {}, this.show.x(x)));
    const seen = new Set();
    this.drawn.forEach(line => {
      if (line.kind === 'raw' || line.y.length === 0) return;
      let at = line.x.length - 1;
      if (x != null) {
        while (at > 0 && line.x[at] > x) at--;
        if (line.x[at] > x) return;
      }
      const first = !seen.has(line.run);
      seen.add(line.run);
      parts.push(element('span', {}, ...(first || line.ink != null ? [swatch(line.ink ?? line.run)] : []), line.label + ' ', element('b', {}, this.show.y(line.y[at]))));
    });
    this.readout.replaceChildren(...parts);
  }

  key(event) {
    const count = this.plot?.data[0].length;
    const at = this.plot?.cursor.idx;
    const step = Math.max(1, Math.round(count / 100));
    const to = {ArrowLeft: (at ?? count) - step, ArrowRight: (at ?? -1) + step, Home: 0, End: count - 1}[event.key];
    if (to == null || !count) return;
    event.preventDefault();
    const index = Math.min(count - 1, Math.max(0, to));
    this.plot.setCursor({left: this.plot.valToPos(this.plot.data[0][index], 'x'), top: 10});
  }

  width() {
    return Math.max(200, Math.floor(this.place.clientWidth));
  }

  resize() {
    if (this.plot && this.plot.width !== this.width()) this.plot.setSize({width: this.width(), height: this.height});
  }

  /** Forgets the drawing, so that the next one has the colours of another theme. */
  forget() {
    this.shape = null;
  }
}
